import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_plus_customer_view", {
    steps: () => [
        {
            content: "from the customer's form",
            trigger: "button[name=action_open_customer_view]",
            run: "click",
        },
        {trigger: ".o_customer_name:contains(Thành Công Foods)"},
        {trigger: ".o_customer_tile[data-key=revenue_12m]:contains(100)"},
        {trigger: ".o_customer_standing .text-bg-warning"},
        {trigger: ".o_customer_months canvas"},
        {
            content: "both are there, the contact named",
            trigger:
                ".o_customer_entry[data-kind=order]:contains(PO 4711):contains(Lan Buyer)",
        },
        {trigger: ".o_customer_entry[data-kind=lead]:contains(View tour lead)"},
        {
            content: "orders only",
            trigger: ".o_customer_timeline button[data-key=sales]",
            run: "click",
        },
        {
            trigger:
                ".o_customer_timeline:not(:has([data-kind=lead])) .o_customer_entry[data-kind=order]",
        },
        {
            content: "and opportunities",
            trigger: ".o_customer_timeline button[data-key=pipeline]",
            run: "click",
        },
        {trigger: ".o_customer_entry[data-kind=lead]"},
        {
            content: "words narrow it down",
            trigger: ".o_customer_timeline input[type=search]",
            run: "edit tour lead",
        },
        {
            trigger:
                ".o_customer_timeline:not(:has([data-kind=order])) .o_customer_entry[data-kind=lead]",
        },
        {
            content: "nothing is like this",
            trigger: ".o_customer_timeline input[type=search]",
            run: "edit no such words",
        },
        {trigger: ".o_customer_nothing"},
        {
            content: "a quotation for this customer",
            trigger: ".o_customer_actions button[data-key=quotation]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input:value(Thành Công Foods)",
        },
        {
            content: "save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {trigger: ".o_form_saved"},
    ],
});

registry.category("web_tour.tours").add("crm_plus_customer_view_refused", {
    steps: () => [
        {trigger: ".o_customer_view .alert-warning:contains(somebody else)"},
        {trigger: ".o_customer_view:not(:has(.o_customer_header))"},
    ],
});
