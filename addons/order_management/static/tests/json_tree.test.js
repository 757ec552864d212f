import {describe, expect, test} from "@odoo/hoot";
import {
    Figure,
    findMatches,
    getLeafText,
    parseJson,
    showUnseen,
} from "@order_management/json_tree/json_tree_logic";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const MESSAGE = JSON.stringify({
    number: "A1",
    customer: {name: "<b>Hoa</b>", notes: {inner: {deep: "needle"}}},
    lines: Array.from({length: 130}, (_, index) => ({sku: `S${index}`})),
});

class Row extends models.Model {
    _name = "row";
    text = fields.Text();
    _records = [
        {id: 1, text: MESSAGE},
        {id: 2, text: "no { json"},
    ];
}
defineModels([Row]);

const mount = (resId) =>
    mountView({
        type: "form",
        resModel: "row",
        resId,
        arch: `<form edit="0"><field name="text" widget="order_json_tree"/></form>`,
    });

test("long figures keep their digits", () => {
    const value = parseJson('{"a": 12345678901234567890, "b": 1.10, "c": "1"}');
    expect(value.a).toBeInstanceOf(Figure);
    expect(getLeafText(value.a)).toBe("12345678901234567890");
    expect(getLeafText(value.b)).toBe("1.10");
    expect(getLeafText(value.c)).toBe('"1"');
    expect(parseJson("no { json")).toBe(undefined);
});

test("what turns a text around or is not seen is written out", () => {
    expect(getLeafText(parseJson('"a\\u202egnp.exe"'))).toBe('"a\\u202egnp.exe"');
    expect(showUnseen("x\u200b\ufeff\u2066y\u0085")).toBe(
        "x\\u200b\\ufeff\\u2066y\\u0085"
    );
    expect(showUnseen("Nguyễn 李娜 👨‍👩‍👧 می‌خواهم")).toBe("Nguyễn 李娜 👨‍👩‍👧 می‌خواهم");
});

test("search looks in keys and values and says what to unfold", () => {
    const {hits, open} = findMatches(parseJson(MESSAGE), " NEEDLE ");
    expect([...hits]).toEqual(["/customer/notes/inner/deep"]);
    expect([...open].sort()).toEqual([
        "",
        "/customer",
        "/customer/notes",
        "/customer/notes/inner",
    ]);
    expect(findMatches(parseJson(MESSAGE), "").hits.size).toBe(0);
    expect(findMatches(parseJson('{"a/b": {"c": 1}}'), "c").hits.has("/a~1b/c")).toBe(
        true
    );
});

test("a message folds, shows text literally and pages long lists", async () => {
    await mount(1);
    expect("[data-path='/customer/name']").toHaveText(/<b>Hoa<\/b>/);
    expect(".o_json_tree b").toHaveCount(0);
    expect(".o_json_value:contains(needle)").toHaveCount(0);
    await contains("[data-path='/customer/notes'] > button").click();
    await contains("[data-path='/customer/notes/inner'] > button").click();
    expect(".o_json_value:contains(needle)").toHaveCount(1);
    await contains("[data-path='/customer'] > button").click();
    expect(".o_json_value:contains(needle)").toHaveCount(0);
    await contains("[data-path='/lines'] > button").click();
    await contains("[data-path='/lines'] > button").click();
    expect("[data-path='/lines'] > div > .o_json_node").toHaveCount(100);
    await contains("[data-path='/lines'] > div > button").click();
    expect("[data-path='/lines'] > div > .o_json_node").toHaveCount(130);
});

test("text that is no JSON is shown as it is", async () => {
    await mount(2);
    expect(".o_json_tree pre").toHaveText("no { json");
});
