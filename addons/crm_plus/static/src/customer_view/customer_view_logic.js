import {deserializeDate, deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {formatFloat} from "@web/views/fields/formatters";

const {DateTime} = luxon;

/** A figure as people write it; a dash where there is none. */
export function formatFigure(figure, currencyId) {
    const {type, value} = figure;
    if (value === false || value === null || value === undefined) {
        return "–";
    }
    if (type === "monetary") {
        return formatCurrency(value, figure.currency_id || currencyId);
    }
    if (type === "date") {
        return formatDate(deserializeDate(value));
    }
    if (type === "integer" || type === "float") {
        return formatFloat(value, {trailingZeros: false});
    }
    return String(value);
}

/** "2026-01-01" as a short month; the year only where it starts, or is asked. */
export function formatMonth(text, withYear = false) {
    const month = deserializeDate(text);
    return month.toFormat(withYear || month.month === 1 ? "LLL yyyy" : "LLL");
}

/**
 * Where the days of the purchases are on a line from ``since`` to ``until``, in percent.
 *
 * @returns {Array<{left: number, day: string, kind: string}>} in the order of time
 */
export function placeDays(rhythm) {
    const time = (text) => DateTime.fromISO(text, {zone: "utc"}).toMillis();
    const start = time(rhythm.since);
    const span = Math.max(time(rhythm.until) - start, 1);
    const place = (day, kind) => ({
        left: Math.min(100, Math.max(0, (100 * (time(day) - start)) / span)),
        day,
        kind,
    });
    const days = rhythm.days.map((day) => place(day, "bought"));
    days.push(place(rhythm.today, "today"));
    if (rhythm.expected) {
        days.push(place(rhythm.expected, "expected"));
    }
    return days.sort((one, other) => one.left - other.left);
}

/** Entries below the months they happened in, in the order they came. */
export function groupByMonth(entries) {
    const months = [];
    for (const entry of entries) {
        const moment = entry.all_day
            ? deserializeDate(entry.occurred_at.slice(0, 10))
            : deserializeDateTime(entry.occurred_at);
        const key = moment.toFormat("yyyy-MM");
        if (!months.length || months.at(-1).key !== key) {
            const label = moment.toLocaleString({month: "long", year: "numeric"});
            months.push({key, label, entries: []});
        }
        months.at(-1).entries.push({...entry, moment});
    }
    return months;
}
