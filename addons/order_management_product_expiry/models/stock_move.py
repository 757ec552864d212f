# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class StockMove(models.Model):
    """A move of goods; here: of lots that may have expired."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Override: tell from when on lots have to last."""
        dated = self.filtered("product_id.use_expiration_date")
        if dated:
            first = min(dated.mapped("date"))
            self = self.with_context(order_management_reserve_from=first)
        return super()._action_assign(force_qty=force_qty)
