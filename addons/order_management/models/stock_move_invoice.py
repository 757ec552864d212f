# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A move of goods; here: done ones may have their order invoiced or credited."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self._mark_orders_due()
        return result

    def _mark_orders_due(self):
        orders_sudo = self.sudo()._get_ceiling_lines().order_id
        if not any(orders_sudo.mapped("channel_invoice_policy")):
            return
        left, returned = orders_sudo.browse(), orders_sudo.browse()
        for move in self.sudo():
            order = move._get_ceiling_lines().order_id
            if move.location_dest_id._is_customer_side():
                left |= order
            elif move.location_id._is_customer_side():
                returned |= order
        left._mark_moved_goods(left, returned)
