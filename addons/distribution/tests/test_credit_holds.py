# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .debt_common import DebtCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCreditHolds(DebtCommon):
    """DS-8: orders that wait or do not ship because of what is owed."""

    # ------------------------------------------------------------------- holds

    def test_confirm_beyond_the_limit(self):
        self._credit(100)
        self._sell(6).action_confirm()
        second = self._sell(6)
        self.assertEqual(second.credit_level, "hold")
        self.assertIn("over the credit limit", second.credit_warning)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            second.action_confirm()
        self.assertEqual(second.state, "draft")
        second.order_line.product_uom_qty = 4
        second.action_confirm()
        self.assertEqual(second.state, "sale")

    def test_a_warning_stops_nobody(self):
        self._credit(100, "warn")
        order = self._sell(60)
        self.assertEqual(order.credit_level, "warn")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_raising_a_confirmed_order(self):
        self._credit(100)
        order = self._sell(6)
        order.action_confirm()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.order_line.product_uom_qty = 11
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.write(
                {
                    "order_line": [
                        Command.create(
                            {"product_id": self.product.id, "product_uom_qty": 5}
                        )
                    ]
                }
            )
        order.order_line.product_uom_qty = 5

    def test_late_payer(self):
        credit = self._credit(1000, overdue_allowed_days=5)
        self._invoice(10, days_due=-3)
        first = self._sell(1)
        first.action_confirm()
        self._invoice(20, days_due=-8)
        self.assertEqual(credit.standing, "late")
        with self.assertRaisesRegex(UserError, "pays late"), self.env.cr.savepoint():
            self._sell(1).action_confirm()
        with self.assertRaisesRegex(UserError, "pays late"), self.env.cr.savepoint():
            self._ship(first.picking_ids)
        credit.check_overdue = False
        self._ship(first.picking_ids)
        self.assertEqual(first.picking_ids.state, "done")

    def test_release(self):
        self._credit(10)
        order = self._sell(6)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_confirm()
        with self.assertRaises(AccessError):
            order.with_user(self.supervisor).action_release_credit("Please")
        with self.assertRaises(AccessError):
            order.with_user(self.tm).write({"credit_released_amount": 1000})
        action = order.with_user(self.tm).action_release_credit()
        self.assertEqual(action["res_model"], "sale.order.credit.release")
        order.with_user(self.tm).action_release_credit("An old friend")
        self.assertEqual(order.credit_level, "released")
        event = self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "credit")]
        )
        self.assertEqual((event.reason, event.user_id), ("An old friend", self.tm))
        order.action_confirm()
        self._ship(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.order_line.product_uom_qty = 7

    def test_shipping_after_the_limit_fell(self):
        credit = self._credit(100)
        order = self._sell(6)
        order.action_confirm()
        credit.limit_amount = 50
        with self.assertRaisesRegex(UserError, "10"), self.env.cr.savepoint():
            self._ship(order.picking_ids)
        self.assertNotEqual(order.picking_ids.state, "done")

    def test_bulk_step_fails_only_the_one(self):
        self._credit(100)
        good = self._sell(2, partner=self.neighbour.partner_id)
        first, second = self._sell(6), self._sell(6)
        orders = first | good | second
        batch = self.env["order.batch"]._make("confirm", orders)
        batch._run_part(batch.line_ids.ids)
        states = {line.order_id: line.state for line in batch.line_ids}
        self.assertEqual(states[good], "done")
        self.assertEqual(sorted([states[first], states[second]]), ["done", "failed"])
        failed = batch.line_ids.filtered(lambda line: line.state == "failed")
        self.assertIn("over the credit limit", failed.message)

    def test_checkout_is_never_stopped(self):
        self._credit(10)
        order = self._sell(6)
        order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertEqual(len(order.activity_ids), 1)
        order._validate_order()
        self.assertEqual(len(order.activity_ids), 1)

    def test_payment_is_never_refused(self):
        """What is paid beyond the limit waits, and is no cart any longer."""
        self._credit(100)
        good, order = self._sell(1, self.neighbour.partner_id), self._sell(60)
        left = []
        self.patch(type(order), "_leave_cart", lambda carts: left.extend(carts.ids))
        payments = self.env["payment.transaction"].create(
            [
                {
                    "provider_id": self.env["payment.provider"].search([], limit=1).id,
                    "payment_method_id": self.env.ref(
                        "payment.payment_method_unknown"
                    ).id,
                    "amount": one.amount_total,
                    "currency_id": one.currency_id.id,
                    "partner_id": one.partner_id.id,
                    "sale_order_ids": [Command.set(one.ids)],
                    "state": "done",
                    "reference": f"CREDIT-{one.id}",
                }
                for one in good + order
            ]
        )
        self.assertEqual(payments._check_amount_and_confirm_order(), good)
        self.assertEqual((good + order).mapped("state"), ["sale", "draft"])
        self.assertEqual(left, order.ids)
        self.assertIn("over the credit limit", order.activity_ids.summary)
        self.assertIn("60", order.activity_ids.note)
        order.with_user(self.tm).action_release_credit("Paid already")
        payments[1]._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sale")

    def test_hub_tells_the_same(self):
        self._credit(50)
        order = self._sell(6)
        self.assertEqual(order._get_fact_over_credit(), {order.id: (60, 50)})
        self._credit(50, partner=self.neighbour.partner_id)
        within = self._sell(5, partner=self.neighbour.partner_id)
        self.assertEqual(within._get_fact_over_credit(), {})

    def test_plain_stays_plain(self):
        """No limit in the company: not one query more."""
        self.assertNotIn(self.company.id, self.credit_model._get_counting_companies())
        orders = self._sell(6) | self._sell(7)
        self.env.flush_all()
        orders.mapped("is_channel_history")
        orders.mapped("amount_total")
        with self.assertQueryCount(0):
            self.assertFalse(orders._get_credit_holds())
            orders._check_credit()

    def test_queries(self):
        """An order of 200 lines, and 50 orders: three queries each."""
        self._credit(1e6)
        line = {"product_id": self.product.id, "product_uom_qty": 1}
        big = self._sell(order_line=[Command.create(line) for _i in range(200)])
        for orders in (
            big,
            self._create_equal_orders(50, quantity=1, partner_id=self.buyer.id),
        ):
            orders._check_credit()
            self.env.flush_all()
            with self.assertQueryCount(3):
                orders._check_credit()

    def test_many_partners_one_query(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(100)]
        )
        partners.mapped("commercial_partner_id")
        self._figures()
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.credit_model._get_exposure(partners, self.company)
        self.assertEqual(len(found), 100)

    # ------------------------------------------------------- terms and raises

    def test_guarantees_add_to_the_limit(self):
        yesterday = self.today - timedelta(days=1)
        credit = self._credit(
            100,
            guarantee_ids=[
                Command.create({"amount": 30, "date_from": yesterday}),
                Command.create(
                    {"amount": 70, "date_from": yesterday, "date_to": yesterday}
                ),
            ],
        )
        self.assertEqual(credit.effective_limit, 130)
        self._sell(13).action_confirm()

    def _raise(self, credit, amount=10.0, user=None, **values):
        return (
            self.env["distribution.credit.raise"]
            .with_user(user or self.rep)
            .create(
                {
                    "credit_id": credit.id,
                    "amount": amount,
                    "reason": "Tết",
                    "date_from": self.today,
                    "date_to": self.today + timedelta(days=7),
                    **values,
                }
            )
        )

    def test_raise_for_a_while(self):
        credit = self._credit(50)
        record = self._raise(credit)
        order = self._sell(6)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_confirm()
        record.with_user(self.tm).action_approve()
        self.assertEqual((record.decided_by_id, credit.effective_limit), (self.tm, 60))
        order.action_confirm()
        record.with_user(self.tm).action_end()
        credit.invalidate_recordset()
        self.assertEqual(credit.effective_limit, 50)

    def test_raise_is_over_by_itself(self):
        credit = self._credit(50)
        record = self._raise(
            credit,
            date_from=self.today - timedelta(days=9),
            date_to=self.today - timedelta(days=1),
        )
        with self.assertRaisesRegex(UserError, "ended on"):
            record.with_user(self.tm).action_approve()
        record.sudo()._transition("approved")
        credit.invalidate_recordset()
        self.assertEqual(credit.effective_limit, 50)

    def test_who_may_raise(self):
        credit = self._credit(100)
        record = self._raise(credit, 8)
        with self.assertRaises(AccessError):
            record.with_user(self.rep).action_approve()
        with self.assertRaises(AccessError):
            credit.with_user(self.rep).limit_amount = 500
        with self.assertRaises(AccessError):
            credit.with_user(self.supervisor).limit_amount = 500
        record.with_user(self.supervisor).action_approve()
        more = self._raise(credit, 3)
        with self.assertRaisesRegex(AccessError, "10 %"):
            more.with_user(self.supervisor).action_approve()
        more.with_user(self.tm).action_approve()
        with self.assertRaisesRegex(UserError, "decided already"):
            more.with_user(self.tm).amount = 99
        with self.assertRaisesRegex(UserError, "state"):
            self._raise(credit, 5, self.tm).write({"state": "approved"})

    def test_rep_sees_own_members_only(self):
        self.neighbour.user_id = self.supervisor
        mine = self._credit(100)
        theirs = self._credit(100, partner=self.neighbour.partner_id)
        seen = self.credit_model.with_user(self.rep).search([])
        self.assertIn(mine, seen)
        self.assertNotIn(theirs, seen)
        self.assertIn(theirs, self.credit_model.with_user(self.accountant).search([]))
        self.assertEqual(mine.with_user(self.rep).exposure, 0)

    def test_bad_amounts(self):
        for make in (
            lambda: self._credit(-1),
            lambda: self._raise(self._credit(5), -3),
            lambda: self._credit(5, guarantee_ids=[Command.create({"amount": -1})]),
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                make()

    def test_archived_dealer(self):
        """Limits of a dealer who was archived in mid-order still hold."""
        partner = self.env["res.partner"].create({"name": "Gone"})
        self._credit(50, partner=partner)
        order = self._sell(6, partner=partner)
        partner.active = False
        with self.assertRaisesRegex(UserError, "over the credit limit"):
            order.action_confirm()

    def test_form(self):
        with Form(self.credit_model.with_user(self.tm)) as form:
            form.partner_id = self.neighbour.partner_id
            form.limit_amount = 500
        self.assertEqual(form.record.left_amount, 500)
