import {DateTimeField, dateField} from "@web/views/fields/datetime/datetime_field";
import {registry} from "@web/core/registry";

/**
 * What people call a month whose first day is stored: "Nov 2026", "2026年11月".
 *
 * @param {luxon.DateTime} date
 * @returns {String} in the reader's language
 */
export function showMonth(date) {
    return date.toLocaleString({month: "short", year: "numeric"});
}

/** A month, shown and chosen as one. */
export class MonthField extends DateTimeField {
    static defaultProps = {
        ...DateTimeField.defaultProps,
        minPrecision: "months",
        maxPrecision: "years",
    };

    getFormattedValue(valueIndex) {
        const value = this.values[valueIndex];
        return value ? showMonth(value) : "";
    }
}

export const monthField = {...dateField, component: MonthField};

registry.category("fields").add("distribution_month", monthField);
