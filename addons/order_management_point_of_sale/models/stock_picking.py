# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A transfer, maybe of goods sold at a till."""

    _inherit = "stock.picking"

    @api.model
    def _create_picking_from_pos_order_lines(
        self, location_dest_id, lines, picking_type, partner=False
    ):
        """Override of `point_of_sale`: goods of orders under control move apart.

        The sale is booked in any case. Should more leave than was approved, only the
        transfer of that order waits, not all others of the sale or of the session.
        """

        def create(some):
            return super(StockPicking, self)._create_picking_from_pos_order_lines(
                location_dest_id, some, picking_type, partner
            )

        settled = lines.filtered(lambda line: line._get_settled_line())
        if not settled:
            return create(lines)
        pickings = create(lines - settled)
        by_order = settled.grouped(lambda line: line._get_settled_line().order_id)
        for order_sudo, order_lines in by_order.items():
            own = create(order_lines)
            order_sudo._tell_settled_goods_wait(own, order_lines)
            pickings |= own
        return pickings

    def _create_move_from_pos_order_lines(self, lines):
        """Override of `point_of_sale`: one move for each order line under control."""
        for some in lines.grouped(lambda line: line._get_settled_line()).values():
            super()._create_move_from_pos_order_lines(some)
        return None

    def _prepare_stock_move_vals(self, first_line, order_lines):
        """Override of `point_of_sale`: what was settled counts for its order line."""
        values = super()._prepare_stock_move_vals(first_line, order_lines)
        if line_sudo := first_line._get_settled_line():
            values["settled_line_id"] = line_sudo.id
        return values

    def _complete_settled_goods(self):
        """Have transfers of goods that a till handed over done, if they may now.

        One that may still not stays as it was.
        """
        for picking in self:
            try:
                with self.env.cr.savepoint():
                    picking._action_done()
            except UserError:
                # told when it was made, and red on the sale at the till
                continue
