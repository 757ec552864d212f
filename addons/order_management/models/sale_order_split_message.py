# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: who bought one order in parts hears of its end part by part."""

    _inherit = "sale.order"

    def _tell_cancelled(self):
        """Tell the customers of these orders, which were cancelled just now.

        Of an order that was split, a part that ends is told with its goods; only when
        no part is left, the order was cancelled.
        """
        if not any(order.company_id.has_customer_messages for order in self):
            return
        # sudo: whoever may cancel a part need not see the others
        orders_sudo = self.sudo()
        orders_sudo._fetch_parts()
        whole, parts = orders_sudo.browse(), orders_sudo.browse()
        for order in orders_sudo:
            root = order._get_channel_root()
            family = root._get_split_family()
            if all(part.state == "cancel" for part in family):
                whole |= root
            elif order._get_tracking_lines():
                # without goods: they went on in another part
                parts |= order
        whole._tell_customer("cancelled")
        parts._tell_customer("cancelled_part")


class OrderMessage(models.Model):
    _inherit = "order.message"

    def _get_goods(self):
        """``[(product, quantity)]`` of the order that the message is about, in the
        words of its language."""
        self.ensure_one()
        order_sudo = self.sudo().order_id.with_context(lang=self.lang)
        return [
            (item["name"], item["ordered"]) for item in order_sudo._get_tracking_items()
        ]
