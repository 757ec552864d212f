# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class PaymentTransaction(models.Model):
    """A payment; one for an order that awaits approval must not fail because of it."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        held = self.filtered(
            lambda tx: tx.sudo().sale_order_ids.filtered(
                lambda order: order._is_awaiting_approval()
            )
        )
        held.sudo().sale_order_ids._hold_for_approval()
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
