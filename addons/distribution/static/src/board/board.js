import {Component, onWillStart, useState} from "@odoo/owl";
import {getChange, getQuery, getShare} from "./board_logic";
import {BoardChart} from "./board_chart";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {formatCurrency} from "@web/core/currency";
import {formatDate} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const ROW_MODELS = {member_id: "distribution.member"};
// back from a list, or after a reload of the page, the filters are as they were
const STORED = "distribution.board";

function readOptions() {
    try {
        return JSON.parse(browser.sessionStorage.getItem(STORED)) || {};
    } catch {
        return {};
    }
}

/** The figures of distribution on one page; each opens the list behind it. */
export class DistributionBoard extends Component {
    static template = "distribution.Board";
    static components = {BoardChart, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.loads = new KeepLast();
        this.display = {controlPanel: {}};
        const today = DateTime.now();
        this.state = useState({
            busy: false,
            figures: null,
            options: {
                period: "month",
                date_from: today.startOf("month").toISODate(),
                date_to: today.toISODate(),
                territory_id: 0,
                flow: "sell_in",
                ...readOptions(),
            },
        });
        this.format = (value) => this.formatMoney(value, false);
        onWillStart(() => this.load());
    }

    async load() {
        const query = getQuery(this.state.options);
        if (!query) {
            return;
        }
        browser.sessionStorage.setItem(STORED, JSON.stringify(query));
        this.state.busy = true;
        try {
            this.state.figures = await this.loads.add(
                this.orm.call("distribution.board", "get_figures", [query])
            );
        } finally {
            this.state.busy = false;
        }
    }

    get figures() {
        return this.state.figures;
    }

    get hasBadDates() {
        return !getQuery(this.state.options);
    }

    get compared() {
        const {before_from, before_to} = this.figures.period;
        return _t("Compared with %(from)s to %(to)s", {
            from: this.formatDay(before_from),
            to: this.formatDay(before_to),
        });
    }

    get shown() {
        const {date_from, date_to} = this.figures.period;
        return `${this.formatDay(date_from)} – ${this.formatDay(date_to)}`;
    }

    // ------------------------------------------------------------ what is shown

    formatDay(text) {
        return formatDate(DateTime.fromISO(text));
    }

    formatMoney(value, isShort = true) {
        const currency = this.figures.currency_id;
        return isShort && Math.abs(value) >= 1000
            ? formatCurrency(value, currency, {humanReadable: true, digits: [16, 1]})
            : formatCurrency(value, currency);
    }

    formatValue(tile) {
        if (tile.kind === "money") {
            return this.formatMoney(tile.value);
        }
        if (tile.kind === "percent") {
            return `${formatFloat(tile.value, {digits: [16, 1]})} %`;
        }
        return formatFloat(tile.value, {digits: [16, 0]});
    }

    describe(tile) {
        if (tile.kind !== "money") {
            return tile.note || "";
        }
        return this.formatMoney(tile.value, false);
    }

    change(tile) {
        // shares are compared in points, sums in per cent
        if (tile.kind === "percent") {
            return tile.before === undefined
                ? null
                : Math.round(10 * (tile.value - tile.before)) / 10;
        }
        return getChange(tile.value, tile.before);
    }

    changeClass(tile) {
        const change = this.change(tile);
        return change > 0 ? "text-success" : change < 0 ? "text-danger" : "text-muted";
    }

    formatChange(tile) {
        const change = this.change(tile);
        const text = formatFloat(Math.abs(change), {
            digits: [16, tile.kind === "percent" ? 1 : 0],
        });
        const sign = change > 0 ? "▲" : change < 0 ? "▼" : "=";
        return tile.kind === "percent"
            ? _t("%(sign)s %(points)s points", {sign, points: text})
            : `${sign} ${text} %`;
    }

    share(value, whole) {
        return getShare(value, whole);
    }

    rankValue(row) {
        return row[this.figures.chosen.flow];
    }

    rankShare(rank, row) {
        return getShare(this.rankValue(row), this.rankValue(rank.rows[0]));
    }

    get isEmpty() {
        return !this.figures.coverage.length;
    }

    // ------------------------------------------------------------ what people do

    setOption(name, event) {
        const value = event.target.value;
        this.state.options[name] = name === "territory_id" ? Number(value) : value;
        return this.load();
    }

    exportSheet() {
        return this.orm
            .call("distribution.board", "export", [getQuery(this.state.options)])
            .then((action) => this.action.doAction(action));
    }

    async open({xmlid, domain, context}, more = [], name = "") {
        const action = await this.action.loadAction(xmlid);
        return this.action.doAction({
            ...action,
            ...(name ? {display_name: name, name} : {}),
            domain: [...domain, ...more],
            context,
        });
    }

    openTile(tile) {
        return this.open(tile.action, [], tile.label);
    }

    openRow(rank, row) {
        if (ROW_MODELS[rank.key]) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: ROW_MODELS[rank.key],
                res_id: row.id,
                views: [[false, "form"]],
            });
        }
        return this.open(rank.action, [[rank.key, "=", row.id]], row.name);
    }

    openLevel(level) {
        const tile = this.figures.tiles.find((item) => item.key === "coverage");
        return this.open(tile.action, [["level_id", "=", level.id]], level.name);
    }
}

registry.category("actions").add("distribution_board", DistributionBoard);
