# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A transfer; a done one stays with the order it was made for."""

    _inherit = "stock.picking"

    @api.model
    def get_empty_list_help(self, help_message):
        """What our own lists say when they are empty; stock says the same for all."""
        if self.env.context.get("keep_empty_list_help"):
            return help_message
        return super().get_empty_list_help(help_message)

    def write(self, vals):
        if "sale_id" in vals:
            self._check_order_kept(vals["sale_id"])
        return super().write(vals)

    def _check_order_kept(self, sale_id):
        """Refuse to give goods that already moved to another order, or to none.

        :raises UserError: naming the transfer and the order
        """
        for move in self.move_ids._get_controlled_done_moves():
            if move.sale_line_id and move.sale_line_id.order_id.id != (
                sale_id or False
            ):
                raise UserError(move._get_detached_message())
