# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class StockHold(models.Model):
    """A hold; here: shops hear of it."""

    _inherit = "stock.hold"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note the products."""
        holds = super().create(vals_list)
        holds._note_for_shops()
        return holds

    def write(self, vals):
        """Override to note the products, before and after."""
        self._note_for_shops()
        result = super().write(vals)
        self._note_for_shops()
        return result

    def _note_for_shops(self):
        self.env["channel.stock.dirty"]._collect_products(self.product_id.ids, "hold")
