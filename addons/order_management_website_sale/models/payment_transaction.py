# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class PaymentTransaction(models.Model):
    """A payment; while it lasts, the stock it pays for may be held."""

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        for order_sudo in transactions.sudo().sale_order_ids:
            order_sudo._hold_at_payment_start()
        return transactions

    def _set_canceled(self, *args, **kwargs):
        """Override of `payment`: what was held for the payment is free again."""
        transactions = super()._set_canceled(*args, **kwargs)
        transactions.sudo().sale_order_ids._release_payment_holds()
        return transactions

    def _set_error(self, *args, **kwargs):
        """Override of `payment`: what was held for the payment is free again."""
        transactions = super()._set_error(*args, **kwargs)
        transactions.sudo().sale_order_ids._release_payment_holds()
        return transactions
