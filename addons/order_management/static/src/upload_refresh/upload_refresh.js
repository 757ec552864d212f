import {Component, onWillUnmount, xml} from "@odoo/owl";

import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const INTERVAL = 2000;

/**
 * Shows how far something is while it runs: reads the record again every two seconds
 * in the given states, unless somebody is typing in it or the page is hidden.
 */
export class UploadRefresh extends Component {
    static template = xml`<span class="o_order_upload_refresh"/>`;
    static props = {...standardWidgetProps, states: Array};

    setup() {
        this.isLoading = false;
        const timer = setInterval(() => this.refresh(), INTERVAL);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const {record, states} = this.props;
        if (this.isLoading || document.hidden || !record.resId) {
            return;
        }
        if (!states.includes(record.data.state) || (await record.isDirty())) {
            return;
        }
        this.isLoading = true;
        try {
            await record.load();
        } finally {
            this.isLoading = false;
        }
    }
}

registry.category("view_widgets").add("order_upload_refresh", {
    component: UploadRefresh,
    extractProps: ({attrs}) => ({states: (attrs.during || "importing").split(",")}),
});
