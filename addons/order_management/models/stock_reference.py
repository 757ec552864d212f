# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError


class StockReference(models.Model):
    """The thread between an order and its transfers."""

    _inherit = "stock.reference"

    def write(self, vals):
        if "sale_ids" not in vals:
            return super().write(vals)
        orders_sudo = self.sudo().sale_ids
        result = super().write(vals)
        self._check_orders_kept(orders_sudo - self.sudo().sale_ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        self._check_orders_kept(self.sudo().sale_ids)

    def _check_orders_kept(self, removed_sudo):
        """Refuse to cut the link of done moves to an order under approval control.

        :param removed_sudo: the orders these references no longer lead to
        :raises UserError: one of them has done moves here
        """
        if not removed_sudo:
            return
        for move in self.sudo().move_ids._get_controlled_done_moves():
            if move.sale_line_id.order_id in removed_sudo:
                raise UserError(move._get_detached_message())
