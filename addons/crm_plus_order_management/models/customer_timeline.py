# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: quantities change with every step; people ask for what was decided
_KINDS_OF_EVENTS = ("approval", "sign", "short_close", "refund")


class CustomerTimeline(models.AbstractModel):
    """Returns, and the decisions on orders; deliveries with their tracking number."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        return (
            super()._get_sources(partner_ids, kinds)
            + self._get_return_sources(partner_ids, kinds)
            + self._get_event_sources(partner_ids, kinds)
        )

    @api.model
    def _get_kinds(self):
        return super()._get_kinds() | {
            "return": {
                "label": self.env._("Return"),
                "icon": "fa-reply-all",
                "group": "delivery",
                "model": "channel.return",
            },
            "decision": {
                "label": self.env._("Decision"),
                "icon": "fa-gavel",
                "group": "sales",
                "model": "order.event",
            },
        }

    @api.model
    def _get_message_documents(self, partner_ids):
        return super()._get_message_documents(partner_ids) | {
            "channel.return": self._of_family(partner_ids)
        }

    @api.model
    def _prepare_delivery_columns(self):
        pickings = self.env["stock.picking"]

        def detail(query):
            return SQL(
                "NULLIF(concat_ws(' · ', %s, %s), '')",
                pickings._field_to_sql(query.table, "origin", query),
                pickings._field_to_sql(query.table, "carrier_tracking_ref", query),
            )

        return super()._prepare_delivery_columns() | {"detail": detail}

    def _get_return_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "return"):
            return []
        returns = self.env["channel.return"]
        return self._make_source(
            "channel.return",
            self._of_family(partner_ids),
            kind="return",
            occurred_at="requested_at",
            title="name",
            amount=lambda query: SQL(
                "(SELECT -sum(l.refund_amount) FROM channel_return_line l"
                " WHERE l.return_id = %s)",
                returns._field_to_sql(query.table, "id", query),
            ),
            currency_id="currency_id",
            user_id="user_id",
            partner_id="partner_id",
            state="state",
            detail="decision_note",
        )

    def _get_event_sources(self, partner_ids, kinds):
        orders = self.env["sale.order"]
        if not self._wants(kinds, "decision") or not orders.has_access("read"):
            return []
        readable = orders._search(self._of_family(partner_ids))
        return self._make_source(
            "order.event",
            Domain("order_id", "in", readable)
            & Domain("kind", "in", _KINDS_OF_EVENTS)
            & Domain("res_model", "=", "sale.order"),
            kind="decision",
            occurred_at="event_at",
            title="to_state",
            detail="reason",
            user_id="user_id",
            open_model="res_model",
            open_id="res_id",
        )

    @api.model
    def _decorate(self, entries):
        entries = super()._decorate(entries)
        events = [entry for entry in entries if entry["res_model"] == "order.event"]
        # the page's SELECT has checked who may read these
        events_sudo = (
            self.env["order.event"].sudo().browse(entry["res_id"] for entry in events)
        )
        kinds = dict(events_sudo._fields["kind"]._description_selection(self.env))
        for entry, event in zip(events, events_sudo, strict=True):
            entry["title"] = event.to_label or kinds.get(event.kind, event.kind)
        return entries
