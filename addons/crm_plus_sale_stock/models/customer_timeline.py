# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Deliveries that left, and goods that came back."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        sources = super()._get_sources(partner_ids, kinds)
        if self._wants(kinds, "delivery", "goods_back"):
            sources += self._make_source(
                "stock.picking",
                self._get_delivery_domain(partner_ids),
                **self._prepare_delivery_columns(),
            )
        return sources

    @api.model
    def _get_kinds(self):
        return super()._get_kinds() | {
            "delivery": {
                "label": self.env._("Delivery"),
                "icon": "fa-truck",
                "group": "delivery",
                "model": "stock.picking",
            },
            "goods_back": {
                "label": self.env._("Goods back"),
                "icon": "fa-reply",
                "group": "delivery",
                "model": "stock.picking",
            },
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {"delivery": self.env._("Deliveries")}

    @api.model
    def _get_message_documents(self, partner_ids):
        return super()._get_message_documents(partner_ids) | {
            "stock.picking": self._get_delivery_domain(partner_ids)
        }

    @api.model
    def _get_delivery_domain(self, partner_ids):
        """Transfers to or from the customer; of those to come only what is planned."""
        return (
            self._of_family(partner_ids)
            & Domain("picking_type_code", "in", ["outgoing", "incoming"])
            & Domain("sale_id", "!=", False)
            & Domain("state", "!=", "cancel")
        )

    @api.model
    def _prepare_delivery_columns(self):
        """The columns of deliveries, for bridges that know more of them."""
        pickings = self.env["stock.picking"]

        def column(name):
            return lambda query: pickings._field_to_sql(query.table, name, query)

        return {
            "kind": lambda query: SQL(
                "CASE WHEN %s = 'incoming' THEN 'goods_back' ELSE 'delivery' END",
                column("picking_type_code")(query),
            ),
            "occurred_at": lambda query: SQL(
                "COALESCE(%s, %s)",
                column("date_done")(query),
                column("scheduled_date")(query),
            ),
            "title": "name",
            "user_id": "user_id",
            "partner_id": "partner_id",
            "state": "state",
            "detail": "origin",
        }
