import {registry} from "@web/core/registry";

const scan = (code) => ({
    content: `scan ${code}`,
    trigger: ".o_scan_code:focus",
    run: async ({edit, press}) => {
        await edit(code);
        await press("Enter");
    },
});

registry.category("web_tour.tours").add("order_management_scan", {
    steps: () => [
        scan("FLOOR-NOBODY"),
        {trigger: ".o_scan_danger:contains(FLOOR-NOBODY)"},
        scan("FLOOR-TRACK-1"),
        {
            content: "the delivery is open",
            trigger: ".o_scan_line:contains(Tour Lamp) .o_scan_count:contains(0 / 2)",
        },
        scan("8936001990217"),
        {
            content: "a wrong product is refused in red",
            trigger: ".o_scan_danger:contains(Tour Desk)",
        },
        scan("8936001990200"),
        {trigger: ".o_scan_line .o_scan_count:contains(1 / 2)"},
        scan("8936001990200"),
        {trigger: ".o_scan_complete .o_scan_count:contains(2 / 2)"},
        scan("8936001990200"),
        {
            content: "one too many is refused",
            trigger: ".o_scan_danger:contains(not so many)",
        },
        {
            content: "take one back",
            trigger: ".o_scan_undo",
            run: "click",
        },
        {trigger: ".o_scan_line .o_scan_count:contains(1 / 2)"},
        scan("TOUR-LAMP"),
        {trigger: ".o_scan_complete"},
        {
            trigger: ".o_scan_finish.btn-success",
            run: "click",
        },
        {
            content: "shipped, and ready for the next",
            trigger: ".o_scan_success:contains(Done)",
        },
        {trigger: ".o_scan:not(:has(.o_scan_line)) .o_scan_code:focus"},
    ],
});
