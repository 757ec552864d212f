# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: what the customer asks for with the signed link."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .track_common import PHOTO, TrackCase


@tagged("post_install", "-at_install")
class TestTrackRequest(TrackCase):
    def assertAsked(self, order, kind, **values):
        request = order._request(kind, **values)
        self.assertEqual(request.order_id, order)
        return request

    def test_change(self):
        order = self._make_order()
        request = self.assertAsked(order, "change", text=" Ring twice\x00 ")
        self.assertEqual((request.state, request.text), ("new", "Ring twice"))
        self.assertEqual(request.activity_ids.user_id, order._get_request_user())
        request = self._as(request, "clerk")
        request.answer = "We will"
        request.action_accept()
        self.assertFalse(request.activity_ids)
        self.assertEqual(len(self._get_messages(order, "request_answered")), 1)
        self.assertEqual(
            order._get_tracking_values()["requests"][0]["answer"], "We will"
        )
        request.action_done()
        self.assertEqual(request.state, "done")
        self.assertEqual(len(self._get_messages(order, "request_answered")), 1)

    def test_accepted_and_refused_after_all(self):
        order = self._make_order()
        request = self._as(self.assertAsked(order, "change", text="Blue"), "clerk")
        request.action_accept()
        request.answer = "Blue is sold out"
        request.action_refuse()
        messages = self._get_messages(order, "request_answered")
        self.assertEqual(len(messages), 2)
        for message in messages:
            self.assertEqual(message._get_answer().id, request.id)

    def test_words_are_needed_to_change_and_to_refuse(self):
        order = self._make_order()
        with self.assertRefused("change", error=UserError):
            order._request("change", text="  ")
        request = self.assertAsked(order, "cancel")
        with self.assertRefused("answer"):
            self._as(request, "clerk").action_refuse()
        request.answer = "It has left"
        self._as(request, "clerk").action_refuse()
        self.assertEqual(request.state, "refused")

    def test_sent_twice_is_asked_once(self):
        order = self._make_order()
        nonce = "a" * 32
        first = order._request("change", "Ring", nonce=nonce)
        again = order._request("change", "Ring", nonce=nonce)
        self.assertEqual(first, again)
        self.assertEqual(len(order.customer_request_ids), 1)

    def test_limits(self):
        order = self._make_order()
        with self.assertRefused("2000"):
            order._request("change", "x" * 2001)
        for number in range(3):
            order._request("change", f"Wish {number}")
        with self.assertRefused("earlier"):
            order._request("change", "One more")
        order.customer_request_ids.sudo()._transition("done")
        self.assertAsked(order, "change", text="One more")

    def test_lines_of_others_and_bad_quantities(self):
        order, other = self._make_order(), self._make_order()
        self._deliver(order)
        for quantities in (
            {other.order_line.id: 1},
            {-5: 1},
            {order.order_line.id: -1},
            {order.order_line.id: 11},
            {order.order_line.id: float("nan")},
            {order.order_line.id: float("inf")},
            {},
        ):
            with self.assertRefused():
                order._request("return", quantities=quantities)
        self.assertFalse(order.customer_request_ids)

    def test_return(self):
        order = self._make_order()
        with self.assertRefused("not possible"):
            order._request("return", quantities={order.order_line.id: 1})
        self._deliver(order, 6)
        request = order._request("return", quantities={order.order_line.id: 2})
        self.assertEqual(request.line_ids.quantity, 2)

    def test_return_with_the_reason_that_its_policy_wants(self):
        order = self._make_order()
        self._deliver(order)
        self.env["channel.return.policy"].create(
            {"name": "With a reason", "company_id": self.company.id}
        )
        quantities = {order.order_line.id: 4}
        for reason in (None, "", "-1", "9" * 40, "x"):
            with self.assertRefused("choose a reason"):
                order._request("return", quantities=quantities, reason_id=reason)
        [reason, *_others] = order._get_tracking_values()["reasons"]
        request = order._request(
            "return", quantities=quantities, reason_id=str(reason["id"])
        )
        self.assertEqual(request.return_id.line_ids.reason_id.id, reason["id"])
        most = [line["most"] for line in order._get_tracking_returnable()]
        self.assertEqual(most, [6], "four of ten are on their way")
        with self.assertRefused("at most 6"):
            order._request("return", quantities={order.order_line.id: 7})

    def test_what_came_back_is_not_open_again(self):
        order = self._make_order()
        delivery = self._deliver(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        wizard.product_return_moves.quantity = 4
        back = wizard._create_return()
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 6)
        [item] = order._get_tracking_items()
        self.assertTrue(item["is_shipped"])
        self.assertFalse(item["expected"])
        self.assertEqual(order._get_allowed_requests(), ["return"])

    def test_unknown_kind(self):
        order = self._make_order()
        for kind in (None, "", "delete", "<b>"):
            with self.assertRefused("not possible"):
                order._request(kind, "x")

    def test_return_of_which_the_policy_wants_a_photo(self):
        """Without one it is refused, and nothing is kept."""
        policy = self.env["channel.return.policy"].create(
            {
                "name": "Terms",
                "company_id": self.company.id,
                "needs_reason": False,
                "needs_photo": True,
            }
        )
        order = self._make_order()
        self._deliver(order)
        line = order.order_line
        self.assertTrue(order._get_tracking_returnable()[0]["needs_photo"])
        with self.assertRefused("Add a photo"):
            order._request("return", "Broken", quantities={line.id: 2})
        self.assertFalse(order.customer_request_ids)
        request = order._request(
            "return", "Broken", quantities={line.id: 2}, photos=[("a.png", PHOTO)]
        )
        self.assertEqual(request.state, "done")
        self.assertEqual(len(request.return_id.photo_ids), 1)
        policy.is_returnable = False
        with self.assertRefused("cannot be returned"):
            order._request("return", quantities={line.id: 1})

    def test_cancel_is_asked(self):
        order = self._make_order(sale_channel_id=self.channel.id)
        request = self.assertAsked(order, "cancel")
        self.assertEqual((order.state, request.state), ("sale", "new"))
        self._as(request, "clerk").action_accept()
        self.assertEqual((order.state, request.state), ("cancel", "done"))

    def test_cancel_is_allowed(self):
        self.channel.cancel_policy = "allow"
        order = self._make_order(sale_channel_id=self.channel.id)
        request = self.assertAsked(order, "cancel")
        self.assertEqual((order.state, request.state), ("cancel", "done"))
        self.assertEqual(len(self._get_messages(order, "cancelled")), 1)

    def test_cancel_of_what_is_paid(self):
        """Cancelled at once, and somebody of ours is told to give the money back."""
        self.channel.cancel_policy = "allow"
        self.product.write({"list_price": 10, "taxes_id": False})
        order = self._make_order(sale_channel_id=self.channel.id)
        order.user_id = False
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": 40,
                "currency_id": order.currency_id.id,
                "partner_id": self.partner.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        order.invalidate_recordset(["amount_paid"])
        visitor = self.env.ref("base.public_user")
        order.with_user(visitor).sudo()._request("cancel")
        self.assertEqual(order.state, "cancel")
        kind = self.env.ref("order_management.mail_activity_type_refund")
        activity = order.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertIn("40", activity.summary)
        self.assertFalse(activity.user_id.share)
        free = self._make_order(sale_channel_id=self.channel.id)
        free._request("cancel")
        self.assertNotIn(kind, free.activity_ids.activity_type_id)

    def test_cancel_of_what_is_picked_is_asked(self):
        self.channel.cancel_policy = "allow"
        order = self._make_order(sale_channel_id=self.channel.id)
        order.picking_ids.move_ids.picked = True
        request = self.assertAsked(order, "cancel")
        self.assertEqual((order.state, request.state), ("sale", "new"))
        self._deliver(order)
        with self.assertRefused("have left"):
            self._as(request, "clerk").action_accept()
        self.assertEqual((order.state, request.state), ("sale", "new"))
