# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: what customers may ask for, by policy, and the parcels nobody announced."""

from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .returns_common import ReturnsCase

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06"
    b"\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03"
    b"\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install")
class TestReturnsRequest(ReturnsCase):
    def _policy(self, **vals):
        return self.env["channel.return.policy"].create(
            {"name": "Terms", "company_id": self.company.id, **vals}
        )

    def _request(self, order, quantity=1.0, **vals):
        vals.setdefault("reason", self.reason)
        return self.env["channel.return"]._request_for_order(
            order, {order.order_line[0]: quantity}, **vals
        )

    def test_asked_for(self):
        order = self._sold_order(3)
        record = self._request(
            order, 2, note="<b>broken</b>", attachments=[("a.png", PNG)]
        )
        self.assertEqual(record.state, "requested")
        self.assertEqual(record.line_ids.requested_qty, 2)
        self.assertEqual(record.partner_id, order.partner_id)
        self.assertIn("&lt;b&gt;", record.note, "text stays text")
        self.assertEqual(record.photo_ids.mimetype, "image/png")
        self.assertEqual(record.photo_ids.res_id, record.id)

    def test_refused_in_the_customers_words(self):
        order = self._sold_order(3)
        other = self._sold_order(3)
        ask = self.env["channel.return"]._request_for_order
        with self.assertRefused("Choose what"):
            ask(order, {})
        with self.assertRefused(order.name):
            ask(order, {other.order_line: 1})
        with self.assertRefused("above zero"):
            ask(order, {order.order_line: -1})
        with self.assertRefused("3", "not 4"):
            ask(order, {order.order_line: 4})
        fresh = self._make_order(1, product=self.by_delivery)
        with self.assertRefused("not shipped yet"):
            ask(fresh, {fresh.order_line: 1})
        with self.assertRefused("no picture"):
            self._request(order, attachments=[("a.png", b"<script>")])
        with self.assertRefused("too big"):
            self._request(order, attachments=[("a.png", PNG + b"x" * (9 << 20))])
        with self.assertRefused("photos at most"):
            self._request(order, attachments=[("a.png", PNG)] * 7)
        self._request(order, 3)
        with self.assertRefused("came back already"):
            self._request(order, 1)

    def test_second_click(self):
        order = self._sold_order(3)
        first = self._request(order, request_token="2:abc")
        self.assertEqual(self._request(order, request_token="2:abc"), first)
        self.assertNotEqual(self._request(order, request_token="2:abd"), first)
        other = self._sold_order(3)
        first.line_ids = [
            Command.create(
                {
                    "order_id": other.id,
                    "sale_line_id": other.order_line[0].id,
                    "requested_qty": 1,
                    "reason_id": self.reason.id,
                }
            )
        ]
        self.assertEqual(self._request(order, request_token="2:abc"), first)

    def test_policy_says_no(self):
        order = self._sold_order(5)
        policy = self._policy(needs_photo=True, window_days=14)
        with self.assertRefused("photo"):
            self._request(order)
        policy.needs_photo = False
        with self.assertRefused("reason"):
            self._request(order, reason=None)
        with self.assertRefused("not offered"):
            self._request(order, return_type="refund_only")
        picking = order.picking_ids
        picking.date_done = fields.Datetime.now() - timedelta(days=13)
        self._request(order)
        picking.date_done = fields.Datetime.now() - timedelta(days=15)
        with self.assertRefused("until", "14 days"):
            self._request(order)
        policy.is_returnable = False
        with self.assertRefused("cannot be returned"):
            self._request(order)

    def test_staff_is_warned_and_decides(self):
        order = self._sold_order(5)
        self._policy(is_returnable=False)
        record = self._ask(order, 1)
        self.assertIn("cannot be returned", record.policy_warning)
        record.action_approve()
        self.assertEqual(record.state, "to_receive")

    def test_reason_wanted_by_policy(self):
        order = self._sold_order(5)
        self._policy()
        record = self._ask(order, 1)
        record.line_ids.reason_id = False
        with self.assertRefused("why"):
            record.action_approve()

    def test_most_specific_policy(self):
        order = self._sold_order(5)
        line = order.order_line
        find = self.env["channel.return.policy"]._find
        parent = self.env["product.category"].create({"name": "Above"})
        category = parent.create({"name": "Below", "parent_id": parent.id})
        line.product_id.categ_id = parent
        general = self._policy()
        self.assertEqual(find(line, self.company), general)
        shop = self._policy(channel_ids=[(6, 0, self.channel.ids)])
        self.assertEqual(find(line, self.company), general)
        order.sale_channel_id = self.channel
        self.assertEqual(find(line, self.company), shop)
        above = self._policy(categ_ids=[(6, 0, line.product_id.categ_id.ids)])
        self.assertEqual(find(line, self.company), above)
        line.product_id.categ_id = category
        self.assertEqual(find(line, self.company), above)
        below = self._policy(categ_ids=[(6, 0, category.ids)])
        self.assertEqual(find(line, self.company), below)
        own = self._policy(
            product_tmpl_ids=[(6, 0, line.product_id.product_tmpl_id.ids)]
        )
        self.assertEqual(find(line, self.company), own)
        own.active = False
        self.assertEqual(find(line, self.company), below)

    def test_approved_by_itself(self):
        order = self._sold_order(10)
        policy = self._policy(auto_approve="amount", auto_amount=25)
        small = self._request(order, 2)
        self.assertEqual(small.state, "to_receive")
        event = self.env["order.event"].search(
            [*small._get_event_domain(), ("to_state", "=", "approved")]
        )
        self.assertEqual((event.source, event.reason), ("system", "By policy: Terms"))
        self.assertEqual(self._request(order, 3).state, "requested")
        tag = self.env["res.partner.category"].create({"name": "Good"})
        policy.write(
            {"auto_approve": "trusted", "trusted_category_ids": [(6, 0, tag.ids)]}
        )
        self.assertEqual(self._request(order, 1).state, "requested")
        order.partner_id.category_id = tag
        self.assertEqual(self._request(order, 1).state, "to_receive")

    def test_exchange_waits_for_a_person(self):
        """Nobody chose yet what is sent instead: approved, it would be a refund."""
        order = self._sold_order(5)
        self._policy(auto_approve="always")
        record = self._request(order, return_type="exchange")
        self.assertEqual(record.state, "requested")
        self.assertEqual(self._request(order).state, "to_receive")

    def test_limit_is_not_passed_in_parts(self):
        """What is asked for in small parts is worth what it is worth together."""
        order = self._sold_order(10)
        self._policy(auto_approve="amount", auto_amount=25)
        self.assertEqual(self._request(order, 2).state, "to_receive")
        second = self._request(order, 2)
        self.assertEqual(second.state, "requested")
        second.action_cancel()
        first = order.order_line.channel_return_line_ids.return_id - second
        first.action_cancel()
        self.assertEqual(self._request(order, 2).state, "to_receive")

    def test_instructions(self):
        order = self._sold_order(10)
        self._policy(instructions="<p>To the post office</p>")
        record = self._ask(order, 1)
        record.action_approve()
        self.assertIn("post office", record.instructions)

    # ------------------------------------------------------------ parcels

    def _parcel(self, **vals):
        return self.env["channel.return.parcel"].create(
            {"company_id": self.company.id, "warehouse_id": self.warehouse.id, **vals}
        )

    def test_parcel_finds_its_order(self):
        partner = self.env["res.partner"].create(
            {"name": "Đặng Quỳnh Returns", "phone": "0939 555 081"}
        )
        order = self._sold_order(3, partner_id=partner.id)
        order.picking_ids.carrier_tracking_ref = "OUT-778812"
        for label in (
            {"tracking_ref": "OUT-778812"},
            {"sender_phone": "+84939555081"},
            {"sender_name": "dang quynh returns"},
            {"order_hint": order.name},
        ):
            parcel = self._parcel(**label)
            self.assertIn(order, parcel.candidate_ids, label)
            self.assertEqual(parcel.age_days, 0)
        with self.assertRefused("Choose the order"):
            parcel.action_make_return()
        parcel.write(
            {"order_id": order.id, "product_id": self.by_delivery.id, "quantity": 2}
        )
        parcel.action_make_return()
        self.assertEqual(parcel.state, "linked")
        self.assertEqual(parcel.return_id.line_ids.requested_qty, 2)
        self.assertEqual(parcel.return_id.line_ids.sale_line_id, order.order_line)

    def test_warehouse_makes_the_return(self):
        """Who opens the parcel enters what is in it; a reviewer decides."""
        order = self._sold_order(3)
        parcel = self._parcel(
            order_id=order.id, product_id=self.by_delivery.id, quantity=2
        ).with_user(self.store)
        parcel.action_make_return()
        record = parcel.return_id
        self.assertEqual((record.state, parcel.state), ("requested", "linked"))
        self.assertEqual(record.line_ids.requested_qty, 2)
        self.assertFalse(record.env.su)
        self.assertFalse(record.decision_note, "who refuses it says why")
        with self.assertRaises(AccessError):
            record.action_approve()

    def test_parcel_that_was_announced(self):
        order = self._sold_order(3)
        record = self._ask(order, 1)
        record.return_tracking = "BACK-1"
        parcel = self._parcel(tracking_ref="BACK-1")
        parcel.action_make_return()
        self.assertEqual(parcel.return_id, record)

    def test_parcel_of_nothing(self):
        order = self._make_order(3, product=self.by_delivery)
        parcel = self._parcel(order_id=order.id)
        with self.assertRefused("can come back"):
            parcel.action_make_return()
        parcel.action_drop()
        parcel.action_reopen()
        self.assertEqual(parcel.state, "open")

    def test_parcel_once(self):
        self._parcel(tracking_ref="TWICE")
        with (
            self.assertRaisesRegex(psycopg2.IntegrityError, "tracking_uniq"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._parcel(tracking_ref="TWICE")

    # ------------------------------------------------------------ rights

    def test_neighbours_see_nothing(self):
        """Policies, parcels, inspections and intents stay in their company."""
        order = self._sold_order(2)
        policy = self._policy()
        parcel = self._parcel(tracking_ref="OURS")
        record = self._ask(order, 1)
        record.write({"channel_id": self.channel.id, "external_id": "R1"})
        record.action_approve()
        record.action_receive()
        record.action_accept_all()
        other = self.env["res.company"].create({"name": "Next door", "logo": False})
        stranger = new_test_user(
            self.env,
            "returns_stranger",
            groups="base.group_user,order_management.group_manager,"
            "order_management.group_warehouse",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for ours in (
            policy,
            parcel,
            record.line_ids.inspection_ids,
            record.intent_ids,
        ):
            self.assertTrue(ours)
            theirs = ours.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            )
            self.assertFalse(theirs.search([("id", "in", ours.ids)]))
        with self.assertRaises(AccessError):
            self.env["channel.return.policy"].with_user(self.store).create(
                {"name": "Mine", "company_id": self.company.id}
            )
