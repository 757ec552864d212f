# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: its shop hears when it is cancelled here."""

    _inherit = "sale.order"

    def _action_cancel(self):
        """Override of `sale`: cancelled here means cancelled at the shop, if wanted."""
        open_orders = self.filtered(lambda order: order.state != "cancel")
        result = super()._action_cancel()
        open_orders.filtered(lambda order: order.state == "cancel")._plan_cancels()
        return result

    def _plan_cancels(self):
        # of an order that was split, the shop hears when no part is left
        orders = self._get_wholly_cancelled().filtered("sale_channel_id")
        channels = orders.sale_channel_id.filtered(
            lambda channel: channel._can_tell("cancel")
        )
        orders = orders.filtered(lambda order: order.sale_channel_id in channels)
        if not orders:
            return
        rows = self.env["stock.picking"]._find_inbox_rows(orders)
        self.env["channel.intent"]._plan(
            [
                {
                    "channel_id": order.sale_channel_id.id,
                    "kind": "cancel",
                    "key": f"cancel:{order.id}",
                    "order_external_id": rows[order].external_id,
                    "order_id": order.id,
                    "payload": {"reason": order._get_channel_cancel_reason()},
                }
                for order in orders
                # what the channel cancelled itself it need not be told
                if order in rows and not rows[order]._is_cancelled_by_channel()
            ]
        )

    def _get_channel_cancel_reason(self):
        """Why, in the words of the adapters; the caller may know."""
        reason = self.env.context.get("stock_sync_cancel_reason")
        return reason if reason in _REASONS else "other"


_REASONS = ("out_of_stock", "customer_request", "undeliverable", "other")
