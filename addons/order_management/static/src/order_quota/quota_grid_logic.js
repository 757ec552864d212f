/** What the table of quotas does without a screen. */

/** The cells of a block copied from a spreadsheet: rows of texts. */
export function parseBlock(text) {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

/**
 * A limit as somebody typed it.
 *
 * @param {String} text
 * @param {Function} parse of a number in the user's language, throws
 * @returns {Number|null|undefined} null when empty, undefined when it is no limit
 */
export function parseLimit(text, parse) {
    if (!text.trim()) {
        return null;
    }
    let value = NaN;
    try {
        value = parse(text.trim());
    } catch {
        return undefined;
    }
    return Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function cellKey(rowKey, column) {
    return `${rowKey}@${column}`;
}

/** The limit that a cell shows: what was typed, else what is stored. */
export function getLimit(row, column, typed) {
    const change = typed[cellKey(row.key, column)];
    if (change) {
        return change.limit === undefined ? null : change.limit;
    }
    const cell = row.cells[column];
    return cell ? cell.limit : null;
}

/** Sums of a row's or a column's limits; null where units differ. */
export function sumRow(row, typed) {
    return row.cells.reduce(
        (total, _cell, column) => total + (getLimit(row, column, typed) || 0),
        0
    );
}

export function sumColumns(rows, columnCount, typed) {
    const units = new Set(rows.map((row) => row.unit));
    if (units.size !== 1) {
        return null;
    }
    return Array.from({length: columnCount}, (_unused, column) =>
        rows.reduce((total, row) => total + (getLimit(row, column, typed) || 0), 0)
    );
}

/**
 * Put a block into the table from a cell on; what lies outside is left out.
 *
 * @returns {Array} of {row, column, text}
 */
export function placeBlock(block, rows, columnCount, rowIndex, column) {
    const placed = [];
    block.forEach((texts, down) => {
        texts.forEach((text, right) => {
            const row = rows[rowIndex + down];
            if (row && column + right < columnCount) {
                placed.push({row, column: column + right, text});
            }
        });
    });
    return placed;
}

/**
 * What the server has to do for the typed limits, and to which cells its errors belong.
 */
export function getChanges(rows, columns, typed) {
    const changes = [];
    const keys = [];
    for (const row of rows) {
        const like = row.cells.find((cell) => cell);
        row.cells.forEach((cell, column) => {
            const key = cellKey(row.key, column);
            const change = typed[key];
            if (!change || change.limit === null || change.limit === undefined) {
                return;
            }
            if (cell) {
                changes.push({id: cell.id, limit: change.limit});
            } else {
                changes.push({
                    like: like.id,
                    date_from: columns[column].from,
                    limit: change.limit,
                });
            }
            keys.push(key);
        });
    }
    return {changes, keys};
}
