# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.order_management.tests.seeds import SEEDS

from .debt_common import DebtCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCredit(DebtCommon):
    """DS-8: what a customer owes, unit by unit."""

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
