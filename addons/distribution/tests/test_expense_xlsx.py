# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from datetime import date

from openpyxl import Workbook, load_workbook

from odoo.tests import tagged

from .budget_common import MONTH, BudgetCase


@tagged("post_install", "-at_install")
class TestExpenseXlsx(BudgetCase):
    """Budgets leave and come back as spreadsheets; reports have totals and ratios."""

    def _export(self, name, records):
        report = self.env.ref(f"distribution.{name}")
        content, _kind = report._render_xlsx(report.report_name, records.ids, {})
        return load_workbook(io.BytesIO(content))

    def _import(self, rows, budget):
        if isinstance(rows, list):
            book = Workbook()
            for row in rows:
                book.active.append(row)
        else:
            book = rows
        content = io.BytesIO()
        book.save(content)
        wizard = self.env["expense.budget.import"].create(
            {"budget_id": budget.id, "file": base64.b64encode(content.getvalue())}
        )
        wizard.action_apply()
        return wizard.errors

    def test_there_and_back(self):
        book = self._export("expense_budget_xlsx_report", self.budget)
        sheet = book.active
        titles = [cell.value for cell in sheet[1]]
        self.assertEqual(len(titles), 4 + 12 + 1)
        self.assertEqual(
            [cell.value for cell in sheet[2]][1::2][:2], ["North", "Display"]
        )
        self.assertTrue(str(sheet.cell(6, 5).value).startswith("=SUM("))
        sheet.cell(2, 5).value = 1234
        sheet.cell(2, 10).value = 50
        copy = self._create_budget(approve=False, name="Copy", months=())
        self.assertFalse(self._import(book, copy))
        amounts = {
            (plan.centre_id.name, plan.type_id.name, plan.month.month): plan.amount
            for plan in copy.plan_ids
        }
        self.assertEqual(len(amounts), 17)
        self.assertEqual(amounts["North", "Display", 1], 1234)
        self.assertEqual(amounts["North", "Display", 6], 50)
        self.assertEqual(amounts["South", "Gift", 4], 1000)

    def test_errors_by_row(self):
        """One bad cell and nothing is imported; each is told."""
        copy = self._create_budget(approve=False, name="Copy", months=())
        head = ["Code", "Centre", "Code", "Type", "2026-01", date(2026, 2, 1)]
        errors = self._import(
            [
                head,
                [None, "South", None, "Display", 10, 20],
                [None, "West", None, "Display", 10, 20],
                [None, "North", None, "Rent", 10, 20],
                [None, "North", "GIFT", None, -10, "much"],
            ],
            copy,
        )
        self.assertRegex(errors, "Row 3: no responsibility centre “West”")
        self.assertRegex(errors, "Row 4: no expense type “Rent”")
        self.assertRegex(errors, "Row 5, 2026-01: -10 is below zero")
        self.assertRegex(errors, "Row 5, 2026-02: “much” is no amount")
        self.assertFalse(copy.plan_ids)
        errors = self._import([[*head, "2027-01"], [None, "South", None, "Gift"]], copy)
        self.assertRegex(errors, "2027-01 is outside the budget")

    def test_bad_files(self):
        copy = self._create_budget(approve=False, name="Copy", months=())
        wizard = self.env["expense.budget.import"].create(
            {"budget_id": copy.id, "file": base64.b64encode(b"not a spreadsheet")}
        )
        with self.assertRefused("no table of a budget"):
            wizard.action_apply()
        with self.assertRefused("no table of a budget"):
            self._import([["a", "b", "c", "d", "e"]], copy)
        with self.assertRefused("not changed any more"):
            self._import([["", "", "", "", "2026-01"]], self.budget)

    def test_report_spreadsheet(self):
        self._bill(600, centre=self.south)
        rows = self.env["expense.budget.report"].search(
            [("month", "=", MONTH), ("company_id", "=", self.company.id)]
        )
        sheet = self._export("expense_budget_report_xlsx_report", rows).active
        self.assertEqual(sheet.max_row, 6)
        actual = [cell.value for cell in sheet[1]].index("Actual") + 1
        self.assertEqual(
            sorted(sheet.cell(row, actual).value for row in range(2, 6)),
            [0, 0, 0, 600],
        )

    def test_cost_of_selling(self):
        """Costs beside sales: in percent, and for each unit sold, of the sums."""
        dealer = self.outlet.partner_id
        self._bill(90, self._approved(100))
        income = self.env["account.account"].search(
            [("company_ids", "in", self.company.id), ("account_type", "=", "income")],
            limit=1,
        )
        invoice = self._bill(
            100, post=False, move_type="out_invoice", partner_id=dealer.id
        )
        invoice.invoice_line_ids.write(
            {
                "product_id": self.product.id,
                "quantity": 9,
                "price_unit": 100,
                "account_id": income.id,
                "tax_ids": False,
            }
        )
        invoice.action_post()
        self.env.flush_all()
        [row] = self.env["sales.expense.report"]._read_group(
            [("partner_id", "=", dealer.id)],
            [],
            [
                "cost_amount:sum",
                "sales_amount:sum",
                "sold_qty:sum",
                "cost_percent:avg",
                "unit_cost:avg",
            ],
        )
        self.assertEqual(
            [round(float(value), 6) for value in row], [90, 900, 9, 10, 10]
        )
