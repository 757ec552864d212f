# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import itertools

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment.tests.common import PaymentCommon
from odoo.addons.website_sale.tests.common import MockRequest

from .common import WebsiteHubCase


@tagged("post_install", "-at_install")
class TestWebsiteChannel(PaymentCommon, WebsiteHubCase):
    """OM-2, OM-30: orders of Odoo's own web shop in the hub."""

    numbers = itertools.count(1)

    def _pay(self, order, state="draft"):
        """Begin a payment, and bring it to ``state``."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.payment_method_id,
                "reference": f"{order.name}-{next(self.numbers)}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [(6, 0, order.ids)],
            }
        )
        if state != "draft":
            self._finish(transaction, state)
        return transaction

    def _finish(self, transaction, state):
        getattr(transaction, f"_set_{state}")()
        # another request: what was paid is computed anew
        self.env.flush_all()
        self.env.invalidate_all()
        transaction._post_process()

    def test_cart_is_born_in_the_channel(self):
        with MockRequest(
            self.env, website=self.website, fiscal_position_id=False
        ) as request:
            cart = request.website._create_cart()
        self.assertEqual(cart.sale_channel_id, self.channel)

    def test_nothing_changes_without_a_channel(self):
        self.channel.website_id = False
        with MockRequest(
            self.env, website=self.website, fiscal_position_id=False
        ) as request:
            cart = request.website._create_cart()
        self.assertFalse(cart.sale_channel_id)
        self.assertTrue(self._get_rows(cart))

    def test_carts_stay_off_the_list(self):
        """A cart comes to the list with its payment, and goes when that fails."""
        cart = self._create_cart()
        self.assertFalse(self._get_rows(cart))
        transaction = self._pay(cart)
        self.assertEqual(self._get_rows(cart).state, "draft")
        transaction._set_canceled()
        self.assertFalse(self._get_rows(cart))
        self._pay(cart, "pending")
        self.assertEqual(cart.state, "sent")
        self.assertEqual(self._get_rows(cart).order_state, "sent")
        other = self._create_cart()
        self._pay(other, "done")
        self.assertEqual(self._get_rows(other).state, "sale")

    def test_one_channel_a_website(self):
        """The button makes the channel once; a second one is refused."""
        website = self.env["website"].create(
            {"name": "Second", "company_id": self.company.id}
        )
        action = website.action_open_sale_channel()
        channel = website.sale_channel_id
        self.assertEqual(action["res_id"], channel.id)
        self.assertEqual((channel.name, channel.channel_type), ("Second", "website"))
        self.assertEqual(website.action_open_sale_channel()["res_id"], channel.id)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["sale.channel"].create({"name": "Two", "website_id": website.id})
        channel.active = False
        self.assertFalse(website.sale_channel_id)
        website.sale_channel_id = self.channel
        self.assertEqual(self.channel.website_id, website)
        self.assertFalse(self.website.sale_channel_id)

    def test_channel_of_another_company(self):
        self.channel.website_id = False
        other = self.env["res.company"].create({"name": "Neighbour"})
        with self.assertRaises(UserError):
            self.env["sale.channel"].create(
                {
                    "name": "Foreign",
                    "company_id": other.id,
                    "website_id": self.website.id,
                }
            )

    def test_open_carts_are_adopted(self):
        """What is in the carts when a website gets its channel will be its orders."""
        self.channel.website_id = False
        cart = self._create_cart(sale_channel_id=False)
        old = self._create_cart(sale_channel_id=False, date_order="2020-01-01")
        done = self._create_cart(sale_channel_id=False)
        done.action_confirm()
        self.channel.approval_mode = "explicit"
        self.channel.website_id = self.website
        self.assertEqual(cart.sale_channel_id, self.channel)
        self.assertEqual(cart.approval_mode, "explicit")
        self.assertFalse(old.sale_channel_id)
        self.assertFalse(done.sale_channel_id)

    def test_no_hold_by_default(self):
        cart = self._create_cart()
        self._pay(cart)
        self.assertFalse(self._get_holds(cart))

    def test_hold_from_payment_to_confirmation(self):
        self.channel.payment_hold_minutes = 30
        cart = self._create_cart()
        transaction = self._pay(cart)
        hold = self._get_holds(cart)
        self.assertEqual((hold.product_id, hold.quantity), (self.lamp, 2))
        self.assertEqual(hold.warehouse_id, cart.warehouse_id)
        self.assertEqual((hold.kind, hold.state), ("cart", "active"))
        minutes = (hold.expires_at - hold.create_date).total_seconds() / 60
        self.assertAlmostEqual(minutes, 30, delta=1)
        self._finish(transaction, "done")
        self.assertEqual(cart.state, "sale")
        self.assertEqual(hold.state, "converted")

    def test_hold_follows_the_cart(self):
        """The customer comes back, changes the cart and pays: one hold, as ordered."""
        self.channel.payment_hold_minutes = 30
        cart = self._create_cart()
        self._pay(cart)
        cart.order_line.product_uom_qty = 5
        self._pay(cart)
        holds = self._get_holds(cart).filtered(lambda hold: hold.state == "active")
        self.assertEqual(holds.mapped("quantity"), [5])
        cart.order_line.unlink()
        cart.order_line = [(0, 0, {"product_id": self.service_product.id})]
        self._pay(cart)
        self.assertEqual(set(holds.mapped("state")), {"released"})

    def test_hold_ends_with_the_payment(self):
        self.channel.payment_hold_minutes = 30
        cart = self._create_cart()
        self._pay(cart, "canceled")
        self.assertEqual(self._get_holds(cart).mapped("state"), ["released"])
        self._pay(cart)
        cart._action_cancel()
        self.assertEqual(
            self._get_holds(cart).mapped("state"), ["released", "released"]
        )

    def test_hold_never_stops_a_payment(self):
        self.channel.payment_hold_minutes = 30
        cart = self._create_cart()

        def refuse(self, minutes):
            raise UserError(self.env._("Sold out"))

        self.patch(type(cart), "_hold_for_payment", refuse)
        self.assertEqual(self._pay(cart).state, "draft")
        self.assertIn("Sold out", cart.message_ids[0].body)

    def test_last_unit_goes_to_one_buyer(self):
        """SS-6: who comes second hears so before any money is asked for."""
        self.channel.payment_hold_minutes = 30
        self.lamp.allow_out_of_stock_order = False
        first, second = self._create_cart(19), self._create_cart(2)
        self._pay(first)
        with self.assertRaisesRegex(ValidationError, "has just bought Lamp"):
            self._pay(second)
        self.assertFalse(self._get_holds(second))
        # what is sold beyond the stock on purpose goes on
        self.lamp.allow_out_of_stock_order = True
        third = self._create_cart(2)
        self.assertEqual(self._pay(third).state, "draft")
        self.assertIn("not in stock", third.message_ids[0].body)

    def test_paid_order_that_needs_approval(self):
        """OM-10: it waits, a person is told, and it is nobody's cart any more."""
        self.channel.approval_mode = "explicit"
        self.website.salesperson_id = self.clerk
        cart = self._create_cart()
        self._pay(cart, "done")
        self.assertEqual((cart.state, cart.approval_state), ("sent", "to_approve"))
        self.assertEqual(cart.user_id, self.clerk)
        self.assertEqual(cart.activity_ids.user_id, self.clerk)
        self.assertEqual(self._get_rows(cart).state, "to_approve")
        self.assertFalse(cart.picking_ids)
        cart.action_approve()
        cart.action_confirm()
        self.assertEqual(cart.state, "sale")
        self.assertEqual(cart.picking_ids.move_ids.product_uom_qty, 2)

    def test_paid_order_that_the_review_holds(self):
        """OM-9: it waits, a person is told, and it is nobody's cart any more."""
        self.env["exception.rule"].search([("is_review", "=", True)]).active = False
        self.company.review_orders = True
        self.env["exception.rule"].create(
            {
                "name": "Any amount",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_method",
                "method": "_review_amount",
            }
        )
        cart = self._create_cart()
        self._pay(cart, "done")
        self.assertEqual((cart.state, cart.review_state), ("sent", "held"))
        self.assertTrue(cart.is_accepted_in_review)
        self.assertTrue(cart.activity_ids)
        self.assertFalse(cart.picking_ids)

    def test_paid_order_over_quota_is_no_cart(self):
        cart = self._create_cart()
        cart._hold_for_quota()
        self.assertEqual(cart.state, "sent")
        self.assertTrue(cart.activity_ids)

    def test_person_to_tell_without_salesperson(self):
        """The channel's, then a manager of the hub; never the visitor."""
        self.channel.approval_mode = "explicit"
        cart = self._create_cart()
        self.env.cr.execute(
            "UPDATE sale_order SET create_uid = %s WHERE id = %s",
            [self.public_user.id, cart.id],
        )
        cart.invalidate_recordset()
        self.channel.user_id = self.clerk
        self._pay(cart, "done")
        self.assertEqual(cart.activity_ids.user_id, self.clerk)

    def test_free_order_that_needs_approval(self):
        self.channel.approval_mode = "explicit"
        cart = self._create_cart()
        cart.order_line.price_unit = 0
        cart._validate_order()
        self.assertEqual((cart.state, cart.approval_state), ("sent", "to_approve"))
