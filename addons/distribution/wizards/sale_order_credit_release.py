# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderCreditRelease(models.TransientModel):
    """The question why orders pass in spite of a credit limit."""

    _name = "sale.order.credit.release"
    _description = "Release from Credit Hold"

    order_ids = fields.Many2many("sale.order", required=True)
    reason = fields.Text(required=True)

    def action_release(self):
        """Release the orders for this reason.

        :raises AccessError: not a trade manager
        """
        self.ensure_one()
        self.order_ids.action_release_credit(self.reason)
        return {"type": "ir.actions.act_window_close"}
