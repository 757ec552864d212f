# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class OrderHub(models.Model):
    """The list of all orders; a cart is none before its customer goes to pay."""

    _inherit = "order.hub"
    _depends = {
        "sale.order": ["transaction_ids", "website_id"],
        "payment.transaction": ["state"],
    }

    @api.model
    def _get_order_columns(self):
        """Override of `order_management`: carts of linked websites stay off the list.

        On it they come with the start of a payment, and off again if it fails.
        """
        return {
            **super()._get_order_columns(),
            "is_hidden": SQL(
                """
                CASE WHEN website_id IS NULL OR sale_channel_id IS NULL
                    OR state <> 'draft' OR approval_state <> 'none' THEN FALSE
                ELSE NOT EXISTS (
                    SELECT FROM sale_order_transaction_rel rel
                    JOIN payment_transaction tx ON tx.id = rel.transaction_id
                    WHERE rel.sale_order_id = sale_order.id
                    AND tx.state IN ('draft', 'pending', 'authorized', 'done')
                ) END
                """
            ),
        }

    @api.model
    def _get_figure_columns(self):
        """Override of `order_management`: whether an order is a cart."""
        return [*super()._get_figure_columns(), "website_id"]
