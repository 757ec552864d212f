# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.order_management.tests.seeds import SEEDS

from .debt_common import DebtCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCredit(DebtCommon):
    """DS-8: what a customer owes, and what is held because of it."""

    # ---------------------------------------------------------------- exposure

    def test_every_unit_counts_once(self):
        """Ordered 6, shipped 4 of them, invoiced 2: 20 + 20 + 20, never more."""
        self.product.invoice_policy = "delivery"
        order = self._sell(6)
        self.assertEqual(self._figures()["exposure"], 0)
        order.action_confirm()
        self.assertEqual(self._figures()["unshipped"], 60)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 4, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        figures = self._figures()
        self.assertEqual((figures["uninvoiced"], figures["unshipped"]), (40, 20))
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 2
        self.assertEqual(self._figures()["exposure"], 60, "a draft changes nothing")
        invoice.action_post()
        figures = self._figures()
        self.assertEqual(
            [figures[name] for name in ("receivable", "uninvoiced", "unshipped")],
            [20, 20, 20],
        )
        self.assertEqual(figures["exposure"], 60)

    def test_credit_note_and_receipt(self):
        self._invoice(100)
        refund = self._invoice(30, move_type="out_refund")
        self.assertEqual(refund.state, "posted")
        payment = self.env["account.move"].create(
            {
                "journal_id": self.company_data_journal().id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.buyer.id,
                            "debit": debit,
                            "credit": credit,
                        }
                    )
                    for account, debit, credit in (
                        (self.cash_account(), 25, 0),
                        (self.buyer.property_account_receivable_id, 0, 25),
                    )
                ],
            }
        )
        payment.action_post()
        figures = self._figures()
        self.assertEqual((figures["receivable"], figures["unallocated"]), (70, 25))
        self.assertEqual(figures["exposure"], 45)

    def company_data_journal(self):
        return self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "general")], limit=1
        )

    def cash_account(self):
        return self.env["account.account"].search(
            [
                ("company_ids", "in", self.company.ids),
                ("account_type", "=", "asset_cash"),
            ],
            limit=1,
        )

    def test_waiting_counts_but_holds_nobody(self):
        self.company.approval_mode = "explicit"
        self._credit(100)
        first, second = self._sell(6), self._sell(6)
        (first | second).action_submit()
        figures = self._figures()
        self.assertEqual((figures["waiting"], figures["committed"]), (120, 0))
        first.action_approve()
        figures = self._figures()
        self.assertEqual((figures["waiting"], figures["unshipped"]), (60, 60))
        with self.assertRaisesRegex(UserError, "over the credit limit.*20"):
            second.action_approve()

    def test_foreign_currency(self):
        """An order of 60 in a currency worth half counts 30."""
        currency = self.env.ref("base.EUR")
        if currency == self.company.currency_id:
            currency = self.env.ref("base.USD")
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": self.today - timedelta(days=1),
                "rate": 2.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._sell(6, pricelist_id=pricelist.id)
        order.order_line.price_unit = 10
        order.action_confirm()
        self.assertAlmostEqual(self._figures()["unshipped"], 30)
        invoice = self._invoice(50, currency_id=currency.id)
        self.assertAlmostEqual(invoice.amount_residual, 50)
        self.assertAlmostEqual(self._figures()["receivable"], 25)

    def test_overdue(self):
        self._invoice(40, days_due=-10)
        self._invoice(15, days_due=-3)
        self._invoice(7, days_due=5)
        self._credit(1000, overdue_allowed_days=5, overdue_allowed_amount=39)
        figures = self._figures()
        self.assertEqual((figures["overdue_amount"], figures["overdue_days"]), (55, 10))
        self.assertEqual(figures["late_amount"], 40)

    def test_contacts_count_for_their_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.buyer.id}
        )
        self._sell(6, partner=contact).action_confirm()
        self.assertEqual(self._figures()["unshipped"], 60)
        with self.assertRaisesRegex(ValidationError, "is a contact of"):
            self._credit(partner=contact)

    def test_down_payment_counts_once(self):
        order = self._sell(10)
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=order.ids, active_model="sale.order")
            .create({"advance_payment_method": "fixed", "fixed_amount": 40})
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        figures = self._figures()
        self.assertEqual((figures["receivable"], figures["unshipped"]), (40, 60))

    def test_a_story_against_a_slow_count(self):
        """Random steps; after each the figures are those counted line by line."""
        for seed in range(SEEDS):
            rnd = random.Random(seed)
            partner = self.env["res.partner"].create({"name": f"Story {seed}"})
            orders = self.env["sale.order"]
            for _step in range(8):
                self._random_step(rnd, partner, orders)
                orders = orders.search([("partner_id", "=", partner.id)])
            figures = self._figures(partner)
            self.assertAlmostEqual(
                figures["exposure"], self._count_slowly(partner, orders), 2, seed
            )

    def _random_step(self, rnd, partner, orders):
        step = rnd.choice(["order", "confirm", "ship", "invoice", "cancel", "direct"])
        order = orders and orders.browse(rnd.choice(orders.ids))
        if step == "order" or not orders:
            self._sell(rnd.randint(1, 9), partner=partner)
        elif step == "confirm" and order.state == "draft":
            order.action_confirm()
        elif step == "ship" and (open_ := order._get_open_deliveries()[:1]):
            quantity = rnd.randint(1, int(open_.move_ids[:1].product_uom_qty))
            open_.move_ids.write({"quantity": quantity, "picked": True})
            open_.with_context(skip_backorder=True).button_validate()
        elif step == "invoice" and order.invoice_status == "to invoice":
            order._create_invoices().action_post()
        elif step == "cancel" and order.state == "draft":
            order._action_cancel()
        elif step == "direct":
            self._invoice(rnd.randint(1, 50), partner=partner)

    def _count_slowly(self, partner, orders):
        total = sum(
            self.env["account.move.line"]
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                ]
            )
            .mapped("amount_residual")
        )
        for line in orders.order_line:
            if line.order_id.state == "sale":
                units = max(line.product_uom_qty, line.qty_delivered)
                total += (units - line.qty_invoiced_posted) * line.price_unit
        return total

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
            self.env["sale.order"].union(*(self._sell(1) for _i in range(50))),
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
