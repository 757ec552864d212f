# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelOrder(models.Model):
    """A row of the inbox; here: the invoices of its order, one click away."""

    _inherit = "channel.order"

    invoice_count = fields.Integer("Invoices", compute="_compute_invoice_count")

    def _compute_invoice_count(self):
        for row in self:
            # who may read the row may know how many there are
            row.invoice_count = len(row.sudo().sale_order_id.invoice_ids)

    def action_view_invoices(self):
        """Open the invoices and credit notes of the orders of these rows."""
        return self.sale_order_id.action_view_invoice()
