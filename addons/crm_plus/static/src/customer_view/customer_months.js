import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {cookie} from "@web/core/browser/cookie";
import {formatCurrency} from "@web/core/currency";
import {formatMonth} from "./customer_view_logic";
import {getColor} from "@web/core/colors/colors";
import {loadBundle} from "@web/core/assets";

/** The value of each month as bars. */
export class CustomerMonths extends Component {
    static template = "crm_plus.CustomerMonths";
    static props = {months: Array, currencyId: Number};

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
                return () => this.chart && this.chart.destroy();
            },
            () => [this.props.months]
        );
    }

    /** What the picture shows, for those who listen to the screen. */
    get summary() {
        const best = this.props.months.reduce((one, other) =>
            other.amount > one.amount ? other : one
        );
        return _t("Value by month; the best was %(month)s with %(amount)s", {
            month: formatMonth(best.month, true),
            amount: formatCurrency(best.amount, this.props.currencyId),
        });
    }

    draw() {
        const {months, currencyId} = this.props;
        this.chart = new window.Chart(this.canvasRef.el, {
            type: "bar",
            data: {
                labels: months.map(({month}) => formatMonth(month)),
                datasets: [
                    {
                        data: months.map(({amount}) => amount),
                        backgroundColor: getColor(
                            0,
                            cookie.get("color_scheme"),
                            "odoo"
                        ),
                        borderRadius: 2,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: {display: false},
                    tooltip: {
                        callbacks: {
                            title: ([item]) =>
                                formatMonth(months[item.dataIndex].month, true),
                            label: (item) => formatCurrency(item.raw, currencyId),
                        },
                    },
                },
                scales: {
                    x: {grid: {display: false}, ticks: {maxRotation: 0}},
                    y: {
                        ticks: {
                            maxTicksLimit: 4,
                            callback: (value) =>
                                formatCurrency(value, currencyId, {
                                    humanReadable: true,
                                    digits: [16, 0],
                                }),
                        },
                    },
                },
            },
        });
    }
}
