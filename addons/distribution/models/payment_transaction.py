# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PaymentTransaction(models.Model):
    """A payment; one for an order over a credit limit is taken, the order waits."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Override of ``sale``: what the credit holds stays a quotation."""
        over = self.sudo().sale_order_ids._filter_over_credit()
        held = self.filtered(lambda tx: tx.sudo().sale_order_ids & over)
        # what is paid in part only would not have been confirmed either
        over.filtered(
            lambda order: order._is_confirmation_amount_reached()
        )._hold_for_credit()
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
