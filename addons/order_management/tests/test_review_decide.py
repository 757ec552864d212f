# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..models.sale_order_quota import _SAVED
from .review_common import ReviewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestReviewDecide(ReviewCommon):
    """OM-9: what people and changed facts do to holds, and who may."""

    def test_same_facts_hold_once(self):
        self._make_rule(threshold_amount=50)
        order = self._order()
        order._review()
        self._holds(order).action_release("Fine")
        self.assertEqual(order._review(), order)
        self.assertEqual(order.review_state, "released")
        order.order_line.product_uom_qty = 5
        self.assertHeld(order, "200.00")

    def test_decided_once_for_all_parts(self):
        self._make_rule("new_customer")
        order = self._order(quantity=4)
        order._review()
        self.assertHeld(order)
        self._holds(order).action_release("Fine")
        part = order._split([{order.order_line: 2}], "Two days")
        self.assertEqual(part._review(), part)
        self.assertFalse(part.review_hold_ids)

    def test_cause_gone(self):
        rule = self._make_rule(threshold_amount=100)
        kept = self._make_rule(threshold_amount=100, auto_release=False)
        order = self._order(quantity=9)
        order._review()
        self.assertEqual(len(self._holds(order)), 2)
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._holds(order).rule_id, kept)
        self.assertEqual(self._holds(order, "released").rule_id, rule)
        self.assertTrue(self._holds(order, "released").is_auto)
        # what nobody decided comes back
        order.order_line.product_uom_qty = 9
        self.assertIn(rule, self._holds(order).rule_id)

    def test_only_rules_concerned_are_asked_again(self):
        self._make_rule("note")
        self._make_rule("address")
        order = self._order(buyer_note="Hello")
        order._review()
        self.assertEqual(len(self._holds(order)), 1)
        self.buyer.street = False
        order.buyer_note = "Hello again"
        self.assertIn("Hello again", self._holds(order).reason)
        self.assertEqual(len(self._holds(order)), 1)
        order.action_review_again()
        self.assertEqual(len(self._holds(order)), 2)

    def test_review_again_lets_go_on(self):
        self.channel.auto_confirm = True
        self._make_rule("stock")
        order = self._import_order("R1")
        self.assertHeld(order)
        self._add_stock(10, self.lamp)
        with self.enter_registry_test_mode():
            cron = self.env.ref("order_management.ir_cron_review_again")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")

    def test_one_that_cannot_go_on_keeps_no_other_held(self):
        self.channel.auto_confirm = True
        self._make_rule("stock")
        order = self._import_order("R1")
        self.assertHeld(order)
        self._add_stock(10, self.lamp)
        jobs = self.env["queue.job"].sudo()
        domain = [("method_name", "=", "_job_go_on_reviewed")]
        before = jobs.search_count(domain)
        refused = patch.object(
            self.registry["sale.order"], "_go_on_reviewed", side_effect=UserError("No")
        )
        with self.enter_registry_test_mode(), refused:
            cron = self.env.ref("order_management.ir_cron_review_again")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((order.state, order.review_state), ("draft", "released"))
        self.assertEqual(jobs.search_count(domain), before + 1)

    def test_mended_order_goes_on_by_itself(self):
        self.channel.auto_confirm = True
        self._make_rule(threshold_amount=100)
        order = self._import_order("E1", lines=[self._prepare_line(quantity=9)])
        self.assertHeld(order)
        with trap_jobs() as trap:
            order.order_line.product_uom_qty = 1
            self.assertEqual((order.state, order.review_state), ("draft", "released"))
            trap.perform_enqueued_jobs()
        self.assertEqual(order.state, "sale")

    def test_blacklist_from_a_hold(self):
        self._make_rule()
        order = self._order()
        order._review()
        action = self._as(self._holds(order), self.reviewer).action_blacklist_buyer()
        entry = (
            self.env["order.blacklist"]
            .with_user(self.reviewer)
            .with_context(**action["context"])
            .create({"reason": "Never pays"})
        )
        self.assertEqual(entry.key, "+84905700801")

    def test_release_approves_over_quota(self):
        self._make_rule("quota")
        today = fields.Date.today()
        quota = self.env["order.quota"].create(
            {
                "name": "Scarce",
                "company_id": self.company.id,
                "product_scope": "product",
                "product_id": self.lamp.id,
                "limit_qty": 1,
                "policy": "approval",
                "period_type": "season",
                "date_from": fields.Date.add(today, days=-10),
                "date_to": fields.Date.add(today, days=10),
            }
        )
        quota.action_activate()
        within, order = self._order(quantity=1), self._order()
        self.assertEqual((within + order)._review(), within)
        self.assertHeld(order, "Scarce")
        self._as(self._holds(order), self.reviewer).action_release("Once")
        self.assertEqual(order._review(), order)
        self._as(order, self.clerk).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_quota_that_an_approval_decides_about_holds_nothing(self):
        rule = self._make_rule("quota")
        self.company.approval_mode = "explicit"
        order = self._order()
        order.with_context(order_management_quota=_SAVED).write(
            {"quota_excess": [{"name": "Scarce", "policy": "approval"}]}
        )
        self.assertEqual(order.approval_mode, "explicit")
        self.assertFalse(rule._find(order))

    def test_switched_off_lets_go(self):
        self._make_rule()
        order = self._order()
        order._review()
        self.company.review_orders = False
        order.action_review_again()
        self.assertEqual(order.review_state, "released")
        order.action_confirm()

    def test_cancelled_order_ends_its_holds(self):
        self._make_rule()
        order = self._order()
        order._review()
        order._action_cancel()
        self.assertFalse(self._holds(order))

    def test_release_twice(self):
        self._make_rule()
        order = self._order()
        order._review()
        hold = self._holds(order)
        hold.action_release("Fine")
        with self.assertRaisesRegex(UserError, "closed already"):
            hold.action_release("Fine")

    def test_release_asks_why(self):
        self._make_rule()
        order = self._order()
        order._review()
        action = self._as(order, self.reviewer).action_release_review()
        wizard = (
            self.env["order.review.release"]
            .with_user(self.reviewer)
            .with_context(**action["context"])
            .create({"reason": "Called them"})
        )
        wizard.action_close()
        self.assertEqual(order.review_state, "released")
        hold = self._holds(order, "released")
        self.assertEqual(hold.released_by_id, self.reviewer)
        self.assertEqual(hold.release_reason, "Called them")
        event = self.env["order.event"].search(
            [("res_model", "=", hold._name), ("res_id", "=", hold.id)], limit=1
        )
        self.assertEqual((event.to_state, event.reason), ("released", "Called them"))

    # --------------------------------------------------- rights

    def test_strict_hold_needs_the_right_to_override(self):
        self._make_rule(is_blocking=True)
        order = self._order()
        order._review()
        hold = self._holds(order)
        reviewer = self._as(hold, self.reviewer)
        with self.assertRaisesRegex(AccessError, "cannot be accepted"):
            reviewer.action_release("Please")
        with self.assertRaisesRegex(AccessError, "Override"):
            reviewer.action_override("Please")
        with self.assertRaises(AccessError):
            self._as(hold, self.clerk).action_release("Please")
        self._as(hold, self.manager).action_override("I know them")
        self.assertEqual(hold.state, "overridden")
        self.assertEqual(hold.rule_id.override_rate, 100)

    def test_nobody_writes_what_the_review_says(self):
        self._make_rule()
        order = self._order()
        order._review()
        hold = self._holds(order)
        for records, vals in (
            (order, {"review_state": "clean"}),
            (hold, {"state": "released"}),
            (hold, {"reason": "x"}),
            (hold.rule_id, {"threshold_amount": 1e9}),
        ):
            with (
                self.assertRaises(UserError),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                self._as(records, self.reviewer).write(vals)
        self._as(hold, self.reviewer).action_take()
        self.assertEqual(hold.user_id, self.reviewer)
        with self.assertRaises(AccessError):
            self._as(order, self.clerk).create(
                {"partner_id": self.buyer.id, "review_state": "clean"}
            )
        context_order = self._as(order, self.clerk).with_context(
            default_review_state="released"
        )
        self.assertEqual(
            context_order.create({"partner_id": self.buyer.id}).review_state, "none"
        )

    def test_neighbours_see_nothing(self):
        self._make_rule()
        order = self._order()
        order._review()
        neighbour = self._create_user("reviewer", self.other_company)
        holds = self.env["order.review.hold"].with_user(neighbour)
        self.assertFalse(holds.search([("order_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            holds.browse(self._holds(order).ids).action_release("Mine now")

    def test_customers_read_no_reasons(self):
        self._make_rule()
        order = self._order()
        order._review()
        portal = new_test_user(
            self.env,
            "review_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order.partner_id = order.partner_shipping_id = portal.partner_id
        self.assertIn("Total", self._as(order, self.clerk).review_text)
        self.assertEqual(self._as(order, portal).review_state, "held")
        self.assertFalse(self._as(order, portal).review_text)
        self.assertFalse(self._as(order, portal).review_owner)
