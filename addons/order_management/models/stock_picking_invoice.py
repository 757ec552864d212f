# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockPicking(models.Model):
    """A transfer; here: the invoices of its order, one click away."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    order_invoice_count = fields.Integer(
        "Order Invoices", compute="_compute_order_invoice_count"
    )

    def _compute_order_invoice_count(self):
        for picking in self:
            # who may read a transfer may know how many there are
            picking.order_invoice_count = len(picking.sudo().sale_id.invoice_ids)

    def action_view_invoices(self):
        """Open the invoices and credit notes of the order of these transfers."""
        return self.sale_id.action_view_invoice()
