import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

const COLORS = {ok: "text-success", little: "text-warning", over: "text-danger"};

export function formatQuantity(value) {
    return formatFloat(value || 0, {digits: [16, 3], trailingZeros: false});
}

export class QuotaPopover extends Component {
    static template = "order_management.QuotaPopover";
    static props = {rows: Array, close: Function};

    setup() {
        this.action = useService("action");
    }

    format(value) {
        return formatQuantity(value);
    }

    color(row) {
        return COLORS[row.level];
    }

    unit(row) {
        return row.measure === "orders" ? _t("orders") : row.unit;
    }

    open(row) {
        this.props.close();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "order.quota",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

/**
 * What the quotas of a line have left for the order: the tightest one as a figure, all
 * of them behind a click.
 */
export class QuotaField extends Component {
    static template = "order_management.QuotaField";
    static props = {...standardFieldProps};

    setup() {
        this.popover = usePopover(QuotaPopover, {position: "top"});
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    get text() {
        const [row] = this.rows;
        if (row.after < 0) {
            return _t("%s over", formatQuantity(-row.after));
        }
        return _t("%s left", formatQuantity(row.after));
    }

    get color() {
        return COLORS[this.rows[0].level];
    }

    get title() {
        return this.rows
            .map((row) =>
                _t(
                    "%(name)s: %(left)s of %(limit)s left, this order takes %(demand)s",
                    {
                        name: row.name,
                        left: formatQuantity(row.left),
                        limit: formatQuantity(row.limit),
                        demand: formatQuantity(row.demand),
                    }
                )
            )
            .join("\n");
    }

    onClick(ev) {
        ev.stopPropagation();
        this.popover.open(ev.currentTarget, {rows: this.rows});
    }
}

export const quotaField = {
    component: QuotaField,
    displayName: _t("Quota left"),
    supportedTypes: ["json"],
};

registry.category("fields").add("order_quota", quotaField);
