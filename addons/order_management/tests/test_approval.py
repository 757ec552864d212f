# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: who lets which quantity through, in the modes none, follow and explicit."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .ceiling_common import CeilingCase


@tagged("post_install", "-at_install", "meets_others")
class TestApproval(CeilingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        cls.channel = cls.env["sale.channel"].create(
            {"name": "Shop", "company_id": cls.company.id}
        )

    # ----------------------------------------------------------------- modes

    def test_mode_comes_from_channel_else_company(self):
        for company, channel, expected in (
            ("none", False, "none"),
            ("follow", False, "follow"),
            ("follow", "explicit", "explicit"),
            ("explicit", "none", "none"),
        ):
            with self.subTest(company=company, channel=channel):
                self.company.approval_mode = company
                self.channel.approval_mode = channel
                order = self._make_order(confirm=False, sale_channel_id=self.channel.id)
                self.assertEqual(order.approval_mode, expected)
                self.assertEqual(order.order_line.approval_mode, expected)
                self.assertEqual(
                    order.order_line.approved_qty, 0 if expected == "explicit" else 10
                )

    def test_settings_touch_untouched_quotations_only(self):
        draft, submitted, approved = (
            self._make_order(confirm=False) for _number in range(3)
        )
        confirmed = self._make_order()
        (submitted | approved).action_submit()
        approved.action_approve()
        self.company.approval_mode = "follow"
        self.assertEqual(draft.approval_mode, "follow")
        self.assertEqual(draft.order_line.approval_mode, "follow")
        self.assertEqual(draft.order_line.approved_qty, 10)
        for order in submitted | approved | confirmed:
            self.assertEqual(order.approval_mode, "explicit")
            self.assertEqual(order.order_line.approval_mode, "explicit")
        self.channel.approval_mode = "none"
        (draft | confirmed).write({"sale_channel_id": self.channel.id})
        self.assertEqual(draft.approval_mode, "none")
        self.assertEqual(confirmed.approval_mode, "explicit")
        self.channel.approval_mode = "explicit"
        self.assertEqual(draft.approval_mode, "explicit")
        self.assertEqual(draft.order_line.approved_qty, 0)

    def test_follow_moves_with_the_order(self):
        self.company.approval_mode = "follow"
        order = self._make_order()
        order.order_line.product_uom_qty = 12
        self.assertEqual(order.order_line.approved_qty, 12)
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self._as(order.order_line, "reviewer").write(
                {"approved_qty": 20, "cut_reason": "More"}
            )
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self._make_order(confirm=False).action_submit()

    # ---------------------------------------------------------------- states

    def test_submit_approve_confirm(self):
        order = self._as(self._make_order(confirm=False), "clerk")
        self.assertEqual(order.approval_state, "none")
        with self.assertRaisesRegex(UserError, "Submit it"):
            order.action_confirm()
        order.action_submit()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual(order.submitted_by_id, self.users["clerk"])
        self.assertTrue(order.submitted_at)
        self.assertEqual(order.order_line.approved_qty, 0)
        with self.assertRaisesRegex(UserError, "waits for approval"):
            order.action_confirm()
        with self.assertRaises(AccessError):
            order.action_approve()
        self._as(order, "reviewer").action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(order.approved_by_id, self.users["reviewer"])
        self.assertEqual(order.order_line.approved_qty, 10)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        events = self._get_events(order.sudo(), "approval")
        self.assertEqual(events.mapped("to_state"), ["to_approve", "approved"])
        self.assertEqual(events.user_id, self.users["clerk"] | self.users["reviewer"])

    def test_refuse(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        with self.assertRaises(AccessError):
            self._as(order, "clerk").action_refuse("No")
        action = self._as(order, "reviewer").action_refuse()
        self.assertEqual(order.approval_state, "to_approve")
        with Form(
            self.env[action["res_model"]]
            .with_user(self.users["reviewer"])
            .with_context(**action["context"])
        ) as form:
            form.reason = "Too much for this dealer"
        form.record.action_refuse()
        self.assertEqual(order.approval_state, "refused")
        self.assertEqual(order.approval_reason, "Too much for this dealer")
        with self.assertRaisesRegex(UserError, "Too much for this dealer"):
            order.action_confirm()
        with self.assertRaisesRegex(UserError, "Submit it first"):
            order.action_approve()
        order.action_submit()
        self.assertFalse(order.approval_reason)
        self.assertEqual(order.approval_state, "to_approve")

    def test_twice_is_once(self):
        order = self._make_order(confirm=False)
        for _time in range(2):
            order.action_submit()
        for _time in range(2):
            order.action_approve()
        self.assertEqual(len(self._get_events(order, "approval")), 2)

    def test_empty_and_confirmed_orders_are_not_submitted(self):
        with self.assertRaisesRegex(UserError, "orders nothing yet"):
            self._make_order(0, confirm=False).action_submit()
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            self._make_order().action_submit()

    def test_cancel_and_start_again(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        order.action_cancel()
        self.assertEqual(order.approval_state, "none")
        order = self._make_order()
        self._ship(order.picking_ids, 4)
        order._action_cancel()
        order.action_draft()
        self.assertEqual(order.approval_state, "none")
        # what has left is all that is still approved
        self.assertEqual(order.order_line.approved_qty, 4)
        self.assertEqual(order.approval_mode, "explicit")

    def test_shipped_order_is_not_deleted(self):
        order = self._make_order()
        self._ship(order.picking_ids, 4)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            order.unlink()

    @mute_logger("odoo.sql_db")
    def test_state_written_past_the_buttons(self):
        order = self._make_order(confirm=False)
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self._as(order, "clerk").write({"state": "sale"})
            self.env.flush_all()
