import {Component, onWillStart, useState} from "@odoo/owl";
import {formatFigure, placeDays} from "./customer_view_logic";
import {CustomerMonths} from "./customer_months";
import {CustomerTimeline} from "./customer_timeline";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const BANDS = {
    low: "text-bg-success",
    watch: "text-bg-info",
    high: "text-bg-warning",
    lost: "text-bg-danger",
    none: "text-bg-secondary",
};

/** A customer as a whole: who, how much, how likely to come back, and what happened. */
export class CustomerView extends Component {
    static template = "crm_plus.CustomerView";
    static components = {CustomerMonths, CustomerTimeline, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({head: null, problem: "", isBusy: false, version: 0});
        onWillStart(() => this.load());
    }

    get customerId() {
        const {context, params} = this.props.action;
        return Number(context?.active_id || this.props.resId || params?.active_id || 0);
    }

    get head() {
        return this.state.head;
    }

    get customer() {
        return this.state.head.customer;
    }

    get standing() {
        return this.state.head.standing;
    }

    get bandClass() {
        return BANDS[this.standing.band] || BANDS.none;
    }

    get risk() {
        return _t("Churn risk: %(band)s", {band: this.standing.band_label});
    }

    get alive() {
        return _t("Probably buys again: %(percent)s", {
            percent: formatPercentage(this.standing.alive, {digits: [false, 0]}),
        });
    }

    get hasBought() {
        return Boolean(this.standing && this.standing.has_orders);
    }

    get days() {
        return placeDays(this.head.rhythm);
    }

    /** Buys in words, for those who cannot see dots. */
    get rhythmText() {
        const {days, interval, silent} = this.head.rhythm;
        if (!days.length) {
            return _t("Nothing was bought in the last 24 months.");
        }
        if (!interval) {
            return _t("%(count)s days with a purchase, the last %(silent)s days ago", {
                count: days.length,
                silent,
            });
        }
        return _t("Buys every %(interval)s days, the last time %(silent)s days ago", {
            interval: Math.round(interval),
            silent,
        });
    }

    get computedAt() {
        const {computed_at: moment} = this.head;
        return moment
            ? toLocaleDateTimeString(deserializeDateTime(moment), {showSeconds: false})
            : "";
    }

    async load(method = "get_overview") {
        this.state.isBusy = true;
        try {
            const head = await this.orm.call("customer.overview", method, [
                this.customerId,
            ]);
            this.state.head = head;
            this.state.problem = "";
            this.state.version += 1;
            this.env.config.setDisplayName(head.customer.name);
        } catch (error) {
            if (!error.exceptionName) {
                throw error;
            }
            // refused or gone: said on the screen, where the way back is
            this.state.head = null;
            this.state.problem = error.data?.message || error.message;
        } finally {
            this.state.isBusy = false;
        }
    }

    refresh() {
        return this.load("refresh");
    }

    format(figure) {
        return formatFigure(figure, this.head.currency_id);
    }

    formatDay(day) {
        return formatDate(deserializeDate(day));
    }

    run(action) {
        return this.action.doAction(action, {onClose: () => this.load()});
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_plus_customer_view", CustomerView);
