# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PaymentTransaction(models.Model):
    """A payment; one for an order that the review holds is taken, the order waits."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Override of ``sale``: a hold never stops a payment."""
        orders = self.sudo().sale_order_ids
        held_before = any(order.review_state == "held" for order in orders)
        if not held_before and not orders._may_review():
            return super()._check_amount_and_confirm_order()
        # what is paid in part only would not have been confirmed either
        paid = orders.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order._is_confirmation_amount_reached()
            )
        )
        stopped = paid._keep_held_in_review()
        held = self.filtered(lambda tx: tx.sudo().sale_order_ids & stopped)
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
