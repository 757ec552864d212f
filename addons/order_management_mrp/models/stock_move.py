# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class StockMove(models.Model):
    """A move of goods, which may be a component of a kit that was ordered."""

    _inherit = "stock.move"

    def _filter_unasked(self):
        """Components of the kit that the order line sells are asked for."""
        unasked = super()._filter_unasked()
        if not unasked:
            return unasked
        components = unasked._get_ceiling_lines()._get_kit_components()
        return unasked.filtered(
            lambda move: (
                move.product_id != move.bom_line_id.product_id
                or move.bom_line_id.id
                not in components.get(move._get_ceiling_lines(), ())
            )
        )
