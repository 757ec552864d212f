# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class OrderApprovalTrialLine(models.TransientModel):
    """A past order that a rule would have stopped, and why."""

    _name = "order.approval.trial.line"
    _description = "Order a Rule Would Have Stopped"
    _order = "order_id desc"

    trial_id = fields.Many2one(
        "order.approval.trial", required=True, readonly=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    date_order = fields.Datetime(related="order_id.date_order")
    partner_id = fields.Many2one(related="order_id.partner_id")
    user_id = fields.Many2one(related="order_id.user_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    why = fields.Char(readonly=True)

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id.get_formview_action()
