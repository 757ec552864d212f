import {Component, onWillStart, useState} from "@odoo/owl";

import {deserializeDateTime, formatDate, serializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";
import {formatFloat} from "@web/views/fields/formatters";

import {
    QtyAtDatePopover,
    QtyAtDateWidget,
    qtyAtDateWidget,
} from "@sale_stock/widgets/qty_at_date_widget";

/** What the icon says: its class and the text a screen reader tells. */
export const STATES = {
    available: {icon: "text-success", label: _t("Available")},
    low: {icon: "text-warning", label: _t("Available, then low stock")},
    later: {icon: "text-warning", label: _t("Available later")},
    missing: {icon: "text-danger", label: _t("Not available")},
};

/** A day as the user writes it; the server's text is in UTC. */
export function formatDay(moment) {
    const date = typeof moment === "string" ? deserializeDateTime(moment) : moment;
    return date ? formatDate(date) : "";
}

/** A quantity without the zeros nobody reads. */
export function formatQuantity(value) {
    return formatFloat(value || 0, {trailingZeros: false});
}

/**
 * The window of a quotation's line: what can be promised from each warehouse and when,
 * whether the stock gets low, and what to offer instead. Asked when it is opened.
 */
export class AvailabilityDetails extends Component {
    static template = "order_management.AvailabilityDetails";
    static props = {record: Object, close: Function};

    setup() {
        this.orm = useService("orm");
        this.state = useState({details: null, isFailed: false});
        this.formatDay = formatDay;
        this.formatQuantity = formatQuantity;
        onWillStart(() => this.load());
    }

    get line() {
        return this.props.record.data;
    }

    get order() {
        const {data, resId} = this.props.record._parentRecord || {data: {}};
        return {
            id: resId || false,
            company_id: data.company_id?.id || false,
            warehouse_id: this.line.warehouse_id?.id || false,
            date: this.line.scheduled_date
                ? serializeDateTime(this.line.scheduled_date)
                : false,
        };
    }

    get stateClass() {
        return STATES[this.line.availability_state]?.icon || "";
    }

    get stateLabel() {
        return STATES[this.line.availability_state]?.label || "";
    }

    get isLow() {
        const {low_level: level, left} = this.state.details;
        return this.line.availability_state === "low" && level > left;
    }

    async load() {
        try {
            this.state.details = await this.orm.silent.call(
                "sale.order.line",
                "get_availability",
                [
                    this.line.product_id.id,
                    this.line.product_uom_qty,
                    this.line.product_uom_id?.id || false,
                    this.order,
                ]
            );
        } catch (error) {
            // the line stays usable; what went wrong is the server's to log
            this.state.isFailed = true;
            if (!error.exceptionName) {
                throw error;
            }
        }
    }

    /** Sell the substitute instead: as if somebody had chosen it in the line. */
    async replace(product) {
        this.props.close();
        await this.props.record.update({
            product_id: {id: product.id, display_name: product.name},
        });
    }
}

QtyAtDatePopover.components = {...QtyAtDatePopover.components, AvailabilityDetails};

patch(QtyAtDatePopover.prototype, {
    /** Whether the hub's details take the place of the plain table. */
    get hasAvailability() {
        return Boolean(this.props.record.data.availability_state);
    },
});

patch(QtyAtDateWidget.prototype, {
    initCalcData() {
        super.initCalcData();
        const state = this.props.record.data.availability_state;
        if (state) {
            // the icon tells what can be promised, holds and all demand included
            this.calcData.forecasted_issue = false;
        }
    },

    get availabilityClass() {
        return STATES[this.props.record.data.availability_state]?.icon || "";
    },

    get availabilityLabel() {
        return STATES[this.props.record.data.availability_state]?.label || "";
    },
});

qtyAtDateWidget.fieldDependencies.push(
    {name: "availability_state", type: "selection"},
    {name: "availability_date", type: "datetime"},
    {name: "availability_qty", type: "float"}
);
