# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """An order; here: its parcels."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    shipment_count = fields.Integer("Parcels", compute="_compute_shipment_count")

    def _compute_shipment_count(self):
        domain = [
            ("sale_id", "in", self._origin.ids),
            ("tracking_state", "!=", False),
        ]
        counts = {
            order.id: count
            for order, count in self.env["stock.picking"]
            .sudo()
            ._read_group(domain, ["sale_id"], ["__count"])
        }
        for order in self:
            order.shipment_count = counts.get(order._origin.id, 0)

    def action_view_shipments(self):
        """Open the parcels of these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.shipment_action"
        )
        domain = [("sale_id", "in", self.ids), ("tracking_state", "!=", False)]
        return {**action, "domain": domain, "context": {}}

    def _is_delivered(self):
        """Whether all that left for the customer has arrived."""
        self.ensure_one()
        codes = self.env["stock.picking"]._get_shipment_codes()
        # returns go the other way
        pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done" and picking.picking_type_id.code in codes
            )
        )
        return bool(pickings) and all(pickings.mapped("delivered_at"))

    @api.model
    def _get_event_state_labels(self):
        """Override of `order.event.mixin`: where parcels are."""
        states = self.env["stock.picking"]._fields["tracking_state"]
        return {
            **super()._get_event_state_labels(),
            **dict(states._description_selection(self.env)),
            "delivered_part": self.env._("A parcel delivered"),
        }
