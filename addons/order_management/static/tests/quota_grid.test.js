import {describe, expect, test} from "@odoo/hoot";
import {
    getChanges,
    getLimit,
    parseBlock,
    parseLimit,
    placeBlock,
    sumColumns,
    sumRow,
} from "@order_management/order_quota/quota_grid_logic";

describe.current.tags("headless");

const COLUMNS = [{from: "2026-01-01"}, {from: "2026-02-01"}];
const ROWS = [
    {key: "a", unit: "Units", cells: [{id: 1, limit: 100}, null]},
    {
        key: "b",
        unit: "Units",
        cells: [
            {id: 2, limit: 50},
            {id: 3, limit: 60},
        ],
    },
];

test("a block of a spreadsheet becomes cells", () => {
    expect(parseBlock("1\t2\r\n3\t\r\n")).toEqual([
        ["1", "2"],
        ["3", ""],
    ]);
    const placed = placeBlock([["1", "2"], ["3", "4"], ["5"]], ROWS, 2, 0, 1);
    expect(placed.map(({row, column, text}) => [row.key, column, text])).toEqual([
        ["a", 1, "1"],
        ["b", 1, "3"],
    ]);
});

test("limits are numbers, zero or more", () => {
    const parse = (text) => {
        if (isNaN(text)) {
            throw new Error("no number");
        }
        return Number(text);
    };
    expect(parseLimit(" 12.5 ", parse)).toBe(12.5);
    expect(parseLimit("0", parse)).toBe(0);
    expect(parseLimit(" ", parse)).toBe(null);
    expect(parseLimit("-1", parse)).toBe(undefined);
    expect(parseLimit("many", parse)).toBe(undefined);
});

test("sums follow what is typed", () => {
    const typed = {"a@1": {text: "40", limit: 40}};
    expect(getLimit(ROWS[0], 1, typed)).toBe(40);
    expect(sumRow(ROWS[0], typed)).toBe(140);
    expect(sumColumns(ROWS, 2, typed)).toEqual([150, 100]);
    const mixed = [ROWS[0], {...ROWS[1], unit: "USD"}];
    expect(sumColumns(mixed, 2, typed)).toBe(null);
});

test("what is saved", () => {
    const typed = {
        "a@1": {text: "40", limit: 40},
        "b@0": {text: "x", limit: undefined},
        "b@1": {text: "70", limit: 70},
    };
    expect(getChanges(ROWS, COLUMNS, typed)).toEqual({
        changes: [
            {like: 1, date_from: "2026-02-01", limit: 40},
            {id: 3, limit: 70},
        ],
        keys: ["a@1", "b@1"],
    });
});
