# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-18: the end of an order in parts is one request, with what became of each."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .track_common import TrackCase

_NONCE = "0123456789abcdef" * 2


@tagged("post_install", "-at_install")
class TestTrackCancelParts(TrackCase):
    def setUp(self):
        super().setUp()
        self.lamp = self._make_product("Lamp", taxes_id=False, list_price=10)
        self.table = self._make_product("Table", taxes_id=False, list_price=50)
        self.order = self._order_of(
            (self.lamp, 4), (self.table, 2), sale_channel_id=self.channel.id
        )
        line = self.order.order_line.filtered(lambda ln: ln.product_id == self.table)
        self.part = self.order._split([{line: 2}], "test")
        self.parts = self.order | self.part

    def _ask(self, order=None, **values):
        return (order or self.order)._request_of_parts("cancel", "Please", **values)

    def _get_results(self, request):
        return dict(
            zip(
                request.part_ids.order_id.ids,
                request.part_ids.mapped("state"),
                strict=True,
            )
        )

    def _accept(self, request):
        self.env.flush_all()
        self._as(request, "clerk").action_accept()

    def test_one_request_one_message(self):
        for asked_on in self.parts:
            request = self._ask(asked_on, nonce=_NONCE)
            self.assertEqual(len(request), 1)
        self.assertEqual(request, self.parts.customer_request_ids)
        self.assertEqual(request.part_ids.order_id, self.parts)
        self.assertEqual(set(request.part_ids.mapped("state")), {"waiting"})
        for one in self.parts:
            self.assertEqual(one.customer_request_count, 1)
            domain = one.action_view_customer_requests()["domain"]
            self.assertEqual(request.search(domain), request)
        self._accept(request)
        self.assertEqual(self.parts.mapped("state"), ["cancel"] * 2)
        self.assertEqual(request.state, "done")
        self.assertEqual(set(request.part_ids.mapped("state")), {"cancelled"})
        told = self.parts.customer_message_ids.filtered(
            lambda message: message.event.startswith("cancelled")
        )
        self.assertEqual(told.mapped("event"), ["cancelled"], "the whole, at once")

    def test_what_has_left_goes_on(self):
        self._deliver(self.part)
        request = self._ask(self.part)
        self.assertEqual(
            self._get_results(request),
            {self.order.id: "waiting", self.part.id: "left"},
        )
        self._accept(request)
        self.assertEqual((self.order.state, self.part.state), ("cancel", "sale"))
        self.assertEqual(self._get_results(request)[self.order.id], "cancelled")
        # the page of what goes on tells of both
        [asked] = self.part._get_tracking_values()["requests"]
        self.assertEqual(
            [(one["goods"], one["label"]) for one in asked["parts"]],
            [("4 Units Lamp", "Cancelled"), ("2 Units Table", "Has left already")],
        )

    def test_left_while_it_waited(self):
        request = self._ask()
        self._deliver(self.part)
        self._accept(request)
        self.assertEqual(
            self._get_results(request),
            {self.order.id: "cancelled", self.part.id: "left"},
        )

    def test_too_late_for_all(self):
        request = self._ask()
        for one in self.parts:
            self._deliver(one)
        with self.assertRaisesRegex(UserError, self.part.name):
            self._accept(request)
        request.answer = "It is on its way"
        self._as(request, "clerk").action_refuse()
        self.assertEqual(set(request.part_ids.mapped("state")), {"left"})

    def test_refused(self):
        request = self._ask()
        request.answer = "Made for you"
        self._as(request, "clerk").action_refuse()
        self.assertEqual(set(request.part_ids.mapped("state")), {"kept"})
        self.assertEqual(self.parts.mapped("state"), ["sale"] * 2)

    def test_channel_that_allows_it(self):
        self.channel.cancel_policy = "allow"
        self.part.picking_ids.move_ids.picked = True
        request = self._ask(nonce=_NONCE)
        self.assertEqual(
            self._get_results(request),
            {self.order.id: "cancelled", self.part.id: "waiting"},
        )
        self.assertEqual(request.state, "new", "somebody decides about the rest")
        self.assertTrue(request.activity_ids)
        # the form sent twice, from the page that shows the rest
        self.assertEqual(self._ask(self.part, nonce=_NONCE), request)
        self.part.picking_ids.move_ids.picked = False
        again = self._ask(self.part, nonce=_NONCE[::-1])
        self.assertEqual((again.state, self.part.state), ("done", "cancel"))

    def _pay(self, amount):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": amount,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.partner.id,
                "sale_order_ids": [Command.set(self.order.ids)],
                "state": "done",
            }
        )
        self.order.invalidate_recordset(["amount_paid"])

    def _get_refunds(self):
        kind = self.env.ref("order_management.mail_activity_type_refund")
        activities = self.parts.activity_ids
        return activities.filtered(lambda a: a.activity_type_id == kind)

    def test_money_of_all_parts_once(self):
        self._pay(140)
        self._accept(self._ask())
        self.assertIn("140", self._get_refunds().summary)

    def test_no_more_than_was_paid(self):
        """A deposit is given back once, whichever part ends first."""
        self._pay(60)
        self.order._cancel_as_wished()
        self.assertIn("40", self._get_refunds().summary)
        self.part._cancel_as_wished()
        second = self._get_refunds().filtered(lambda a: a.res_id == self.part.id)
        self.assertIn("20", second.summary)

    def test_rights(self):
        request = self._ask()
        with self.assertRaises(UserError):
            self._as(request, "storekeeper").action_accept()
        with self.assertRaises(UserError):
            self._as(request.part_ids, "clerk").state = "cancelled"
