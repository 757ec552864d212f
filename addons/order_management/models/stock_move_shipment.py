# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A move; here: what a carrier and customs want to know about it."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _get_new_picking_values(self):
        """Override of `stock_delivery`: with the carrier goes why it was chosen."""
        vals = super()._get_new_picking_values()
        if vals.get("carrier_id"):
            choice = self.reference_ids.sale_ids[:1].carrier_choice
            if choice:
                vals["carrier_choice"] = choice
        return vals

    def _get_parcel_amount(self):
        """What these goods were sold for, with taxes, in the company's currency."""
        self.ensure_one()
        line = self.sale_line_id.sudo()
        if not line or not line.product_qty or line.product_id != self.product_id:
            return self.product_id.lst_price * self.product_qty
        rate = line.order_id.currency_rate or 1.0
        return line.price_total / rate * self.product_qty / line.product_qty
