import {describe, expect, test} from "@odoo/hoot";
import {getChange, getQuery, getShare} from "@distribution/board/board_logic";

describe.current.tags("headless");

test("changes are compared with something", () => {
    expect(getChange(110, 100)).toBe(10);
    expect(getChange(50, 100)).toBe(-50);
    expect(getChange(10, 0)).toBe(null);
    expect(getChange(10, -5)).toBe(null);
    expect(getChange(10, undefined)).toBe(null);
});

test("bars stay between nothing and all", () => {
    expect(getShare(50, 200)).toBe(25);
    expect(getShare(300, 200)).toBe(100);
    expect(getShare(-5, 200)).toBe(0);
    expect(getShare(0, 0)).toBe(0);
    expect(getShare(5, 0)).toBe(100);
});

test("days count for a period of one's own only", () => {
    const options = {
        period: "month",
        date_from: "2026-02-01",
        date_to: "2026-01-01",
        territory_id: 0,
        flow: "sell_in",
    };
    expect(getQuery(options)).toEqual({
        period: "month",
        territory_id: 0,
        flow: "sell_in",
    });
    expect(getQuery({...options, period: "custom"})).toBe(null);
    expect(getQuery({...options, period: "custom", date_from: ""})).toBe(null);
    expect(getQuery({...options, period: "custom", date_from: "0202-02-01"})).toBe(
        null
    );
    const right = {...options, period: "custom", date_to: "2026-02-01"};
    expect(getQuery(right).date_from).toBe("2026-02-01");
});
