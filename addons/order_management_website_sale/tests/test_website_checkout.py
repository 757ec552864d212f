# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.http import root
from odoo.tests import tagged

from odoo.addons.payment.tests.http_common import PaymentHttpCommon
from odoo.addons.website_sale.models.website import CART_SESSION_CACHE_KEY

from .common import WebsiteHubCase


@tagged("post_install", "-at_install", "meets_others")
class TestWebsiteCheckout(PaymentHttpCommon, WebsiteHubCase):
    """OM-10: a checkout over HTTP, from the payment to its confirmation page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.approval_mode = "explicit"
        cls.channel.payment_hold_minutes = 15
        # the website that answers on this address
        cls.channel.website_id = False
        cls.website = cls.env["website"].get_current_website()
        cls.website.sale_channel_ids.website_id = False
        cls.website.salesperson_id = cls.clerk
        cls.channel.website_id = cls.website
        cls.carrier.website_published = True
        cls.cart = cls._create_cart(partner_id=cls.partner.id)
        cls.cart._set_delivery_method(cls.carrier)

    def _check_out(self, finish):
        """Pay the cart as a visitor would; ``finish`` plays the provider."""
        session = self.authenticate(None, None)
        session[CART_SESSION_CACHE_KEY] = self.cart.id
        session["sale_last_order_id"] = self.cart.id
        root.session_store.save(session)
        self.make_jsonrpc_request(
            f"/shop/payment/transaction/{self.cart.id}",
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.payment_method_id,
                "token_id": None,
                "amount": self.cart.amount_total,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/shop/payment/validate",
                "access_token": self.cart._portal_ensure_token(),
            },
        )
        transaction = self.cart.transaction_ids
        self.assertEqual(self._get_holds(self.cart).state, "active")
        finish(transaction)
        transaction._post_process()
        return self.url_open("/shop/payment/validate")

    def test_paid_at_once(self):
        page = self._check_out(lambda transaction: transaction._set_done())
        self.assertEqual(page.status_code, 200)
        self.assertIn("/shop/confirmation", page.url)
        self.assertIn(self.cart.name, page.text)
        self.assertNotIn("can not be confirmed", page.text)
        self.assertEqual(self.cart.approval_state, "to_approve")
        self.assertEqual(self.cart.state, "sent")
        self.assertEqual(self.cart.activity_ids.user_id, self.clerk)
        # the next visit begins with an empty cart, and the order is as it was
        shop = self.url_open("/shop/cart")
        self.assertEqual(shop.status_code, 200)
        self.assertNotIn("Lamp", shop.text)
        self.cart.action_approve()
        self.cart.action_confirm()
        self.assertEqual(self._get_holds(self.cart).state, "converted")

    def test_wire_transfer(self):
        """Paid later: sent, then held for approval when the money is there."""
        page = self._check_out(lambda transaction: transaction._set_pending())
        self.assertIn("/shop/confirmation", page.url)
        self.assertEqual((self.cart.state, self.cart.approval_state), ("sent", "none"))
        self.assertTrue(self._get_rows(self.cart))
        transaction = self.cart.transaction_ids
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(self.cart.approval_state, "to_approve")
        self.assertEqual(self.cart.state, "sent")

    def test_without_control(self):
        self.channel.approval_mode = "none"
        page = self._check_out(lambda transaction: transaction._set_done())
        self.assertIn("/shop/confirmation", page.url)
        self.assertEqual(self.cart.state, "sale")
        self.assertEqual(self._get_holds(self.cart).state, "converted")
