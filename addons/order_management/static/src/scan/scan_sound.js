const TONES = {
    success: [[1320, 0.09]],
    info: [[880, 0.09]],
    warning: [
        [660, 0.12],
        [520, 0.12],
    ],
    danger: [
        [220, 0.25],
        [180, 0.35],
    ],
};

let context = null;

/** A sound for people who look at the shelf and not at the screen; silent where the
 * browser plays none.
 *
 * @param {string} tone success, info, warning or danger
 */
export function playTone(tone) {
    try {
        const AudioContext = window.AudioContext || window.webkitAudioContext;
        context = context || new AudioContext();
        let start = context.currentTime;
        for (const [frequency, seconds] of TONES[tone]) {
            const sound = context.createOscillator();
            const volume = context.createGain();
            sound.type = tone === "danger" ? "square" : "sine";
            sound.frequency.value = frequency;
            volume.gain.value = 0.2;
            sound.connect(volume).connect(context.destination);
            sound.start(start);
            sound.stop(start + seconds);
            start += seconds;
        }
        if (navigator.vibrate) {
            navigator.vibrate(tone === "danger" ? [200, 80, 200] : 40);
        }
    } catch {
        // no sound here: colours and words tell the same
    }
}
