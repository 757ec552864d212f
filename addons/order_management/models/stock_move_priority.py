# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A move; here: in as much of a hurry as its order."""

    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _get_new_picking_values(self):
        """Override of ``stock``: urgent orders make urgent transfers."""
        values = super()._get_new_picking_values()
        # sudo: the warehouse sees the hurry without seeing the order
        orders_sudo = self.sudo().sale_line_id.order_id
        if any(order.priority not in (False, "0") for order in orders_sudo):
            values["priority"] = "1"
        return values
