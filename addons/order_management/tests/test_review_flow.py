# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .review_common import ReviewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestReviewFlow(ReviewCommon):
    """OM-9: clean orders go on by themselves, the others wait to be cleared."""

    def test_off_looks_at_nothing(self):
        self.company.review_orders = False
        self._make_rule()
        order = self._order()
        order.action_confirm()
        self.assertEqual((order.state, order.review_state), ("sale", "none"))

    def test_channel_differs_from_its_company(self):
        self._make_rule()
        self.channel.review_orders = "off"
        order = self._order(sale_channel_id=self.channel.id)
        self.assertEqual(order._review(), order)
        self.company.review_orders = False
        self.channel.review_orders = "on"
        self.assertFalse(order._review())
        self.assertHeld(order)

    def test_hold_says_why_since_when_and_whose(self):
        rule = self._make_rule(review_user_id=self.reviewer.id)
        order = self._order()
        self.assertFalse(order._review())
        self.assertHeld(order, "Total")
        hold = self._holds(order)
        self.assertEqual((hold.rule_id, hold.user_id), (rule, self.reviewer))
        self.assertTrue(hold.held_at)
        self.assertEqual(order.review_owner, self.reviewer.name)
        event = order.event_ids.filtered(lambda event: event.kind == "review")
        self.assertEqual(event.reason, hold.reason)

    def test_owner_is_who_looks_after_the_channel(self):
        self._make_rule()
        order = self._order(sale_channel_id=self.channel.id)
        order._review()
        self.assertTrue(
            self._holds(order).user_id.has_group("order_management.group_manager")
        )
        self.channel.user_id = self.reviewer
        other = self._order(sale_channel_id=self.channel.id)
        other._review()
        self.assertEqual(self._holds(other).user_id, self.reviewer)

    def test_several_holds(self):
        self._make_rule()
        self._make_rule("new_customer", review_mode="note")
        self._make_rule("unpaid")
        order = self._order(channel_number="C-9", sale_channel_id=self.channel.id)
        order._review()
        holds = self._holds(order)
        self.assertEqual(len(holds), 3)
        blocking = holds.filtered(lambda hold: not hold.is_note)
        self.assertEqual(len(blocking), 2)
        blocking[0].action_release("Fine")
        self.assertEqual(order.review_state, "held")
        blocking[1].action_release("Fine, too")
        self.assertEqual(order.review_state, "released")
        self.assertIn("First order", order.review_note_text)

    def test_note_does_not_stop(self):
        self._make_rule(review_mode="note")
        order = self._order()
        self.assertEqual(order._review(), order)
        self.assertEqual(order.review_state, "clean")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._holds(order))

    # --------------------------------------------------- the doors

    def test_staff_confirm(self):
        """The holds stay when the button answers; the second press says why."""
        self._make_rule()
        order = self._order()
        action = self._as(order, self.clerk).action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("is held by the review", action["params"]["message"])
        self.assertEqual(order.state, "draft")
        self.assertHeld(order)
        with self.assertRaisesRegex(UserError, "is held by the review"):
            self._as(order, self.clerk).action_confirm()

    def test_clean_go_on_beside_held(self):
        self._make_rule(threshold_amount=100)
        small, big = self._order(), self._order(quantity=9)
        (small + big).action_confirm()
        self.assertEqual((small.state, big.state), ("sale", "draft"))
        self.assertEqual(small.review_state, "clean")

    def test_bulk_step_reports_each(self):
        self._make_rule(threshold_amount=100)
        orders = self._order() + self._order(quantity=9) + self._order()
        batch = self.env["order.batch"].with_user(self.clerk)
        action = batch._run_or_start("confirm", self._as(orders, self.clerk))
        batch = self.env["order.batch"].browse(action["res_id"])
        self.assertEqual((batch.done_count, batch.failed_count), (2, 1))
        failed = batch.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.order_id, orders[1])
        self.assertIn("Total", failed.message)
        self.assertHeld(orders[1])

    def test_rules_come_before_the_review(self):
        """What a rule makes of an order counts in its review, at every door."""
        self.env["order.rule"].create(
            {"name": "All", "company_id": self.company.id, "set_priority": "2"}
        )
        self._make_domain_rule("[('priority', '=', '2')]")
        confirmed, signed = self._order(), self._order()
        bulk = self._order() + self._order()
        confirmed.action_confirm()
        signed._validate_order()
        batch = self.env["order.batch"].with_user(self.clerk)
        batch._run_or_start("confirm", self._as(bulk, self.clerk))
        for order in confirmed + signed + bulk:
            self.assertHeld(order)

    def test_warehouses_are_chosen_after_the_review(self):
        self.env["order.sourcing.rule"].create(
            {"name": "Any", "company_id": self.company.id}
        )
        self._make_rule()
        order = self._order()
        order.action_confirm()
        self.assertHeld(order)
        self.assertFalse(order.sourcing_state)

    def test_database_refuses(self):
        self._make_rule()
        order = self._order()
        order._review()
        with (
            self.assertRefusedByDatabase("sale_order_held_unconfirmed_check"),
        ):
            order.write({"state": "sale"})

    def test_customer_who_signs_is_not_stopped(self):
        self.company.write(
            {"has_customer_messages": True, "customer_messages_since": False}
        )
        self._make_rule()
        order = self._order()
        order._validate_order()
        self.assertEqual(order.customer_message_ids.event, "received")
        self.assertEqual(order.state, "draft")
        self.assertHeld(order)
        self.assertTrue(order.is_accepted_in_review)
        self.assertEqual(len(order.activity_ids), 1)
        order._validate_order()
        self.assertEqual(len(order.activity_ids), 1)
        self._holds(order).action_release("Called them")
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.activity_ids)
        received = order.customer_message_ids.filtered(lambda m: m.event == "received")
        self.assertEqual(len(received), 1)

    def test_released_but_not_to_be_confirmed(self):
        """The release stays, and who was told of the order sees what is wrong."""
        self._make_rule()
        order = self._order()
        order._validate_order()

        reason = "The books are closed"

        def refuse(orders):
            raise UserError(reason)

        self.patch(type(order), "_action_confirm", refuse)
        self._holds(order).action_release("Called them")
        self.assertEqual((order.state, order.review_state), ("draft", "released"))
        self.assertIn("The books are closed", order.import_note)
        self.assertEqual(len(order.activity_ids), 1)

    def test_payment_is_taken(self):
        self._make_rule()
        order = self._order()
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].search([], limit=1).id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.buyer.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
                "reference": "REVIEW-1",
            }
        )
        transaction._check_amount_and_confirm_order()
        self.assertEqual(order.state, "draft")
        self.assertHeld(order)
        self.assertTrue(order.is_accepted_in_review)

    # --------------------------------------------------- import

    def test_import(self):
        """Clean orders go straight on, held ones when they are released."""
        self.channel.auto_confirm = True
        rule = self._make_rule(threshold_amount=100)
        small = self._import_order("S1")
        big = self._import_order("S2", lines=[self._prepare_line(quantity=9)])
        self.assertEqual((small.state, small.review_state), ("sale", "clean"))
        self.assertEqual(big.state, "draft")
        self.assertHeld(big, "over")
        self.assertEqual(big.channel_order_ids.state, "imported")
        self._as(self._holds(big), self.reviewer).action_release("Known buyer")
        self.assertEqual((big.state, big.review_state), ("sale", "released"))
        self.assertEqual(rule.hold_count, 1)

    def test_update_reviews_again(self):
        self._make_rule(threshold_amount=100)
        order = self._import_order("U1")
        self.assertEqual(order.review_state, "clean")
        lines = [self._prepare_line(quantity=9)]
        self._import_order("U1", lines=lines, updated_at="2026-07-20T08:00:00+07:00")
        self.assertHeld(order)

    def test_many_released_go_on_in_jobs(self):
        self.channel.auto_confirm = True
        self._make_rule(threshold_amount=0)
        payloads = [self._prepare_order(f"M{number}") for number in range(12)]
        orders = self._import(*payloads).sale_order_id
        self.assertEqual(set(orders.mapped("review_state")), {"held"})
        holds = orders.review_hold_ids
        with trap_jobs() as trap:
            self._as(holds, self.reviewer).action_release("All fine")
            trap.assert_jobs_count(1)
            self.assertEqual(set(orders.mapped("state")), {"draft"})
            trap.perform_enqueued_jobs()
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    # --------------------------------------------------- exempt, broken, text

    def test_exempt(self):
        rule, other = self._make_rule(), self._make_rule("new_customer")
        whitelist = self.env["order.whitelist"].create(
            {
                "partner_id": self.buyer.id,
                "rule_ids": [Command.set(rule.ids)],
                "reason": "Our own shop",
            }
        )
        order = self._order()
        order._review()
        self.assertEqual(self._holds(order).rule_id, other)
        whitelist.rule_ids = False
        another = self._order()
        self.assertEqual(another._review(), another)
        with self.assertRaises(ValidationError):
            self.env["order.whitelist"].create({"reason": "Nobody"})
        # a channel is of one company, whoever leaves it open
        form = Form(self._as(self.env["order.whitelist"], self.manager))
        form.channel_id = self.channel
        form.reason = "Checked before"
        self.assertEqual(form.save().company_id, self.company)

    @mute_logger("odoo.addons.base_exception.models.base_exception_method")
    def test_broken_rule(self):
        """It is left out, its owner told once, the orders go on with a note."""
        broken = self._make_code_rule("failed = 1 / 0", review_user_id=self.reviewer.id)
        works = self._make_rule(threshold_amount=100)
        small, big = self._order(), self._order(quantity=9)
        self.assertEqual((small + big)._review(), small)
        self.assertEqual(
            self._holds(big).filtered(lambda hold: not hold.is_note).rule_id, works
        )
        self.assertIn("is broken and was not asked", small.review_note_text)
        self.assertIn("division by zero", broken.broken_error)
        self._order()._review()
        self.assertEqual(broken.activity_ids.user_id, self.reviewer)
        self.assertEqual(len(broken.activity_ids), 1)
        broken.code = "failed = False"
        self.assertFalse(broken.broken_error)
        small.action_review_again()
        self.assertFalse(small.review_note_text)

    def test_broken_in_the_database(self):
        """A condition on a field that has gone since, as after an update."""
        rule = self._make_domain_rule('[("amount_total", ">", 0)]')
        self.env.cr.execute(
            "UPDATE exception_rule SET domain = %s WHERE id = %s",
            ['[("no_such_field", "=", 1)]', rule.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        order = self._order()
        self.assertEqual(order._review(), order)
        self.assertTrue(rule.broken_error)

    def test_html_stays_text(self):
        self._make_rule("note")
        order = self._order(buyer_note="<img src=x onerror=alert(1)>")
        order._validate_order()
        self.assertIn("<img", order.review_text)
        self.assertNotIn("<img", order.activity_ids.note)
        self.assertIn("&lt;img", order.activity_ids.note)

    def test_rule_in_use_is_not_deleted(self):
        rule = self._make_rule()
        self._order()._review()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            rule.unlink()
