import {registry} from "@web/core/registry";

const enter = (code) => ({
    content: `enter ${code}`,
    trigger: ".o_fast_code:focus",
    run: async ({edit, press}) => {
        await edit(code);
        await press("Enter");
    },
});
const seen = (line, quantity) => ({
    content: `line ${line} has quantity ${quantity}`,
    trigger: `.o_fast_line:eq(${line}) .o_fast_quantity:value(${quantity})`,
});

// "+" joins keys in the helpers: this one key has to be sent by hand
const pressPlus = ({anchor}) =>
    anchor.dispatchEvent(
        new KeyboardEvent("keydown", {key: "+", bubbles: true, cancelable: true})
    );

/** Answers to one method come late: what a person types meanwhile must not get lost. */
function slowDown(method, delay) {
    const {open, send} = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (verb, url, ...rest) {
        this.isSlow = url.includes(method);
        return open.call(this, verb, url, ...rest);
    };
    XMLHttpRequest.prototype.send = function (...args) {
        if (this.isSlow) {
            setTimeout(() => send.apply(this, args), delay);
        } else {
            send.apply(this, args);
        }
    };
}

registry.category("web_tour.tours").add("order_management_fast_order", {
    steps: () => [
        {
            content: "a name nobody has, Enter before the search has answered",
            trigger: ".o_fast_customer:focus",
            run: async ({edit, press}) => {
                slowDown("fast_find_customers", 400);
                await edit("Trần Bình");
                await press("Enter");
            },
        },
        {
            content: "will be a new customer",
            trigger: ".o_fast_phone",
        },
        enter("3*FAST-1"),
        enter("8936001990002"),
        enter("8936001990002"),
        enter("FAST-3"),
        enter("NO-SUCH-CODE"),
        enter("fast-4"),
        enter("Fast product 5"),
        seen(0, 3),
        seen(1, 2),
        seen(4, 1),
        {
            content: "one more of the last line",
            trigger: ".o_fast_code:focus",
            run: pressPlus,
        },
        seen(4, 2),
        {
            content: "and one less",
            trigger: ".o_fast_code:focus",
            run: "press -",
        },
        seen(4, 1),
        {
            content: "total in the end",
            trigger: ".o_fast_total:contains(190.00)",
        },
        {
            content: "a code is missing: nothing is saved",
            trigger: ".o_fast_missing:contains(NO-SUCH-CODE)",
            run: async ({press}) => {
                await press("Control+Enter");
            },
        },
        {trigger: ".o_fast_error:contains(Remove them first)"},
        {
            content: "out with it, and save",
            trigger: ".o_fast_code:focus",
            run: async ({press}) => {
                await press("Escape");
                await press("Control+Enter");
            },
        },
        {
            content: "saved, and ready for the next",
            trigger: ".o_fast_order:not(:has(.o_fast_line)) .o_fast_done",
        },
        {trigger: ".o_fast_customer:focus"},
    ],
});

registry.category("web_tour.tours").add("order_management_hub", {
    steps: () => [
        {
            content: "the buyer's name is text",
            trigger: ".o_data_cell[name=customer_name]:contains(<b>Hoa</b>)",
            run: "click",
        },
        {
            content: "the inbox row's message",
            trigger: ".o_json_tree .o_json_node[data-path='/customer']",
        },
        {
            content: "deep down is folded",
            trigger: ".o_json_tree:not(:contains(needle))",
        },
        {
            content: "search unfolds it",
            trigger: ".o_json_search",
            run: "edit needle",
        },
        {
            content: "found and marked",
            trigger: ".o_json_tree .bg-warning .o_json_value:contains(needle)",
        },
        {trigger: ".o_json_count:contains(1 found)"},
    ],
});
