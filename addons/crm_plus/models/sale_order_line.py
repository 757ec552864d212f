# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: what changes the figures of the customer
_FIGURES = {"product_id", "product_uom_qty", "price_unit", "discount", "tax_ids"}


class SaleOrderLine(models.Model):
    """Lines that are written by themselves change the customer's figures, too."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._mark_customers()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not _FIGURES.isdisjoint(vals):
            self.order_id._mark_customers()
        return result

    def unlink(self):
        self.order_id._mark_customers()
        return super().unlink()
