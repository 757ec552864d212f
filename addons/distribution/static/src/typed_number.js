/** Signs of a number; what is longer nobody typed. */
const LONGEST = 40;

/** A text as a pattern that finds just this text. */
function escape(text) {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * The number that somebody typed; NaN for none. See `tools/typed_number.py`, which
 * reads the same.
 *
 * @param {String} typed
 * @param {{decimalPoint: String, thousandsSep: String}} language
 * @returns {Number}
 */
export function readNumber(typed, {decimalPoint, thousandsSep}) {
    let text = String(typed).replace(/\s/g, "");
    if (text.length > LONGEST) {
        return NaN;
    }
    const comma = (thousandsSep || "").trim();
    if (comma) {
        const groups = `[+-]?[1-9]\\d{0,2}(${escape(comma)}\\d{3})+`;
        const whole = new RegExp(`^${groups}(${escape(decimalPoint)}\\d*)?$`);
        if (whole.test(text)) {
            text = text.replaceAll(comma, "");
        }
    }
    text = text.replaceAll(decimalPoint, ".").replaceAll(",", ".");
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
}

/** What `readNumber` reads as this number. */
export function showNumber(value, {decimalPoint}) {
    return String(value).replace(".", decimalPoint);
}
