import {describe, expect, test} from "@odoo/hoot";
import {readNumber, showNumber} from "@distribution/typed_number";

describe.current.tags("headless");

const ENGLISH = {decimalPoint: ".", thousandsSep: ","};
const VIETNAMESE = {decimalPoint: ",", thousandsSep: "."};

test("a thousand is a thousand in each language", () => {
    expect(readNumber("1,000", ENGLISH)).toBe(1000);
    expect(readNumber("1,234,567.5", ENGLISH)).toBe(1234567.5);
    expect(readNumber("1.000", VIETNAMESE)).toBe(1000);
    expect(readNumber("1.000", ENGLISH)).toBe(1);
    expect(readNumber("1,000", VIETNAMESE)).toBe(1);
});

test("a single sign is the decimal one", () => {
    expect(readNumber("1,5", ENGLISH)).toBe(1.5);
    expect(readNumber("1.5", VIETNAMESE)).toBe(1.5);
    expect(readNumber("0.125", VIETNAMESE)).toBe(0.125);
    expect(readNumber("1 000", ENGLISH)).toBe(1000);
});

test("what is none is none", () => {
    for (const text of [
        "",
        "abc",
        "1e5",
        "1,00,0.5",
        "1.2.3",
        "-",
        "NaN",
        "9".repeat(400),
    ]) {
        expect(Number.isNaN(readNumber(text, ENGLISH))).toBe(true);
    }
});

test("what is shown is read again", () => {
    expect(showNumber(1.125, VIETNAMESE)).toBe("1,125");
    expect(readNumber(showNumber(1.125, VIETNAMESE), VIETNAMESE)).toBe(1.125);
    expect(showNumber("", ENGLISH)).toBe("");
});
