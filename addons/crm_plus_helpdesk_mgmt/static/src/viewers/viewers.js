import {Component, onWillDestroy, useEffect, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const SIGN_OF_LIFE = 30000; // ms

/** Tells who else has this ticket open, so that no customer gets two answers. */
export class TicketViewers extends Component {
    static template = "crm_plus_helpdesk_mgmt.TicketViewers";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({names: []});
        const timer = setInterval(() => this.look(), SIGN_OF_LIFE);
        useEffect(
            (ticketId) => {
                this.look();
                return () => this.leave(ticketId);
            },
            () => [this.props.record.resId]
        );
        onWillDestroy(() => clearInterval(timer));
    }

    get names() {
        return this.state.names.join(", ");
    }

    async look() {
        const ticketId = this.props.record.resId;
        if (!ticketId || document.hidden) {
            return;
        }
        try {
            const names = await this.orm.silent.call(
                "helpdesk.ticket",
                "note_viewing",
                [[ticketId]]
            );
            if (ticketId === this.props.record.resId) {
                this.state.names = names;
            }
        } catch {
            // Gone, or offline: the notice is worth no error
            this.state.names = [];
        }
    }

    leave(ticketId) {
        if (ticketId) {
            this.orm.silent
                .call("helpdesk.ticket", "stop_viewing", [[ticketId]])
                .catch(() => undefined);
        }
    }
}

registry.category("view_widgets").add("crm_plus_ticket_viewers", {
    component: TicketViewers,
});
