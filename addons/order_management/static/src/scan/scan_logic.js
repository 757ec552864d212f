/** @returns {string} a name for one scan: the server counts it once, however often sent */
export function newKey() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Object} the screen before anything is open */
export function blankScreen() {
    return {
        ids: [],
        title: "",
        transfers: [],
        lines: [],
        done: 0,
        total: 0,
        closed: [],
        place: null,
        waiting: false,
        question: null,
        doubted: false,
    };
}

/**
 * @param {Object} line
 * @returns {number} what is still to be scanned of it
 */
export function getMissing(line) {
    return Math.max(0, Math.round((line.demand - line.scanned) * 1e6) / 1e6);
}

/** Lines to fetch first, along the places; what is complete goes to the end. */
export function sortLines(lines) {
    const rank = (line) => (getMissing(line) > 0 ? 0 : 1);
    return [...lines].sort(
        (a, b) =>
            rank(a) - rank(b) ||
            a.location.localeCompare(b.location) ||
            a.name.localeCompare(b.name) ||
            a.id - b.id
    );
}

/** Take over what the server says was scanned, by everybody. */
export function applyProgress(state, answer) {
    if (!answer.counts) {
        return;
    }
    const counts = new Map(answer.counts.map(([id, ...rest]) => [id, rest]));
    // a line that is gone was shipped or cancelled meanwhile
    state.lines = state.lines.filter((line) => counts.has(line.id));
    for (const line of state.lines) {
        const [scanned, lots] = counts.get(line.id);
        const byLot = new Map(lots);
        line.scanned = scanned;
        line.lots.forEach((lot) => (lot.scanned = byLot.get(lot.id) || 0));
    }
    state.done = answer.done;
    state.total = answer.total;
    state.closed = answer.closed;
}

/**
 * @param {Object} data of `scan_open` or `scan_state`
 * @returns {Object} the screen with these transfers open
 */
export function openScreen(data) {
    const screen = {
        ...blankScreen(),
        ids: data.ids,
        title: data.title,
        transfers: data.transfers,
        lines: data.lines.map((line) => ({...line, scanned: 0})),
    };
    applyProgress(screen, data);
    return screen;
}

/**
 * @param {Object} answer of the server to a scan
 * @returns {string} how it is shown and sounds: success, info, warning or danger
 */
export function getTone(answer) {
    if (answer.is_error) {
        return "danger";
    }
    return {ok: "success", undo: "warning", missing: "warning"}[answer.kind] || "info";
}
