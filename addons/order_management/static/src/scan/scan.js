import {
    Component,
    onMounted,
    onWillDestroy,
    onWillStart,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {Mutex, delay} from "@web/core/utils/concurrency";
import {
    applyProgress,
    blankScreen,
    getMissing,
    getTone,
    newKey,
    openScreen,
    sortLines,
} from "./scan_logic";
import {getMessage, parseEntry} from "../fast_order/fast_order_logic";
import {ConnectionLostError} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {formatFloat} from "@web/core/utils/numbers";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {playTone} from "./scan_sound";
import {registry} from "@web/core/registry";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const RETRY_DELAY = 2000; // ms until a scan is sent again that got no answer
const REFRESH_DELAY = 15000; // ms between looks at what the others have scanned

/**
 * What goes into a parcel is scanned here, one code after the other.
 *
 * The server counts. Scans are sent in the order they came, each with a name of its
 * own, and again with the same name where the answer was lost.
 */
export class Scan extends Component {
    static template = "order_management.Scan";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.queue = new Mutex();
        this.input = useRef("code");
        this.hasCamera = isBarcodeScannerSupported();
        this.destroyed = false;
        this.state = useState({
            ...blankScreen(),
            last: null,
            pending: 0,
            offline: false,
            hasKeyboard: false,
        });
        useExternalListener(window, "keydown", this.onWindowKeydown.bind(this), {
            capture: true,
        });
        useExternalListener(window, "click", this.focus.bind(this));
        onWillStart(async () => {
            const ids = this.props.action.params && this.props.action.params.ids;
            if (ids && ids.length) {
                await this.reload(ids);
            }
        });
        onMounted(() => {
            this.focus();
            this.timer = browser.setInterval(() => this.refresh(), REFRESH_DELAY);
        });
        onWillDestroy(() => {
            this.destroyed = true;
            browser.clearInterval(this.timer);
        });
    }

    // ---------------------------------------------------------------- what is shown

    get lines() {
        return sortLines(this.state.lines);
    }

    get percent() {
        return this.state.total
            ? Math.min(100, (100 * this.state.done) / this.state.total)
            : 0;
    }

    get isComplete() {
        return this.state.lines.every((line) => getMissing(line) === 0);
    }

    get placeholder() {
        if (this.state.waiting) {
            return _t("Lot or serial number");
        }
        return this.state.ids.length
            ? _t("Scan a product")
            : _t("Scan a delivery, wave or parcel");
    }

    missing(line) {
        return getMissing(line);
    }

    quantity(value) {
        return formatFloat(value, {digits: [16, 3], trailingZeros: false});
    }

    getBox(pickingId) {
        const transfer = this.state.transfers.find(({id}) => id === pickingId);
        return transfer && this.state.transfers.length > 1 ? transfer : null;
    }

    // ---------------------------------------------------------------- keys

    /** What is typed anywhere is a scan: a scanner does not know where the cursor is. */
    onWindowKeydown(ev) {
        const target = ev.target;
        const typed = ev.key && ev.key.length === 1 && !ev.ctrlKey && !ev.metaKey;
        if (
            !typed ||
            target === this.input.el ||
            (target.matches && target.matches("input, textarea, select")) ||
            (target.closest && target.closest(".modal, .o_dialog")) ||
            (ev.key === " " && target.matches && target.matches("button"))
        ) {
            return;
        }
        this.focus();
    }

    onKeydown(ev) {
        const text = this.input.el.value;
        if (ev.key === "Enter" || (ev.key === "Tab" && text)) {
            ev.preventDefault();
            // a scanner is faster than the next drawing of the screen
            this.input.el.value = "";
            this.enter(text);
        } else if (ev.key === "Escape") {
            this.input.el.value = "";
            Object.assign(this.state, {waiting: false, place: null, question: null});
        }
    }

    focus() {
        const active = document.activeElement;
        if (this.input.el && !(active && active.closest(".modal, .o_dialog"))) {
            this.input.el.focus();
        }
    }

    toggleKeyboard() {
        this.state.hasKeyboard = !this.state.hasKeyboard;
        this.input.el.blur();
        this.focus();
    }

    async scanWithCamera() {
        const code = await scanBarcode(this.env).catch((error) => {
            this.show({tone: "danger", text: getMessage(error)});
        });
        if (code) {
            this.enter(code);
        }
    }

    // ---------------------------------------------------------------- scans

    enter(text) {
        const {code, quantity} = parseEntry(text);
        if (!code) {
            return;
        }
        this.perform(async () => {
            if (this.state.ids.length) {
                await this.take(code, quantity);
            } else {
                await this.open(code);
            }
        });
    }

    async take(code, quantity) {
        const {ids, waiting, place} = this.state;
        const answer = await this.send("scan_code", [ids, code, newKey()], {
            product_id: waiting,
            location_id: place ? place.id : false,
            quantity,
        });
        Object.assign(this.state, {question: null, doubted: false});
        if (answer.kind === "transfer" && !answer.same) {
            await this.open(code);
            return;
        }
        if (answer.kind === "transfer") {
            answer.text = _t("%s is open here.", answer.text);
        } else if (answer.kind === "location") {
            this.state.place = {id: answer.location_id, name: answer.text};
        } else if (answer.kind === "ask_lot") {
            this.state.waiting = answer.product_id;
        } else if (answer.kind === "ok") {
            this.state.waiting = false;
        }
        this.onAnswer(answer);
    }

    async open(code) {
        const data = await this.send("scan_open", [code]);
        if (data.error) {
            this.show({tone: "danger", text: data.error});
        } else {
            Object.assign(this.state, openScreen(data));
            this.show({tone: "info", text: data.title});
        }
    }

    undo() {
        this.perform(async () => {
            this.onAnswer(await this.send("scan_undo", [this.state.ids, newKey()]));
        });
    }

    /** The second press reports it: a finger that slips reports nothing. */
    reportMissing(line) {
        if (this.state.doubted !== line.id) {
            this.state.doubted = line.id;
            return;
        }
        this.state.doubted = false;
        this.perform(async () => {
            const args = [this.state.ids, line.id, newKey()];
            this.onAnswer(await this.send("scan_missing", args));
        });
    }

    /**
     * @param {boolean|null} backorder what becomes of the rest; null: ask
     */
    finish(backorder = null) {
        this.perform(async () => {
            const answer = await this.send("scan_finish", [this.state.ids], {
                backorder,
            });
            if (answer.question) {
                this.state.question = answer.question;
                playTone("warning");
                return;
            }
            if (answer.finished.length) {
                Object.assign(this.state, blankScreen());
                this.show({
                    tone: "success",
                    text: _t("Done: %s", answer.finished.join(", ")),
                });
            }
            if (answer.print) {
                browser.open(answer.print, "_blank");
            }
            if (answer.action) {
                const ids = [...this.state.ids];
                await this.action.doAction(answer.action, {
                    onClose: () => ids.length && this.perform(() => this.reload(ids)),
                });
            }
        });
    }

    /** Look what the others have scanned; nobody is told when that fails. */
    async refresh() {
        const {ids, pending} = this.state;
        if (!ids.length || pending || document.visibilityState === "hidden") {
            return;
        }
        const answer = await this.orm.silent
            .call("stock.picking", "scan_progress", [ids])
            .catch(() => null);
        if (answer && ids === this.state.ids && !this.state.pending) {
            applyProgress(this.state, answer);
        }
    }

    async reload(ids) {
        const data = await this.orm.call("stock.picking", "scan_state", [ids]);
        Object.assign(this.state, openScreen(data));
    }

    leave() {
        if (this.state.ids.length) {
            Object.assign(this.state, blankScreen(), {last: null});
        } else {
            this.action.doAction("order_management.order_hub_action", {
                clearBreadcrumbs: true,
            });
        }
    }

    // ---------------------------------------------------------------- server

    /** Do one thing after the other, in the order they were asked for. */
    async perform(work) {
        this.state.pending++;
        try {
            await this.queue.exec(work);
        } catch (error) {
            this.show({tone: "danger", text: getMessage(error)});
        } finally {
            this.state.pending--;
            this.focus();
        }
    }

    async send(method, args, kwargs = {}) {
        for (;;) {
            try {
                const answer = await this.orm.silent.call(
                    "stock.picking",
                    method,
                    args,
                    kwargs
                );
                this.state.offline = false;
                return answer;
            } catch (error) {
                if (!(error instanceof ConnectionLostError) || this.destroyed) {
                    throw error;
                }
                this.state.offline = true;
                await delay(RETRY_DELAY);
            }
        }
    }

    onAnswer(answer) {
        applyProgress(this.state, answer);
        this.show({
            tone: getTone(answer),
            text: answer.text,
            box: this.getBox(answer.picking_id),
        });
    }

    show(message) {
        this.state.last = {...message, number: (this.state.last?.number || 0) + 1};
        playTone(message.tone);
    }
}

registry.category("actions").add("order_management_scan", Scan);
