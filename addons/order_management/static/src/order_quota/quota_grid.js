import {Component, onWillStart, useExternalListener, useState} from "@odoo/owl";
import {
    cellKey,
    getChanges,
    getLimit,
    parseBlock,
    parseLimit,
    placeBlock,
    sumColumns,
    sumRow,
} from "./quota_grid_logic";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {formatQuantity} from "./quota_field";
import {parseFloat} from "@web/views/fields/parsers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

const SEARCH_DELAY = 300; // ms without a key
const COUNTS = {day: 14, week: 13, month: 12, quarter: 8, year: 5};
const {DateTime} = luxon;

/** Quotas as a table: who and what by period, limits typed or pasted in place. */
export class QuotaGrid extends Component {
    static template = "order_management.QuotaGrid";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.loads = new KeepLast();
        this.state = useState({
            periodType: "month",
            start: this.getFirstDay("month"),
            search: "",
            columns: [],
            rows: [],
            more: 0,
            canEdit: false,
            typed: {},
            errors: {},
            reason: "",
            saving: false,
        });
        this.searchSoon = useDebounced(() => this.load(), SEARCH_DELAY);
        onWillStart(() => this.load());
        useExternalListener(window, "beforeunload", (ev) => {
            if (this.changeCount) {
                ev.preventDefault();
            }
        });
    }

    get periodTypes() {
        return [
            ["day", _t("Days")],
            ["week", _t("Weeks")],
            ["month", _t("Months")],
            ["quarter", _t("Quarters")],
            ["year", _t("Years")],
        ];
    }

    get query() {
        const {periodType, start, search} = this.state;
        return [periodType, start, COUNTS[periodType], search];
    }

    get changeCount() {
        return Object.keys(this.state.typed).length;
    }

    get hasBadCells() {
        return Object.values(this.state.typed).some(
            (change) => change.limit === undefined
        );
    }

    get columnSums() {
        return sumColumns(this.state.rows, this.state.columns.length, this.state.typed);
    }

    async load() {
        const result = await this.loads.add(
            this.orm.call("order.quota", "grid_load", this.query)
        );
        Object.assign(this.state, {
            columns: result.columns,
            rows: result.rows,
            more: result.more,
            canEdit: result.can_edit,
            errors: {},
        });
    }

    // ------------------------------------------------------------ what is shown

    format(value) {
        return formatQuantity(value);
    }

    text(row, column) {
        const change = this.state.typed[cellKey(row.key, column)];
        if (change) {
            return change.text;
        }
        const limit = getLimit(row, column, {});
        return limit === null ? "" : formatQuantity(limit);
    }

    rowSum(row) {
        return formatQuantity(sumRow(row, this.state.typed));
    }

    cellClass(row, column) {
        const key = cellKey(row.key, column);
        const change = this.state.typed[key];
        const cell = row.cells[column];
        return {
            "o_quota_changed bg-warning-subtle": change && change.limit !== undefined,
            "o_quota_bad bg-danger-subtle":
                this.state.errors[key] || (change && change.limit === undefined),
            "text-muted": cell && cell.state !== "active",
        };
    }

    barWidth(cell) {
        const share = cell.limit ? cell.used / cell.limit : cell.used ? 1 : 0;
        return Math.min(100, Math.round(100 * share));
    }

    barClass(cell) {
        if (cell.left < 0) {
            return "bg-danger";
        }
        return cell.limit && cell.left < 0.1 * cell.limit ? "bg-warning" : "bg-success";
    }

    canEditCell(row, column) {
        const cell = row.cells[column];
        return this.state.canEdit && (!cell || cell.state !== "closed");
    }

    // ------------------------------------------------------------ typing

    setCell(row, column, text) {
        if (!this.canEditCell(row, column)) {
            return;
        }
        const key = cellKey(row.key, column);
        const limit = parseLimit(text, parseFloat);
        delete this.state.errors[key];
        if (limit === getLimit(row, column, {})) {
            delete this.state.typed[key];
            return;
        }
        this.state.typed[key] = {text, limit: limit === null ? undefined : limit};
        if (limit === null && !row.cells[column]) {
            delete this.state.typed[key];
        }
    }

    onPaste(ev, rowIndex, column) {
        const text = ev.clipboardData.getData("text/plain");
        const block = parseBlock(text);
        if (block.length === 1 && block[0].length === 1) {
            return;
        }
        ev.preventDefault();
        const {rows, columns} = this.state;
        const placed = placeBlock(block, rows, columns.length, rowIndex, column);
        for (const cell of placed.filter((one) => one.text)) {
            this.setCell(cell.row, cell.column, cell.text);
        }
    }

    onKeydown(ev, rowIndex, column) {
        const steps = {
            ArrowUp: [-1, 0],
            ArrowDown: [1, 0],
            Enter: [ev.shiftKey ? -1 : 1, 0],
        };
        const step = steps[ev.key];
        if (!step) {
            return;
        }
        ev.preventDefault();
        const next = ev.currentTarget
            .closest("table")
            .querySelector(`[data-cell="${rowIndex + step[0]}-${column + step[1]}"]`);
        if (next) {
            next.focus();
            next.select();
        }
    }

    // ------------------------------------------------------------ buttons

    async save() {
        const {rows, columns, typed, reason} = this.state;
        const {changes, keys} = getChanges(rows, columns, typed);
        this.state.saving = true;
        try {
            const result = await this.orm.call("order.quota", "grid_save", [
                changes,
                reason,
            ]);
            const failed = Object.entries(result.errors);
            if (failed.length) {
                this.state.errors = Object.fromEntries(
                    failed.map(([index, message]) => [keys[index], message])
                );
                this.notification.add(
                    _t("Nothing was saved. Correct the red cells: %s", failed[0][1]),
                    {type: "danger", sticky: true}
                );
                return;
            }
            this.discard();
            await this.load();
            this.notification.add(_t("%s limits saved.", result.saved), {
                type: "success",
            });
        } finally {
            this.state.saving = false;
        }
    }

    discard() {
        this.state.typed = {};
        this.state.errors = {};
        this.state.reason = "";
    }

    async change(values) {
        if (this.changeCount) {
            this.notification.add(_t("Save or discard your changes first."), {
                type: "warning",
            });
            return;
        }
        Object.assign(this.state, values);
        await this.load();
    }

    setPeriodType(periodType) {
        return this.change({periodType, start: this.getFirstDay(periodType)});
    }

    /** The year's plan; on a phone, where few columns fit, from today on. */
    getFirstDay(periodType) {
        const wide = periodType === "day" || periodType === "week" ? "month" : "year";
        return DateTime.now()
            .startOf(this.env.isSmall ? periodType : wide)
            .toISODate();
    }

    move(direction) {
        const {periodType, start} = this.state;
        const length = {[`${periodType}s`]: direction * COUNTS[periodType]};
        return this.change({start: DateTime.fromISO(start).plus(length).toISODate()});
    }

    onSearch(ev) {
        this.state.search = ev.target.value;
        this.searchSoon();
    }

    async exportSheet() {
        const action = await this.orm.call("order.quota", "grid_export", this.query);
        await this.action.doAction(action);
    }

    importSheet() {
        return this.action.doAction("order_management.order_quota_import_action", {
            onClose: () => this.load(),
        });
    }

    openCell(cell) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "order.quota",
            res_id: cell.id,
            views: [[false, "form"]],
        });
    }

    createQuota() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "order.quota",
            views: [[false, "form"]],
            context: {default_period_type: this.state.periodType},
        });
    }
}

registry.category("actions").add("order_management.quota_grid", QuotaGrid);
