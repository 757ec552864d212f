import {
    Component,
    onWillStart,
    onWillUpdateProps,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {toLocaleDateString, toLocaleDateTimeString} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {groupByMonth} from "./customer_view_logic";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

/** Everything that happened with a customer: the newest first, more on scrolling. */
export class CustomerTimeline extends Component {
    static template = "crm_plus.CustomerTimeline";
    static props = {customerId: Number, filters: Array, version: Number};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.moreRef = useRef("more");
        this.state = useState({
            entries: [],
            cursor: false,
            groups: [],
            search: "",
            isBusy: true,
            isFailed: false,
        });
        this.onSearch = useDebounced((text) => {
            this.state.search = text;
            this.load();
        }, 300);
        // not awaited: the head is there while the history is on its way
        onWillStart(() => {
            this.load();
        });
        onWillUpdateProps((next) => {
            if (next.version !== this.props.version) {
                this.load();
            }
        });
        useEffect(
            (element) => {
                if (!element) {
                    return;
                }
                const observer = new IntersectionObserver(([seen]) => {
                    // what failed waits for a click: on its own it would ask for ever
                    if (seen.isIntersecting && !this.state.isFailed) {
                        this.loadMore();
                    }
                });
                observer.observe(element);
                return () => observer.disconnect();
            },
            () => [this.moreRef.el]
        );
    }

    get months() {
        return groupByMonth(this.state.entries);
    }

    get isFiltered() {
        return Boolean(this.state.groups.length || this.state.search);
    }

    async load() {
        await this.read(false);
    }

    async loadMore() {
        if (this.state.cursor && !this.state.isBusy) {
            await this.read(this.state.cursor);
        }
    }

    async read(cursor) {
        // an answer that comes late must not replace a newer one
        const turn = (this.turn = (this.turn || 0) + 1);
        Object.assign(this.state, {isBusy: true, isFailed: false});
        try {
            const page = await this.orm.silent.call("customer.timeline", "get_page", [
                this.props.customerId,
                this.state.groups,
                this.state.search,
                cursor,
            ]);
            if (turn === this.turn) {
                this.state.entries = cursor
                    ? [...this.state.entries, ...page.entries]
                    : page.entries;
                this.state.cursor = page.cursor;
            }
        } catch (error) {
            if (turn === this.turn) {
                this.state.isFailed = true;
            }
            if (!error.exceptionName) {
                throw error;
            }
        } finally {
            if (turn === this.turn) {
                this.state.isBusy = false;
            }
        }
    }

    /** One group at a time or several; none is all of them. */
    toggle(key) {
        const {groups} = this.state;
        this.state.groups = groups.includes(key)
            ? groups.filter((group) => group !== key)
            : [...groups, key];
        return this.load();
    }

    formatMoment(entry) {
        return entry.all_day
            ? toLocaleDateString(entry.moment)
            : toLocaleDateTimeString(entry.moment, {showSeconds: false});
    }

    formatAmount(entry) {
        return formatCurrency(entry.amount, entry.currency_id);
    }

    isAhead(entry) {
        return entry.moment > luxon.DateTime.now();
    }

    open(entry) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.open_model,
            res_id: entry.open_id,
            views: [[false, "form"]],
        });
    }
}
