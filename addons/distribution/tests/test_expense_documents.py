# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .budget_common import MONTH, BudgetCase


@tagged("post_install", "-at_install", "meets_others")
class TestExpenseDocuments(BudgetCase):
    """DS-10, DS-11: what documents tell of budgets, and the way from one to another."""

    def _records(self, action):
        return self.env[action["res_model"]].search(action["domain"])

    def test_from_the_request_to_the_entry_and_back(self):
        expense = self._approved(400)
        bill = self._bill(150, expense)
        [entry] = self._records(expense.action_view_entries())
        self.assertEqual((entry.amount, entry.account_move_id), (150, bill))
        self.assertEqual(entry.action_open_source()["res_id"], bill.id)
        self.assertEqual(self._records(bill.action_view_sales_expenses()), entry)
        self.assertEqual(entry.expense_id, expense)
        # the budget knows both, and its movements name what made them
        self.assertEqual(self._records(expense.action_view_budget()), self.line)
        self.assertEqual(self._records(self.line.action_view_expenses()), expense)
        self.assertEqual(self._records(self.line.action_view_entries()), entry)
        moves = self._records(expense.action_view_moves())
        self.assertEqual(moves, self._records(self.line.action_view_moves()) & moves)
        spent = moves.filtered(lambda move: move.kind == "actual")
        self.assertEqual(spent.account_move_id, bill)

    def test_direct_entry_and_back(self):
        bill = self._bill(70, centre=self.south)
        [entry] = self._records(self.line.action_view_entries())
        self.assertEqual((entry.account_move_id, entry.expense_id.id), (bill, False))
        self.assertEqual(self._records(bill.action_view_sales_expenses()), entry)
        self.assertFalse(entry.partner_id, "a vendor is no dealer")
        credit = self._bill(
            10,
            centre=self.south,
            move_type="out_refund",
            partner_id=self.dealer.partner_id.id,
        )
        entry = self._records(credit.action_view_sales_expenses())
        self.assertEqual(entry.partner_id, self.dealer.partner_id)

    def test_lines_of_one_month_ask_together(self):
        """Each of them would fit, both together do not: the form says so."""
        expense = self._expense(600)
        self.assertFalse(expense.is_over_budget)
        line = {"date": "2026-03-20", "amount": 401}
        expense.line_ids = [Command.create(line)]
        self.assertTrue(expense.is_over_budget)
        expense.line_ids[1].date = "2026-04-20"
        self.assertFalse(expense.is_over_budget)

    # --- what is left, told while a document is typed ---
    def test_bill_tells_what_is_left(self):
        bill = self._bill(300, centre=self.south, post=False)
        self.assertIn("South · Display · 2026-03", bill.expense_budget_hint)
        self.assertRegex(bill.expense_budget_hint, "300.00 here.*1,000.00 available")
        self.assertFalse(bill.is_over_expense_budget)
        self._bill(800, centre=self.south)
        bill.invalidate_recordset()
        self.assertRegex(bill.expense_budget_hint, "300.00 here.*200.00 available")
        self.assertTrue(bill.is_over_expense_budget)
        bill.invoice_line_ids.analytic_distribution = {str(self.north.id): 100}
        self.assertIn("North", bill.expense_budget_hint)
        self.assertFalse(bill.is_over_expense_budget)
        bill.action_post()
        self.assertFalse(bill.expense_budget_hint)

    def test_before_it_is_saved(self):
        """The form asks with lines that no table has."""
        line = {
            "name": "Light box",
            "quantity": 2,
            "price_unit": 600,
            "account_id": self.account.id,
            "analytic_distribution": {str(self.south.id): 50, str(self.north.id): 50},
            "tax_ids": False,
        }
        bill = self.env["account.move"].new(
            {
                "move_type": "in_invoice",
                "company_id": self.company.id,
                "partner_id": self.vendor.id,
                "date": MONTH,
                "invoice_date": MONTH,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        self.assertRegex(
            bill.expense_budget_hint, "South.*600.00 here.*1,000.00 available"
        )
        self.assertRegex(
            bill.expense_budget_hint, "North.*600.00 here.*1,000.00 available"
        )
        self.assertFalse(bill.is_over_expense_budget)

    def test_bill_of_a_request(self):
        expense = self._approved(400)
        bill = self._bill(350, expense, post=False)
        self.assertRegex(
            bill.expense_budget_hint, "350.00 here.*400.00 approved and not spent"
        )
        self.assertFalse(bill.is_over_expense_budget)
        bill.invoice_line_ids.price_unit = 1001
        self.assertTrue(bill.is_over_expense_budget, "400 and the 600 that are left")
        with self.assertRefused("Budget of South for Display"):
            bill.action_post()
        bill.invoice_line_ids.price_unit = 1000
        self.assertFalse(bill.is_over_expense_budget)
        bill.action_post()

    def test_nothing_is_told_without_budgets(self):
        self._bill(5, post=False)
        sale = self._bill(5, post=False, move_type="out_invoice")
        self.assertFalse(sale.expense_budget_hint)
        other = self.env["account.move"].new(
            {"move_type": "in_invoice", "company_id": self.other_company.id}
        )
        self.assertFalse(other.expense_budget_hint)
