# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class OrderReviewTrialLine(models.TransientModel):
    """A past order that a rule would have held, and why."""

    _name = "order.review.trial.line"
    _description = "Order a Rule Would Have Held"
    _order = "order_id desc"

    trial_id = fields.Many2one(
        "order.review.trial", required=True, readonly=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    date_order = fields.Datetime(related="order_id.date_order")
    partner_id = fields.Many2one(related="order_id.partner_id")
    sale_channel_id = fields.Many2one(related="order_id.sale_channel_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    is_fine = fields.Boolean(
        "Went Well", readonly=True, help="Confirmed, delivered whole, not returned."
    )
    why = fields.Text(readonly=True)

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id.get_formview_action()
