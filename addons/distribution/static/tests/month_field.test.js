import {describe, expect, test} from "@odoo/hoot";
import {showMonth} from "@distribution/month_field";

describe.current.tags("headless");

const NOVEMBER = luxon.DateTime.fromISO("2026-11-01");

test("a month is called what people call it", () => {
    expect(showMonth(NOVEMBER.setLocale("en-US"))).toBe("Nov 2026");
    expect(showMonth(NOVEMBER.setLocale("zh-CN"))).toBe("2026年11月");
    expect(showMonth(NOVEMBER.setLocale("vi-VN"))).toMatch(/^thg 11,? 2026$/);
});
