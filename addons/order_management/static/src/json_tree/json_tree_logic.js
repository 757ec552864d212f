/** A number as it was written: JavaScript would round long ones. */
export class Figure {
    constructor(source) {
        this.source = source;
    }
}

/**
 * Parse JSON without touching what its numbers look like.
 *
 * @param {string} text
 * @returns {*} undefined when the text is no JSON
 */
export function parseJson(text) {
    try {
        return JSON.parse(text, (_key, value, context) =>
            typeof value === "number"
                ? new Figure((context && context.source) || String(value))
                : value
        );
    } catch {
        return undefined;
    }
}

/**
 * @param {*} value
 * @returns {boolean} whether there is something to unfold
 */
export function isBranch(value) {
    return typeof value === "object" && value !== null && !(value instanceof Figure);
}

/**
 * @param {Object|Array} value
 * @returns {Array<[string, *]>}
 */
export function getMembers(value) {
    return Object.entries(value);
}

/**
 * Write out what turns the direction of a text around or is not seen in it: whoever
 * looks into a message wants to know what stands there.
 *
 * @param {string} text
 * @returns {string}
 */
export function showUnseen(text) {
    return text.replace(
        /[\u0080-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
        (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`
    );
}

/**
 * @param {*} value no branch
 * @returns {string} as in JSON
 */
export function getLeafText(value) {
    return value instanceof Figure ? value.source : showUnseen(JSON.stringify(value));
}

/**
 * @param {string} path of the branch
 * @param {string} key
 * @returns {string} a JSON pointer
 */
export function joinPath(path, key) {
    return `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Look for a text in keys and values.
 *
 * @param {*} root
 * @param {string} term
 * @returns {{hits: Set<string>, open: Set<string>}} paths of members that contain the
 *     term, and of the branches to unfold so that they can be seen
 */
export function findMatches(root, term) {
    const hits = new Set();
    const open = new Set();
    const wanted = term.trim().toLowerCase();
    if (!wanted) {
        return {hits, open};
    }
    const visit = (value, path) => {
        let found = false;
        for (const [key, member] of getMembers(value)) {
            const memberPath = joinPath(path, key);
            const texts = [Array.isArray(value) ? "" : key];
            if (isBranch(member)) {
                found = visit(member, memberPath) || found;
            } else {
                texts.push(member instanceof Figure ? member.source : String(member));
            }
            if (texts.some((text) => text.toLowerCase().includes(wanted))) {
                hits.add(memberPath);
                found = true;
            }
        }
        if (found) {
            open.add(path);
        }
        return found;
    };
    if (isBranch(root)) {
        visit(root, "");
    }
    return {hits, open};
}
