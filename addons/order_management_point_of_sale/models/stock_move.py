# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """A move of goods, maybe of a sale at a till that hands over what was ordered.

    Not `sale_line_id`: Odoo takes what was sold at the till from the sale itself, and
    would count it twice as delivered.
    """

    _inherit = "stock.move"

    settled_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line Settled at the Till",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The order line under approval control whose goods were sold at a point "
        "of sale: they count as shipped for it.",
    )

    def write(self, vals):
        if "settled_line_id" in vals:
            self._check_settled_line_kept(vals["settled_line_id"])
        return super().write(vals)

    def _check_settled_line_kept(self, line_id):
        """:raises UserError: goods would leave for another order line, or for none"""
        for move in self.sudo():
            if move.settled_line_id.id != (line_id or False):
                raise UserError(
                    self.env._(
                        "%(product)s: which order was settled at the point of sale is "
                        "kept by the sale itself and cannot be changed.",
                        product=move.product_id.display_name,
                    )
                )

    def _get_ceiling_lines(self):
        """Override of `order_management`: or the lines that were settled at a till."""
        return super()._get_ceiling_lines() | self.settled_line_id

    def _prepare_merge_moves_distinct_fields(self):
        """Override of `stock`: goods of two order lines stay two moves."""
        return [*super()._prepare_merge_moves_distinct_fields(), "settled_line_id"]
