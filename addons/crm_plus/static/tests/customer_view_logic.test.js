import {describe, expect, test} from "@odoo/hoot";
import {
    formatFigure,
    groupByMonth,
    placeDays,
} from "@crm_plus/customer_view/customer_view_logic";

describe.current.tags("headless");

test("days of purchases stand where they were", () => {
    const days = placeDays({
        since: "2026-01-01",
        until: "2026-04-11",
        today: "2026-02-20",
        days: ["2026-01-11", "2026-01-01"],
        expected: "2026-04-11",
    });
    expect(days.map(({left, kind}) => [left, kind])).toEqual([
        [0, "bought"],
        [10, "bought"],
        [50, "today"],
        [100, "expected"],
    ]);
});

test("a day outside stays at the border", () => {
    const days = placeDays({
        since: "2026-01-01",
        until: "2026-01-11",
        today: "2026-01-11",
        days: ["2025-06-01"],
        expected: false,
    });
    expect(days.map(({left}) => left)).toEqual([0, 100]);
});

test("entries are below their months, in their order", () => {
    const months = groupByMonth([
        {key: "c", all_day: true, occurred_at: "2026-03-01 00:00:00"},
        {key: "b", all_day: true, occurred_at: "2026-02-28 00:00:00"},
        {key: "a", all_day: true, occurred_at: "2026-02-01 00:00:00"},
    ]);
    expect(months.map(({key, entries}) => [key, entries.map((e) => e.key)])).toEqual([
        ["2026-03", ["c"]],
        ["2026-02", ["b", "a"]],
    ]);
});

test("a figure that is not there is a dash, words are words", () => {
    expect(formatFigure({type: "date", value: false}, 1)).toBe("–");
    expect(formatFigure({type: "text", value: "Gold"}, 1)).toBe("Gold");
    expect(formatFigure({value: "Gold"}, 1)).toBe("Gold");
});
