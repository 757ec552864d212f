import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {getCountdown, getPause} from "./countdown_logic";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const COLORS = {late: "text-danger fw-bold", soon: "text-warning", ok: ""};

/** What is left until a moment, counting down while one looks at it. */
export class CountdownField extends Component {
    static template = "order_management.CountdownField";
    static props = {...standardFieldProps, soonField: {type: String, optional: true}};

    setup() {
        this.state = useState({now: Date.now()});
        this.plan(this.props);
        onWillUpdateProps((props) => this.plan(props));
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    plan(props) {
        browser.clearTimeout(this.timer);
        const value = props.record.data[props.name];
        if (value) {
            const pause = getPause(value.toMillis(), Date.now());
            this.timer = browser.setTimeout(() => {
                this.state.now = Date.now();
                this.plan(this.props);
            }, pause);
        }
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get countdown() {
        const soon = this.props.record.data[this.props.soonField];
        return getCountdown(
            this.value.toMillis(),
            this.state.now,
            soon ? soon.toMillis() : undefined
        );
    }

    get text() {
        const words = {
            d: (count) => _t("%s d", count),
            h: (count) => _t("%s h", count),
            min: (count) => _t("%s min", count),
            s: (count) => _t("%s s", count),
        };
        const {sign, parts} = this.countdown;
        return sign + parts.map(([count, unit]) => words[unit](count)).join(" ");
    }

    get color() {
        return COLORS[this.countdown.level];
    }

    get title() {
        return formatDateTime(this.value);
    }
}

export const countdownField = {
    component: CountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    extractProps: ({options}) => ({soonField: options.soon_field}),
};

registry.category("fields").add("order_countdown", countdownField);
