import {describe, expect, test} from "@odoo/hoot";
import {getCountdown, getPause} from "@order_management/countdown/countdown_logic";

describe.current.tags("headless");

const MINUTE = 60000;
const NOW = 1_800_000_000_000;

test("two units at most, fewer as it gets near", () => {
    const parts = (left) => getCountdown(NOW + left, NOW).parts;
    expect(parts(50 * 60 * MINUTE)).toEqual([
        [2, "d"],
        [2, "h"],
    ]);
    expect(parts(135 * MINUTE)).toEqual([
        [2, "h"],
        [15, "min"],
    ]);
    expect(parts(12 * MINUTE + 5000)).toEqual([[12, "min"]]);
    expect(parts(MINUTE + 5000)).toEqual([
        [1, "min"],
        [5, "s"],
    ]);
});

test("late, due soon, in time", () => {
    const level = (left, soonAt) => getCountdown(NOW + left, NOW, soonAt).level;
    expect(level(-1000)).toBe("late");
    expect(level(0)).toBe("late");
    expect(level(59 * MINUTE)).toBe("soon");
    expect(level(61 * MINUTE)).toBe("ok");
    expect(level(10 * MINUTE, NOW + MINUTE)).toBe("ok");
    expect(level(10 * MINUTE, NOW)).toBe("soon");
    expect(getCountdown(NOW - 90 * MINUTE, NOW).sign).toBe("−");
});

test("it ticks each second near the end only", () => {
    expect(getPause(NOW + 4 * MINUTE, NOW)).toBe(1000);
    expect(getPause(NOW - 4 * MINUTE, NOW)).toBe(1000);
    expect(getPause(NOW + 60 * MINUTE, NOW)).toBe(30000);
});
