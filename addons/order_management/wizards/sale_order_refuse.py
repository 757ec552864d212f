# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class SaleOrderRefuse(models.TransientModel):
    """The question why orders are refused, asked once for all of them."""

    _name = "sale.order.refuse"
    _description = "Refuse Orders"

    order_ids = fields.Many2many("sale.order", required=True)
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse the orders for this reason; of several, each for itself.

        :raises AccessError: not a reviewer
        :raises UserError: an order that was not submitted
        """
        self.ensure_one()
        if len(self.order_ids) > 1:
            return self.order_ids.action_refuse_each(self.reason)
        self.order_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
