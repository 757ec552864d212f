/**
 * How much a figure has changed.
 *
 * @param {number} value now
 * @param {number|undefined} before in the period before
 * @returns {number|null} per cent, rounded; null where nothing can be compared
 */
export function getChange(value, before) {
    if (before === undefined || before <= 0) {
        return null;
    }
    return Math.round((100 * (value - before)) / before);
}

/**
 * The part of a whole that is used, as a width for a bar.
 *
 * @param {number} value part
 * @param {number} whole whole
 * @returns {number} 0 to 100
 */
export function getShare(value, whole) {
    if (!(whole > 0) || !(value > 0)) {
        return value > 0 ? 100 : 0;
    }
    return Math.min(Math.round((100 * value) / whole), 100);
}

/**
 * Options as they are sent: no days but those of one's own choice. While somebody types
 * a year, the browser tells of years 2, 20 and 202.
 *
 * @param {Object} options of the dashboard
 * @returns {Object|null} null while days are missing or wrong
 */
export function getQuery(options) {
    const {period, date_from, date_to, territory_id, flow} = options;
    if (period !== "custom") {
        return {period, territory_id, flow};
    }
    if (!date_from || !date_to || date_from > date_to || date_from < "1900") {
        return null;
    }
    return {period, territory_id, flow, date_from, date_to};
}
