# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMoveLine(models.Model):
    """Goods of a move; here: corrections of done ones follow into the ledger."""

    _inherit = "stock.move.line"

    def write(self, vals):
        """Post what a correction of done goods changes for a member's stock."""
        result = super().write(vals)
        if {"quantity", "location_id", "location_dest_id"}.intersection(vals):
            done = self.filtered(lambda line: line.state == "done")
            done.move_id._post_sell_in()
        return result
