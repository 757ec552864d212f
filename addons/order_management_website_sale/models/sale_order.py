# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError, ValidationError


class SaleOrder(models.Model):
    """An order of the web shop, from its payment to its confirmation."""

    _inherit = "sale.order"

    def _hold_for_approval(self):
        """Override of `order_management`: what was paid is a cart no longer."""
        self._leave_cart()
        return super()._hold_for_approval()

    def _hold_for_quota(self):
        """Override of `order_management`: nor is what no quota has room for."""
        self._leave_cart()
        return super()._hold_for_quota()

    def _keep_held_in_review(self):
        """Override of `order_management`: nor is what was paid and is held."""
        held = super()._keep_held_in_review()
        held._leave_cart()
        return held

    def _leave_cart(self):
        """Override of `order_management`: take what the customer accepted out of the
        shop.

        As a draft it would come back as the customer's cart at the next visit, to be
        changed or paid again. Its salesperson is found now, to be told.
        """
        for order_sudo in self.sudo().filtered("website_id"):
            # as the web shop does at confirmation: the notice is OdooBot's, and not
            # the visitor's
            order_sudo.with_user(SUPERUSER_ID).with_context(
                force_user_recomputation=True
            )._compute_user_id()
            if order_sudo.state == "draft":
                order_sudo.with_context(tracking_disable=True).action_quotation_sent()
        return super()._leave_cart()

    def _hold_at_payment_start(self):
        """Hold what is paid, as long as the channel says.

        :raises ValidationError: somebody else just took what the shop sells only while
            it is there; no money was asked for yet
        """
        self.ensure_one()
        minutes = self.sale_channel_id.payment_hold_minutes
        if not minutes or not self.website_id or self.state not in ("draft", "sent"):
            return
        try:
            with self.env.cr.savepoint():
                missing = self._hold_for_payment(minutes)
        except UserError as error:
            # the shop's own check let the customer through: the payment goes on, and
            # a person finds the reason with the order
            self._message_log(
                body=self.env._(
                    "Nothing was held during the payment: %(reason)s", reason=error
                )
            )
            return
        if missing:
            self._refuse_sold_out(missing)
            products = {product for short in missing.values() for product in short}
            self._message_log(
                body=self.env._(
                    "Not held during the payment, since it is not in stock: "
                    "%(products)s",
                    products=", ".join(sorted(p.display_name for p in products)),
                )
            )

    def _refuse_sold_out(self, missing):
        """Say before the payment what `website_sale_stock` could not know: it looks at
        the stock without meeting those who take it at this moment.

        :param missing: as `_hold` gives it
        :raises ValidationError: for products that are not sold beyond the stock
        """
        products = self.env["product.product"].union(*(ln.product_id for ln in missing))
        if "allow_out_of_stock_order" not in products._fields:
            return
        sold_out = products.filtered(
            lambda one: one.is_storable and not one.allow_out_of_stock_order
        )
        if sold_out:
            raise ValidationError(
                self.env._(
                    "Somebody else has just bought %(products)s, and there is not "
                    "enough left. Nothing was paid: change your cart and try again.",
                    products=", ".join(sold_out.mapped("display_name")),
                )
            )

    def _release_payment_holds(self):
        """Give back what was held for the payment of these orders of a web shop."""
        web_orders = self.filtered("website_id")
        if web_orders:
            web_orders._get_active_holds().filtered(
                lambda hold: hold.kind == "cart"
            )._transition("released")
