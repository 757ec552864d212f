# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

_DELIVERED = "delivered"


class OrderEvent(models.Model):
    """The log; here: invoices, and deliveries that invoices wait for."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("invoice", "Invoice")], ondelete={"invoice": "cascade"}
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: whoever reports a delivery, the order may be invoiced now."""
        events = super().create(vals_list)
        ids = {
            vals["order_id"]
            for vals in vals_list
            if vals.get("order_id")
            and _DELIVERED in (vals.get("kind"), vals.get("to_state"))
        }
        if ids:
            orders = self.env["sale.order"].browse(ids)
            orders._mark_invoice_due("delivery", delivered=True)
        return events
