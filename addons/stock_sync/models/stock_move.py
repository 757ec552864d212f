# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

_ASKED = frozenset(
    (
        "state",
        "product_id",
        "product_uom",
        "product_uom_qty",
        "procure_method",
        "location_id",
        "location_dest_id",
        "location_final_id",
        "move_orig_ids",
    )
)


class StockMove(models.Model):
    """A move; here: shops hear of demand that begins, changes or ends.

    Goods that are reserved or moved are heard of by their quants.
    """

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note the products of moves that ask for goods at once."""
        moves = super().create(vals_list)
        moves._note_for_shops()
        return moves

    def write(self, vals):
        """Override to note the products."""
        if not _ASKED.isdisjoint(vals):
            self._note_for_shops()
            if "product_id" in vals:
                result = super().write(vals)
                self._note_for_shops()
                return result
        return super().write(vals)

    def unlink(self):
        """Override to note the products."""
        self._note_for_shops()
        return super().unlink()

    def _note_for_shops(self):
        self.env["channel.stock.dirty"]._collect_products(
            {move.product_id.id for move in self}, "stock"
        )
