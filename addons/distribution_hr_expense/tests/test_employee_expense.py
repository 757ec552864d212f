# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.distribution.tests.budget_common import MONTH, BudgetCase


@tagged("post_install", "-at_install")
class TestEmployeeExpense(BudgetCase):
    """DS-10: what employees paid counts on the request that it is for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner = cls.env["res.partner"].create({"name": "Mai"})
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Mai",
                "company_id": cls.company.id,
                "work_contact_id": partner.id,
            }
        )
        cls.taxi = cls.env["product.product"].create(
            {
                "name": "Taxi",
                "can_be_expensed": True,
                "supplier_taxes_id": False,
                "standard_price": 0,
            }
        )

    def _create(self, amount, **values):
        return self.env["hr.expense"].create(
            {
                "name": "Taxi to the market",
                "employee_id": self.employee.id,
                "company_id": self.company.id,
                "product_id": self.taxi.id,
                "total_amount_currency": amount,
                "account_id": self.account.id,
                "date": MONTH,
                "payment_mode": "own_account",
                **values,
            }
        )

    def _post(self, amount, sales_expense):
        expense = self._create(amount, sales_expense_id=sales_expense.id)
        expense.action_submit()
        expense._do_approve(check=False)
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "purchase")], limit=1
        )
        self.env["hr.expense.post.wizard"].create(
            {"employee_journal_id": journal.id, "accounting_date": MONTH}
        ).with_context(
            active_ids=expense.ids, company_paid_move_ids=[]
        ).action_post_entry()
        return expense

    def test_counts_on_the_request(self):
        sales = self._approved(400)
        expense = self._post(150, sales)
        self.assertEqual(expense.account_move_id.state, "posted")
        self.assertFigures(committed=250, actual=150, available=600)
        self.assertEqual(sales.actual_ids.kind, "employee")
        self.assertEqual(sales.employee_expense_count, 1)
        expense.account_move_id.button_draft()
        self.assertFigures(committed=400, available=600)

    def test_above_the_budget(self):
        sales = self._approved(400)
        with self.assertRefused("Budget of South for Display"):
            self._post(1001, sales)
        self.assertFigures(committed=400, available=600)

    def test_tells_what_is_left(self):
        """Of the request it is for; without one, of its centre, type and month."""
        sales = self._approved(400)
        expense = self._create(150, sales_expense_id=sales.id)
        self.assertRegex(
            expense.expense_budget_hint, "150.00 here.*400.00 approved and not spent"
        )
        self.assertFalse(expense.is_over_expense_budget)
        direct = self._create(
            601,
            analytic_distribution={str(self.south.id): 100},
            account_id=self.account.id,
        )
        self.assertRegex(direct.expense_budget_hint, "601.00 here.*600.00 available")
        self.assertTrue(direct.is_over_expense_budget)
        self.assertFalse(self._create(10, account_id=False).expense_budget_hint)
