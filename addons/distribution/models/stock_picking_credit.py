# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPicking(models.Model):
    """A transfer; here: nothing leaves for a customer whose credit holds."""

    _inherit = "stock.picking"

    def _action_done(self):
        """Override: deliveries of orders that are held stay as they are.

        :raises UserError: the customer is over the limit or late; a trade manager may
            release the order
        """
        leaving = self.filtered(
            lambda picking: picking.picking_type_id.code in ("outgoing", "dropship")
        )
        # sudo: who ships need not see what customers owe
        orders_sudo = (
            leaving.sudo().sale_id | leaving.move_ids.sudo().sale_line_id.order_id
        )
        orders_sudo._check_credit()
        return super()._action_done()
