/**
 * How much is left until a moment, in one or two units, and how near it is.
 *
 * @param {number} deadline milliseconds since the epoch
 * @param {number} now the same
 * @param {number} [soonAt] from when it is due soon; an hour before, if not given
 * @returns {{level: string, sign: string, parts: Array<[number, string]>}} level: late,
 * soon or ok; parts: at most two of days (d), hours (h), minutes (min) and seconds (s)
 */
export function getCountdown(deadline, now, soonAt) {
    const left = deadline - now;
    const from = soonAt === undefined ? deadline - 3600000 : soonAt;
    let level = "ok";
    if (left <= 0) {
        level = "late";
    } else if (now >= from) {
        level = "soon";
    }
    const seconds = Math.floor(Math.abs(left) / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    let parts = [
        [minutes, "min"],
        [seconds % 60, "s"],
    ];
    if (days) {
        parts = [
            [days, "d"],
            [hours % 24, "h"],
        ];
    } else if (hours) {
        parts = [
            [hours, "h"],
            [minutes % 60, "min"],
        ];
    } else if (minutes >= 5) {
        parts = [[minutes, "min"]];
    }
    return {level, sign: left <= 0 ? "−" : "", parts};
}

/**
 * When the words of a countdown change next.
 *
 * @param {number} deadline milliseconds since the epoch
 * @param {number} now the same
 * @returns {number} milliseconds: a second near the moment, else half a minute
 */
export function getPause(deadline, now) {
    return Math.abs(deadline - now) < 300000 ? 1000 : 30000;
}
