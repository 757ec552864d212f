# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PaymentTransaction(models.Model):
    """A payment; one for an order over its quota is taken, and the order waits."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Override of ``sale``: orders without room in a quota stay quotations."""
        over = self.sudo().sale_order_ids._filter_over_quota()
        held = self.filtered(lambda tx: tx.sudo().sale_order_ids & over)
        for order in over:
            # what is paid in part only would not have been confirmed either
            if order._is_confirmation_amount_reached():
                order._hold_for_quota()
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
