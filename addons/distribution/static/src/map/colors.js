/* Colours that tell apart what people colour by; readable on light and dark tiles. */
export const PALETTE = [
    "#1f77b4",
    "#d62728",
    "#2ca02c",
    "#9467bd",
    "#ff7f0e",
    "#17becf",
    "#8c564b",
    "#e377c2",
];
export const STATE_COLORS = {
    prospect: "#17becf",
    verified: "#1f77b4",
    active: "#2ca02c",
    inactive: "#ff7f0e",
    closed: "#7f7f7f",
};
export const NO_COLOR = "#7f7f7f";

/**
 * What a member is coloured by: the key that its colour and legend entry go by.
 *
 * @param {Object} member as the server sends it
 * @param {String} field state, level_id or class_id
 * @returns {String|Number|Boolean}
 */
export function colorKey(member, field) {
    const value = member[field];
    return Array.isArray(value) ? value[0] : value;
}

/**
 * The legend of a map: every choice with its colour.
 *
 * @param {Array} choices pairs of key and label
 * @param {String} field state, level_id or class_id
 * @returns {Array} of objects with key, label and color
 */
export function makeLegend(choices, field) {
    return choices.map(([key, label], index) => ({
        key,
        label,
        color:
            field === "state"
                ? STATE_COLORS[key] || NO_COLOR
                : PALETTE[index % PALETTE.length],
    }));
}
