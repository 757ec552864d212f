import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {cookie} from "@web/core/browser/cookie";
import {getColor} from "@web/core/colors/colors";
import {humanNumber} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";

/** One chart of the dashboard; a click on it opens what it is made of. */
export class BoardChart extends Component {
    static template = "distribution.BoardChart";
    static props = {
        chart: Object,
        format: Function,
        onOpen: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.chart]
        );
        onWillUnmount(() => this.drawn && this.drawn.destroy());
    }

    get isEmpty() {
        return this.props.chart.series.every((series) =>
            series.values.every((value) => !value)
        );
    }

    draw() {
        if (this.drawn) {
            this.drawn.destroy();
            this.drawn = null;
        }
        if (this.canvas.el) {
            this.drawn = new window.Chart(this.canvas.el, this.config);
        }
    }

    get config() {
        const {chart, format} = this.props;
        const scheme = cookie.get("color_scheme");
        return {
            type: chart.type,
            data: {
                labels: chart.labels,
                datasets: chart.series.map((series, index) => ({
                    label: series.label,
                    data: series.values,
                    backgroundColor: getColor(index, scheme, "sm"),
                    borderColor: getColor(index, scheme, "sm"),
                    borderWidth: chart.type === "line" ? 2 : 0,
                    pointRadius: 2,
                    tension: 0.25,
                    maxBarThickness: 36,
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                plugins: {
                    legend: {
                        display: chart.series.length > 1,
                        position: "bottom",
                        labels: {boxWidth: 12},
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${format(item.parsed.y)}`,
                        },
                    },
                },
                scales: {
                    x: {grid: {display: false}},
                    y: {
                        beginAtZero: true,
                        ticks: {
                            maxTicksLimit: 6,
                            callback: (value) => humanNumber(value, {decimals: 1}),
                        },
                    },
                },
            },
        };
    }
}
