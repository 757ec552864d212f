# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

_WATCHED = frozenset(
    {
        "discount",
        "price_unit",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "tax_ids",
    }
)


class SaleOrderLine(models.Model):
    """A line; here: a change of it asks the review again."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._review_changed({"lines"})
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not _WATCHED.isdisjoint(vals):
            self.order_id._review_changed({"lines"})
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._review_changed({"lines"})
        return result
