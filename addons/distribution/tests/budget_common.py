# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import DistributionCommon

MONTH = date(2026, 3, 1)


class BudgetCase(DistributionCommon):
    """A company with two centres, types and a budget of 1,000 a month each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company = cls.company.with_env(cls.env)
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Centres"})
        cls.company.write({"budget_plan_id": cls.plan.id, "budget_policy": "block"})
        cls.manager = cls._create_member_user("trade_manager")
        cls.supervisor = cls._create_member_user("supervisor")
        cls.accountant = cls._create_member_user("accountant")
        cls.south, cls.north = cls.env["account.analytic.account"].create(
            [
                {
                    "name": name,
                    "plan_id": cls.plan.id,
                    "company_id": cls.company.id,
                    "budget_manager_id": cls.supervisor.id,
                }
                for name in ("South", "North")
            ]
        )
        cls.account = cls.env["account.account"].search(
            [("company_ids", "in", cls.company.id), ("account_type", "=", "expense")],
            limit=1,
        )
        cls.other_account = cls.account.copy({"code": "699998"})
        cls.display, cls.gift = cls.env["sales.expense.type"].create(
            [
                {
                    "name": name,
                    "code": name.upper(),
                    "company_id": cls.company.id,
                    "account_id": account.id,
                }
                for name, account in (
                    ("Display", cls.account),
                    ("Gift", cls.other_account),
                )
            ]
        )
        cls.budget = cls._create_budget()
        cls.line = cls._line(cls.south, cls.display)
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})

    @classmethod
    def _create_rep(cls, login):
        """One more representative."""
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_user,distribution.group_rep",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_budget(cls, amount=1000, months=(1, 2, 3, 4), approve=True, **values):
        budget = cls.env["expense.budget"].create(
            {
                "name": "2026",
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "plan_ids": [
                    Command.create(
                        {
                            "centre_id": centre.id,
                            "type_id": type_.id,
                            "month": date(2026, month, 1),
                            "amount": amount,
                        }
                    )
                    for centre in (cls.south, cls.north)
                    for type_ in (cls.display, cls.gift)
                    for month in months
                ],
                **values,
            }
        )
        if approve:
            budget.action_submit()
            budget.with_user(cls.manager).action_approve()
        return budget

    @classmethod
    def _line(cls, centre, type_, month=MONTH):
        return cls.env["expense.budget.line"].search(
            [
                ("centre_id", "=", centre.id),
                ("type_id", "=", type_.id),
                ("month", "=", month),
            ]
        )

    @classmethod
    def _expense(cls, amount=400, user=None, day=MONTH, **values):
        return (
            cls.env["sales.expense"]
            .with_user(user or cls.rep)
            .create(
                {
                    "title": "Shelf",
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "centre_id": cls.south.id,
                    "type_id": cls.display.id,
                    "member_id": cls.outlet.id,
                    "date": day,
                    "line_ids": [Command.create({"date": day, "amount": amount})],
                    **values,
                }
            )
        )

    @classmethod
    def _approved(cls, amount=400, **values):
        expense = cls._expense(amount, **values)
        expense.action_submit()
        expense.with_user(cls.supervisor).action_approve()
        return expense.with_env(cls.env)

    @classmethod
    def _bill(cls, amount, expense=None, centre=None, post=True, **values):
        line = {
            "name": "Bill",
            "price_unit": amount,
            "account_id": cls.account.id,
            "tax_ids": [Command.clear()],
        }
        if expense:
            line["sales_expense_id"] = expense.id
        if centre:
            line["analytic_distribution"] = {str(centre.id): 100}
        bill = cls.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": cls.company.id,
                "partner_id": cls.vendor.id,
                "invoice_date": MONTH,
                "date": MONTH,
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        if post:
            bill.action_post()
        return bill

    @contextmanager
    def assertRefused(self, words):
        """Refused with a message that matches ``words``; nothing is kept."""
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    def assertFigures(self, line=None, **expected):
        """The counters of a line, which are the sums of its movements."""
        line = line or self.line
        self.env.flush_all()
        self.env.invalidate_all()
        names = ("requested", "committed", "actual", "available")
        figures = {name: line[f"{name}_amount"] for name in names}
        wanted = {**dict.fromkeys(names[:3], 0.0), **expected}
        self.assertEqual({name: figures[name] for name in wanted}, wanted)
        self.assertExplained(line)

    def assertExplained(self, lines):
        """Movements explain every figure."""
        groups = self.env["expense.budget.move"]._read_group(
            [("line_id", "in", lines.ids)], ["line_id", "counter"], ["amount:sum"]
        )
        sums = {(line.id, counter): amount for line, counter, amount in groups}
        for line in lines:
            for counter in ("planned", "topped_up", "transferred", "carried"):
                self.assertAlmostEqual(
                    line[f"{counter}_amount"], sums.get((line.id, counter), 0), 6
                )
            for counter in ("requested", "committed", "actual"):
                self.assertAlmostEqual(
                    line[f"{counter}_amount"], sums.get((line.id, counter), 0), 6
                )
            self.assertAlmostEqual(
                line.available_amount, line.budget_amount - line.used_amount, 6
            )
