import {_t} from "@web/core/l10n/translation";

function round(quantity) {
    return Math.round(quantity * 1000) / 1000;
}

/** @returns {string} 32 hexadecimal digits that name one entry of an order */
function newToken() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Object} everything that belongs to one order on the screen */
export function blankOrder() {
    return {
        token: newToken(),
        customer: null,
        customerText: "",
        customerPhone: "",
        address: {street: "", city: "", state_id: false, country_id: false},
        customers: [],
        searched: false,
        customerIndex: 0,
        code: "",
        pending: 0,
        products: [],
        productQuantity: 1,
        productIndex: 0,
        lines: [],
        current: -1,
        totals: null,
        missing: [],
        error: "",
        saving: false,
    };
}

/**
 * @param {number} index may be one beyond either end
 * @param {number} length
 * @returns {number} the index in a list that goes round
 */
export function wrap(index, length) {
    return length ? (index + length) % length : 0;
}

/**
 * @param {Error} error
 * @returns {string} what a person is told
 */
export function getMessage(error) {
    return (
        (error.data && error.data.message) ||
        _t("The server did not answer. Nothing typed here is lost: try again.")
    );
}

/**
 * @param {Object} state of the screen
 * @returns {Object} the order as the server wants it
 */
export function getValues(state) {
    const known = state.customer && state.customer.id;
    return {
        token: state.token,
        channel_id: state.channelId,
        partner_id: known || false,
        customer: known
            ? false
            : {
                  name: state.customerText,
                  phone: state.customerPhone,
                  ...state.address,
              },
        lines: state.lines.map(({product_id, quantity, uom_id}) => ({
            product_id,
            quantity,
            uom_id,
        })),
    };
}

/**
 * What was typed or scanned: a code, with a quantity before it where there is one
 * ("3*FURN_8888", "2.5 x 8936001"). A scanner sends the code alone.
 *
 * @param {string} text
 * @returns {{code: string, quantity: number}}
 */
export function parseEntry(text) {
    const match = /^\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*(?:\*|[xX×]\s)\s*(\S.*)$/.exec(text);
    const quantity = match ? Number(match[1].replace(",", ".")) : 1;
    if (match && quantity > 0) {
        return {code: match[2].trim(), quantity};
    }
    return {code: text.trim(), quantity: 1};
}

/**
 * Whether a text is a telephone number rather than a name.
 *
 * @param {string} text
 * @returns {boolean}
 */
export function isPhone(text) {
    return /^[+\d][\d\s().-]{5,}$/.test(text.trim());
}

/**
 * Whether more is on the order than there is, counting all lines of the product.
 *
 * @param {Object[]} lines
 * @param {Object} line one of them; ``available`` is in the product's own unit
 * @returns {boolean}
 */
export function isShort(lines, line) {
    const wanted = lines
        .filter((other) => other.product_id === line.product_id)
        .reduce((sum, other) => sum + other.quantity * other.factor, 0);
    return line.available !== false && round(wanted) > line.available;
}

/**
 * Put a product on the order: one line a product and unit, scanned again it counts up.
 *
 * @param {Object[]} lines changed in place
 * @param {Object} product as the server found it
 * @param {number} times how often it was scanned; of a pack one scan may be many units
 * @returns {number} index of its line
 */
export function addProduct(lines, product, times) {
    const quantity = round(times * (product.quantity || 1));
    const uomId = product.uom_id || false;
    const index = lines.findIndex(
        (line) => line.product_id === product.id && line.uom_id === uomId
    );
    if (index >= 0) {
        lines[index].quantity = round(lines[index].quantity + quantity);
        return index;
    }
    lines.push({
        product_id: product.id,
        uom_id: uomId,
        factor: product.factor || 1,
        name: product.name,
        code: product.code,
        uom: product.uom,
        quantity,
        price_unit: null,
        discount: 0,
        subtotal: null,
        available: false,
    });
    return lines.length - 1;
}

/**
 * Count a line up or down; below one it leaves the order.
 *
 * @param {Object[]} lines changed in place
 * @param {number} index
 * @param {number} step
 * @returns {number} index of the line that is current afterwards, -1 without lines
 */
export function stepQuantity(lines, index, step) {
    if (!lines[index]) {
        return lines.length - 1;
    }
    const quantity = round(lines[index].quantity + step);
    if (quantity > 0) {
        lines[index].quantity = quantity;
        return index;
    }
    lines.splice(index, 1);
    return Math.min(index, lines.length - 1);
}
