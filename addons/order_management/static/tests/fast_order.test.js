import {describe, expect, test} from "@odoo/hoot";
import {edit, press, queryOne, waitFor} from "@odoo/hoot-dom";
import {Deferred, animationFrame} from "@odoo/hoot-mock";
import {
    addProduct,
    isPhone,
    isShort,
    parseEntry,
    stepQuantity,
} from "@order_management/fast_order/fast_order_logic";
import {FastOrder} from "@order_management/fast_order/fast_order";
import {contains, mountWithCleanup, onRpc} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const UNIT = {uom: "Units", uom_id: 7, factor: 1, quantity: 1, exact: true};
const LAMP = {id: 1, name: "Lamp", code: "L1", ...UNIT};
const DESK = {id: 2, name: "Desk", code: "D1", ...UNIT};
const DOZEN = {...LAMP, uom: "Dozens", uom_id: 8, factor: 12};
const HOA = {id: 5, name: "Hoa", phone: "0912345678", city: "Huế"};

/** A server with two products, one customer and a price of 10 for everything. */
function serve(overrides = {}) {
    onRpc("sale.order", "*", ({method, args}) => {
        if (overrides[method]) {
            return overrides[method](...args);
        }
        if (method === "fast_setup") {
            return {
                channels: [{id: 3, name: "Phone"}],
                currency_id: 1,
                country_id: 241,
                countries: [
                    {id: 233, name: "United States"},
                    {id: 241, name: "Vietnam"},
                ],
                states: [{id: 50, name: "Huế"}],
            };
        }
        if (method === "fast_states") {
            return [{id: 60, name: "Ohio"}];
        }
        if (method === "fast_find_customers") {
            return args[0].startsWith("ho") ? [HOA] : [];
        }
        if (method === "fast_find_products") {
            return [LAMP, DESK].filter((product) => product.code === args[0]);
        }
        if (method === "fast_quote") {
            const lines = args[0].lines.map(({quantity}) => ({
                price_unit: 10,
                discount: 0,
                subtotal: 10 * quantity,
                available: 2,
                uom: "Units",
            }));
            const total = lines.reduce((sum, line) => sum + line.subtotal, 0);
            return {lines, amount_untaxed: total, amount_tax: 0, amount_total: total};
        }
        expect.step(method);
        return {id: 9, name: "S00009", amount_total: 0, currency_id: 1};
    });
}

async function type(selector, text) {
    await contains(selector).focus();
    await edit(text);
    await press("Enter");
    await animationFrame();
    await animationFrame();
}

test("entries: quantity before the code only where it is meant", () => {
    expect(parseEntry("3*FURN_1")).toEqual({code: "FURN_1", quantity: 3});
    expect(parseEntry("2,5 x ABC")).toEqual({code: "ABC", quantity: 2.5});
    expect(parseEntry(" 8936001990002 ")).toEqual({code: "8936001990002", quantity: 1});
    expect(parseEntry("3X4-BOLT")).toEqual({code: "3X4-BOLT", quantity: 1});
    expect(parseEntry("0*ABC")).toEqual({code: "0*ABC", quantity: 1});
    expect(isPhone("+84 912 345 678")).toBe(true);
    expect(isPhone("Shop 24")).toBe(false);
});

test("lines: scanned again counts up, below one leaves", () => {
    const lines = [];
    expect(addProduct(lines, LAMP, 0.1)).toBe(0);
    expect(addProduct(lines, DESK, 1)).toBe(1);
    expect(addProduct(lines, LAMP, 0.2)).toBe(0);
    expect(lines[0].quantity).toBe(0.3);
    expect(stepQuantity(lines, 0, 1)).toBe(0);
    expect(lines[0].quantity).toBe(1.3);
    expect(stepQuantity(lines, 1, -1)).toBe(0);
    expect(lines).toHaveLength(1);
    expect(stepQuantity(lines, 7, 1)).toBe(0);
});

test("packs: a line a unit, and what there is counts for all of them", () => {
    const lines = [];
    addProduct(lines, LAMP, 2);
    expect(addProduct(lines, DOZEN, 1)).toBe(1);
    expect(addProduct(lines, DOZEN, 1)).toBe(1);
    expect(lines.map((line) => line.quantity)).toEqual([2, 2]);
    lines.forEach((line) => (line.available = 26));
    expect(isShort(lines, lines[0])).toBe(false);
    addProduct(lines, LAMP, 1);
    expect(isShort(lines, lines[0])).toBe(true);
    expect(isShort(lines, lines[1])).toBe(true);
    // where units of measure are not used, a pack is so many units
    expect(addProduct(lines, {...LAMP, quantity: 12}, 2)).toBe(0);
    expect(lines[0].quantity).toBe(27);
});

test("a new customer with an address, by keyboard", async () => {
    serve({
        fast_create: (values) => {
            expect.step(JSON.stringify(values.customer));
            return {id: 9, name: "S00009", amount_total: 10, currency_id: 1};
        },
    });
    await mountWithCleanup(FastOrder, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await type(".o_fast_customer", "An");
    expect(".o_fast_code").toBeFocused();
    await type(".o_fast_code", "L1");
    await press("F4");
    expect(".o_fast_phone").toBeFocused();
    await edit("0912");
    await press("Enter");
    expect(".o_fast_street").toBeFocused();
    await edit("1 Lê Lợi");
    await press("Enter");
    expect(".o_fast_city").toBeFocused();
    await edit("Huế");
    await press("Enter");
    expect(".o_fast_state").toBeFocused();
    await contains(".o_fast_state").select("50");
    await press("Enter");
    expect(".o_fast_country").toBeFocused();
    expect(".o_fast_country").toHaveValue("241");
    await press("Enter");
    expect(".o_fast_code").toBeFocused();
    await press(["Control", "Enter"]);
    await waitFor(".o_fast_done");
    expect.verifySteps([
        '{"name":"An","phone":"0912","street":"1 Lê Lợi","city":"Huế",' +
            '"state_id":50,"country_id":241}',
    ]);
    await type(".o_fast_customer", "Binh");
    expect(".o_fast_street").toHaveValue("");
    await contains(".o_fast_country").select("233");
    await animationFrame();
    expect(".o_fast_state option:contains(Ohio)").toHaveCount(1);
});

test("an order by keyboard", async () => {
    serve({
        fast_create: (values) => {
            expect.step(`create ${JSON.stringify(values.lines)}`);
            expect(values.partner_id).toBe(5);
            expect(values.channel_id).toBe(3);
            expect(values.token).toMatch(/^[0-9a-f]{32}$/);
            return {id: 9, name: "S00009", amount_total: 40, currency_id: 1};
        },
    });
    await mountWithCleanup(FastOrder, {
        props: {action: {}, actionId: 1, className: ""},
    });
    expect(".o_fast_customer").toBeFocused();
    await type(".o_fast_customer", "hoa");
    expect(".o_fast_customer").toHaveValue("Hoa");
    expect(".o_fast_code").toBeFocused();
    await type(".o_fast_code", "3*L1");
    await type(".o_fast_code", "D1");
    expect(".o_fast_line").toHaveCount(2);
    expect(".o_fast_line:eq(0) .o_fast_available").toHaveClass("text-danger");
    expect(".o_fast_line:eq(1) .o_fast_available").not.toHaveClass("text-danger");
    await press("+");
    await animationFrame();
    expect(".o_fast_line:eq(1) .o_fast_quantity").toHaveValue(2);
    await press("-");
    await animationFrame();
    await press(["Control", "Enter"]);
    await waitFor(".o_fast_done");
    expect.verifySteps([
        'create [{"product_id":1,"quantity":3,"uom_id":7},' +
            '{"product_id":2,"quantity":1,"uom_id":7}]',
    ]);
    expect(".o_fast_done").toHaveText("S00009");
    expect(".o_fast_line").toHaveCount(0);
    expect(".o_fast_customer").toBeFocused();
});

test("a scanner does not wait, and no scan is lost", async () => {
    const slow = new Deferred();
    let first = true;
    serve({
        fast_find_products: async (code) => {
            if (first) {
                first = false;
                await slow;
            }
            return [LAMP, DESK].filter((product) => product.code === code);
        },
    });
    await mountWithCleanup(FastOrder, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await type(".o_fast_code", "L1");
    await type(".o_fast_code", "D1");
    await type(".o_fast_code", "L1");
    await type(".o_fast_code", "NONE");
    expect(".o_fast_line").toHaveCount(0);
    slow.resolve();
    await animationFrame();
    await animationFrame();
    expect(".o_fast_line").toHaveCount(2);
    expect(".o_fast_line:eq(0) .o_fast_quantity").toHaveValue(2);
    expect(".o_fast_missing").toHaveCount(1);
    expect(queryOne(".o_fast_missing").textContent).toMatch(/NONE/);
});

test("a scanner is faster than the screen", async () => {
    serve();
    await mountWithCleanup(FastOrder, {
        props: {action: {}, actionId: 1, className: ""},
    });
    const input = queryOne(".o_fast_code");
    for (const code of ["L1", "D1", "L1", "2*D1"]) {
        for (const char of code) {
            input.value += char;
            input.dispatchEvent(new InputEvent("input", {bubbles: true}));
        }
        input.dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", bubbles: true})
        );
    }
    await waitFor(".o_fast_line:eq(1) .o_fast_quantity:value(3)");
    expect(".o_fast_line").toHaveCount(2);
    expect(".o_fast_line:eq(0) .o_fast_quantity").toHaveValue(2);
    expect(".o_fast_missing").toHaveCount(0);
});

test("what is missing is said, and nothing is sent", async () => {
    serve();
    await mountWithCleanup(FastOrder, {
        props: {action: {}, actionId: 1, className: ""},
    });
    await press(["Control", "Enter"]);
    await waitFor(".o_fast_error");
    expect(".o_fast_error").toHaveText(/Choose the customer/);
    await type(".o_fast_customer", "hoa");
    await press(["Control", "Enter"]);
    await waitFor(".o_fast_error:contains(product)");
    expect(".o_fast_error").toHaveText(/at least one product/);
    expect.verifySteps([]);
});
