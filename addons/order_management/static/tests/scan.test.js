import {animationFrame, mockDate} from "@odoo/hoot-mock";
import {applyProgress, openScreen, sortLines} from "@order_management/scan/scan_logic";
import {contains, mountWithCleanup, onRpc} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {edit, press, queryAllTexts, queryOne, waitFor} from "@odoo/hoot-dom";
import {Scan} from "@order_management/scan/scan";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const LAMP = {id: 1, picking_id: 7, name: "Lamp", demand: 2, location: "B", lots: []};
const DESK = {id: 2, picking_id: 7, name: "Desk", demand: 1, location: "A", lots: []};
const LINES = [
    {...LAMP, product_id: 11, barcode: "", tracking: "none", unit: "Units", box: 1},
    {...DESK, product_id: 12, barcode: "", tracking: "none", unit: "Units", box: 1},
];
const PROGRESS = {done: 0, total: 3, closed: []};
const TRANSFER = {id: 7, box: 1, name: "WH/OUT/7", partner: "", carrier: "", order: ""};

function progress(lamps, desks) {
    return {
        ...PROGRESS,
        counts: [
            [1, lamps, []],
            [2, desks, []],
        ],
        done: lamps + desks,
    };
}

function data() {
    return {
        ids: [7],
        title: "WH/OUT/7",
        transfers: [TRANSFER],
        lines: LINES,
        ...progress(0, 0),
    };
}

/** A server with one delivery; it counts lamps, and knows nothing else. */
function serve(overrides = {}) {
    let lamps = 0;
    onRpc("stock.picking", "*", ({method, args, kwargs}) => {
        if (overrides[method]) {
            return overrides[method](args, kwargs);
        }
        if (method === "scan_open") {
            return args[0] === "OUT7" ? data() : {error: `${args[0]} is nothing`};
        }
        if (method === "scan_code") {
            expect.step(args[1]);
            expect(args[2]).toMatch(/^[0-9a-f]{32}$/);
            const isLamp = args[1] === "LAMP" && lamps < 2;
            lamps += isLamp ? 1 : 0;
            return {
                kind: isLamp ? "ok" : "wrong_product",
                is_error: !isLamp,
                text: isLamp ? "1 × Lamp" : "does not belong",
                ...progress(lamps, 0),
            };
        }
        if (method === "scan_finish") {
            expect.step(`finish ${kwargs.backorder}`);
            if (kwargs.backorder === null) {
                const row = {id: 2, missing: 1, unit: "Units", product: "Desk"};
                return {question: [{...row, transfer: "WH/OUT/7"}]};
            }
            return {finished: ["WH/OUT/7"], action: false, print: "", ...PROGRESS};
        }
        return progress(lamps, 0);
    });
}

async function mount() {
    await mountWithCleanup(Scan, {
        props: {action: {}, actionId: 1, className: ""},
    });
}

/** What a scanner does: keys faster than any drawing, Enter at the end. */
function wedge(code, target = queryOne(".o_scan_code")) {
    target.value += code;
    target.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
}

async function settle() {
    for (let i = 0; i < 4; i++) {
        await animationFrame();
    }
}

test("progress: what others scanned is taken over, what is gone goes", () => {
    const screen = openScreen(data());
    applyProgress(screen, progress(2, 0));
    expect(sortLines(screen.lines).map((line) => line.name)).toEqual(["Desk", "Lamp"]);
    expect(screen.done).toBe(2);
    applyProgress(screen, {...PROGRESS, counts: [[2, 1, []]], closed: ["WH/OUT/7"]});
    expect(screen.lines.map((line) => line.name)).toEqual(["Desk"]);
    expect(screen.closed).toEqual(["WH/OUT/7"]);
    // an answer without counts changes nothing
    applyProgress(screen, {kind: "location"});
    expect(screen.lines).toHaveLength(1);
});

test("wrong scan, right scan, finish with a backorder", async () => {
    serve();
    await mount();
    expect(".o_scan_code").toBeFocused();
    wedge("NONE");
    await waitFor(".o_scan_danger:contains(NONE is nothing)");
    wedge("OUT7");
    await waitFor(".o_scan_line");
    expect(".o_scan_title").toHaveText("WH/OUT/7");
    // along the places
    expect(queryAllTexts(".o_scan_name")).toEqual(["Desk", "Lamp"]);
    wedge("WRONG");
    await waitFor(".o_scan_danger:contains(does not belong)");
    wedge("LAMP");
    wedge("LAMP");
    await waitFor(".o_scan_progress:contains(2 / 3)");
    expect(".o_scan_success").toHaveCount(1);
    expect(".o_scan_complete").toHaveCount(1);
    expect.verifySteps(["WRONG", "LAMP", "LAMP"]);
    await contains(".o_scan_finish").click();
    await waitFor(".o_scan_question:contains(Desk)");
    await contains(".o_scan_backorder").click();
    await waitFor(".o_scan_success:contains(WH/OUT/7)");
    expect(".o_scan_line").toHaveCount(0);
    expect(".o_scan_code").toBeFocused();
    expect.verifySteps(["finish null", "finish true"]);
});

test("focus comes back, wherever a key is pressed", async () => {
    serve();
    await mount();
    wedge("OUT7");
    await waitFor(".o_scan_line");
    queryOne(".o_scan_leave").focus();
    expect(".o_scan_code").not.toBeFocused();
    await press("L");
    expect(".o_scan_code").toBeFocused();
    await edit("LAMP");
    await press("Enter");
    await waitFor(".o_scan_success");
    await contains(".o_scan_title").click();
    expect(".o_scan_code").toBeFocused();
    expect.verifySteps(["LAMP"]);
});

test("nothing scanned sends nothing; a number before the code multiplies", async () => {
    serve({
        scan_code: (args, kwargs) => {
            expect.step(`${args[1]} ${kwargs.quantity}`);
            return {kind: "ok", is_error: false, text: "", ...progress(2, 0)};
        },
    });
    await mount();
    wedge("OUT7");
    await waitFor(".o_scan_line");
    wedge("");
    wedge("   ");
    wedge("2*LAMP");
    await waitFor(".o_scan_success");
    expect.verifySteps(["LAMP 2"]);
});

test("a lot is asked for, and the next code is sent for it", async () => {
    serve({
        scan_code: (args, kwargs) => {
            expect.step(`${args[1]} ${kwargs.product_id}`);
            return args[1] === "CHEESE"
                ? {kind: "ask_lot", product_id: 13, text: "scan its lot"}
                : {kind: "ok", is_error: false, text: "", ...progress(1, 0)};
        },
    });
    await mount();
    wedge("OUT7");
    await waitFor(".o_scan_line");
    wedge("CHEESE");
    wedge("LOT-1");
    wedge("LOT-2");
    await waitFor(".o_scan_success");
    await settle();
    expect.verifySteps(["CHEESE false", "LOT-1 13", "LOT-2 false"]);
});

test("not found is asked twice", async () => {
    serve({
        scan_missing: (args) => {
            expect.step(`missing ${args[1]}`);
            return {kind: "missing", is_error: false, text: "gone", ...progress(0, 0)};
        },
    });
    mockDate("2026-03-02 10:00:00");
    await mount();
    wedge("OUT7");
    await waitFor(".o_scan_line");
    await contains(".o_scan_missing:first").click();
    expect.verifySteps([]);
    expect(".o_scan_missing.btn-danger").toHaveCount(1);
    await contains(".o_scan_missing.btn-danger").click();
    await waitFor(".o_scan_warning:contains(gone)");
    expect.verifySteps(["missing 2"]);
});
