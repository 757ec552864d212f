# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .budget_common import MONTH, BudgetCase


@tagged("post_install", "-at_install")
class TestExpenseBudget(BudgetCase):
    """DS-11: budgets by centre, type and month, whose movements explain figures."""

    def _transfer(self, amount, **values):
        return self.env["expense.budget.transfer"].create(
            {
                "source_id": self._line(self.north, self.display).id,
                "target_id": self.line.id,
                "amount": amount,
                "reason": "Needed in the South",
                **values,
            }
        )

    def test_approval_puts_in_force(self):
        self.assertEqual(len(self.budget.line_ids), 16)
        self.assertEqual(self.budget.budget_amount, 16000)
        self.assertFigures(available=1000)

    def test_new_version(self):
        """A newer version replaces what was planned, not what happened."""
        self._approved(400)
        self.budget.action_new_version()
        version = self.env["expense.budget"].search([("root_id", "=", self.budget.id)])
        self.assertEqual((version.version, len(version.plan_ids)), (2, 16))
        plan = version.plan_ids.filtered(
            lambda p: (
                (p.centre_id, p.type_id, p.month) == (self.south, self.display, MONTH)
            )
        )
        plan.amount = 300
        version.action_submit()
        with self.assertRefused("South.*700.00 asked for.*600.00 available"):
            version.with_user(self.manager).action_approve()
        version.action_draft()
        plan.amount = 700
        version.action_submit()
        version.with_user(self.manager).action_approve()
        self.assertEqual((self.budget.state, version.state), ("superseded", "approved"))
        self.assertFigures(committed=400, available=300)
        self.assertEqual(self.line.budget_id, version)

    def test_month_in_two_budgets(self):
        other = self._create_budget(approve=False, name="Other", months=(3,))
        other.action_submit()
        with self.assertRefused("in the budget “2026” already"):
            other.with_user(self.manager).action_approve()

    def test_bad_plan(self):
        plan = {
            "budget_id": self._create_budget(approve=False, months=()).id,
            "centre_id": self.south.id,
            "type_id": self.gift.id,
            "month": MONTH,
            "amount": 1,
        }
        Plan = self.env["expense.budget.plan"]
        with self.assertRefused("outside the budget"):
            Plan.create({**plan, "month": "2027-01-01"})
        with self.assertRefusedByDatabase("expense_budget_plan_amount_check"):
            Plan.create({**plan, "amount": -1})
        stranger = self.env["account.analytic.account"].create(
            {
                "name": "Stranger",
                "plan_id": self.env["account.analytic.plan"].create({"name": "P"}).id,
            }
        )
        with self.assertRefused("is no responsibility centre"):
            Plan.create({**plan, "centre_id": stranger.id})

    def test_transfer(self):
        transfer = self._transfer(250).with_user(self.supervisor)
        transfer.action_request()
        with self.assertRaises(AccessError):
            transfer.action_approve()
        transfer.with_user(self.manager).action_approve()
        transfer.with_user(self.manager).action_approve()
        self.assertEqual(transfer.state, "done")
        self.assertFigures(available=1250)
        self.assertFigures(self._line(self.north, self.display), available=750)

    def test_transfer_larger_than_available(self):
        """Whatever the policy is, nobody gives away what is not there."""
        self._line(self.north, self.display).policy = "warn"
        transfer = self._transfer(1000.01)
        transfer.action_request()
        with self.assertRefused("North.*1,000.01 asked for.*1,000.00 available"):
            transfer.with_user(self.manager).action_approve()
        self.assertFigures(available=1000)

    def test_stopped_transferred_passed(self):
        """The accountant is stopped, the manager transfers, the bill passes."""
        bill = self._bill(1200, centre=self.south, post=False)
        bill = bill.with_user(self.accountant)
        with self.assertRefused("South.*1,200.00 asked for.*1,000.00 available"):
            bill.action_post()
        transfer = self._transfer(200).with_user(self.supervisor)
        transfer.action_request()
        transfer.with_user(self.manager).action_approve()
        bill.action_post()
        self.assertEqual(bill.state, "posted")
        self.assertFigures(actual=1200, available=0)

    def test_posting_past_the_button(self):
        """Over RPC the budget stops a bill as it does behind the button."""
        bill = self._bill(1500, centre=self.south, post=False)
        self.accountant.group_ids += self.env.ref("account.group_account_manager")
        theirs = bill.with_user(self.accountant)
        words = "South.*1,500.00 asked for.*1,000.00 available"
        with self.assertRefused(words):
            call_kw(theirs, "action_post", [theirs.ids], {})
        with self.assertRefused(words):
            call_kw(theirs, "write", [theirs.ids, {"state": "posted"}], {})
        said = {"context": {"distribution_expense_posting": True}}
        with self.assertRefused(words):
            call_kw(theirs, "write", [theirs.ids, {"state": "posted"}], said)
        self.assertEqual(bill.state, "draft")
        self.assertFigures(actual=0, available=1000)
        small = self._bill(400, centre=self.south, post=False)
        theirs = small.with_user(self.accountant)
        call_kw(theirs, "write", [small.ids, {"state": "posted"}], {})
        self.assertFigures(actual=400, available=600)

    def test_top_up(self):
        transfer = self._transfer(500, kind="top_up", source_id=False)
        transfer.action_request()
        with self.assertRaises(AccessError):
            transfer.with_user(self.accountant).action_approve()
        transfer.with_user(self.manager).action_approve()
        self.assertFigures(available=1500)
        self.assertEqual(self.line.topped_up_amount, 500)

    def test_figures_are_not_typed(self):
        with self.assertRefused("follow its movements"):
            self.line.planned_amount = 5000
        move = self.line.move_ids[:1]
        with self.assertRefused("history"):
            move.amount = 1
        with self.assertRefused("history"):
            move.unlink()
        with self.assertRefusedByDatabase():
            self.env.cr.execute(
                "UPDATE expense_budget_move SET amount = 7 WHERE id = %s", [move.id]
            )
        with self.assertRefusedByDatabase("expense_budget_line_policy_check"):
            self.env.cr.execute(
                "UPDATE expense_budget_line SET actual_amount = 2000,"
                " available_amount = -1000 WHERE id = %s",
                [self.line.id],
            )

    def test_same_key_once(self):
        vals = {
            "line_id": self.line.id,
            "kind": "request",
            "deltas": {"requested": 100},
            "key": "once",
        }
        Line = self.env["expense.budget.line"]
        self.assertEqual(len(Line._book([vals, vals])), 1)
        self.assertFalse(Line._book([vals]))
        self.assertFigures(requested=100, available=900)
        with self.assertRefused("1,000.00 asked for, \\$\\D*900.00 available"):
            Line._book([{**vals, "deltas": {"requested": 1000}, "key": "more"}])

    def test_carry_over(self):
        """What a month left goes to the next, once, as the company says."""
        january = self._line(self.south, self.display, date(2026, 1, 1))
        february = self._line(self.south, self.display, date(2026, 2, 1))
        Line = self.env["expense.budget.line"]
        self.assertEqual(Line._carry_over(date(2026, 2, 5)), 0)
        self.company.write({"budget_carry_over": "percent", "budget_carry_percent": 25})
        self.assertEqual(Line._carry_over(date(2026, 2, 5)), 4)
        self.assertEqual(Line._carry_over(date(2026, 2, 6)), 0)
        self.assertFigures(january, available=750)
        self.assertFigures(february, available=1250)
        self.company.budget_carry_over = "all"
        Line._carry_over(date(2026, 3, 1))
        self.assertFigures(february, available=0)
        self.assertFigures(available=2250)

    def test_availability_of_many(self):
        """Ten thousand lines are looked up by three queries at most."""
        months = [fields.Date.add(date(2030, 1, 1), months=i) for i in range(100)]
        Account = self.env["account.analytic.account"]
        centres = Account.create(
            [{"name": f"C{i}", "plan_id": self.plan.id} for i in range(50)]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO expense_budget_line (budget_id, company_id, centre_id,"
            " type_id, month, policy, planned_amount, topped_up_amount,"
            " transferred_amount, carried_amount, requested_amount,"
            " committed_amount, actual_amount, available_amount)"
            " SELECT %s, %s, c, t, m, 'block', 5, 0, 0, 0, 0, 0, 0, 5"
            " FROM unnest(%s) c, unnest(%s) t, unnest(%s::date[]) m",
            [
                self.budget.id,
                self.company.id,
                centres.ids,
                (self.display | self.gift).ids,
                months,
            ],
        )
        wanted = [
            (centre, type_, month.replace(day=28))
            for centre in centres.ids
            for type_ in (self.display | self.gift).ids
            for month in months
        ]
        Line = self.env["expense.budget.line"]
        with self.assertQueryCount(3):
            found = Line._get_available(self.company, wanted)
        self.assertEqual(len(found), 10000)
        self.assertEqual({row["available"] for row in found.values()}, {5})

    def test_alerts_once_a_threshold(self):
        self._approved(850)
        activities = self.budget.activity_ids
        self.assertEqual(activities.user_id, self.supervisor)
        self.assertIn("80 %", activities.summary)
        self._approved(50)
        self.assertEqual(self.budget.activity_ids, activities)
        self._approved(100)
        self.assertEqual(len(self.budget.activity_ids), 2)

    def test_closed_budget(self):
        expense = self._expense(100)
        transfer = self._transfer(100)
        transfer.action_request()
        self.budget.with_user(self.manager).action_close()
        with self.assertRefused("is closed"):
            expense.action_submit()
        with self.assertRefused("is closed"):
            transfer.with_user(self.manager).action_approve()
        with self.assertRefused("is closed"):
            self._bill(10, centre=self.south)
        self.budget.with_user(self.manager).action_reopen()
        expense.action_submit()
        self.assertFigures(requested=100, available=900)

    def test_rights(self):
        """The accountant posts, but raises no budget; reps see none."""
        budget = self._create_budget(approve=False, name="New", months=())
        for user in (self.accountant, self.rep):
            with self.assertRaises(AccessError):
                budget.with_user(user).write({"name": "x"})
            with self.assertRaises(AccessError):
                self.line.with_user(user).write({"policy": "warn"})
        with self.assertRaises(AccessError):
            self.budget.with_user(self.rep).read(["name"])
        with self.assertRaises(AccessError):
            self.budget.with_user(self.supervisor).action_close()

    def test_spreading(self):
        budget = self._create_budget(approve=False, name="Spread", months=())
        profile = self.env["expense.budget.profile"].create(
            {"name": "Tết", "weight_1": 5}
        )
        common = {
            "budget_id": budget.id,
            "centre_ids": [Command.set(self.south.ids)],
            "type_id": self.gift.id,
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
        }
        Wizard = self.env["expense.budget.spread"]
        for method, amount, first, total in (
            ("even", 100, 8.34, 100),
            ("profile", 1600, 500, 1600),
            ("quarter", 100, 33.34, 400),
        ):
            Wizard.create(
                {
                    **common,
                    "method": method,
                    "amount": amount,
                    "profile_id": profile.id,
                }
            ).action_apply()
            amounts = budget.plan_ids.sorted("month").mapped("amount")
            self.assertEqual((len(amounts), amounts[0]), (12, first))
            self.assertAlmostEqual(sum(amounts), total, 6)

    def test_report(self):
        self._bill(600, centre=self.south)
        report = self.env["expense.budget.report"]
        with patch.object(type(report), "_get_today", lambda self: date(2026, 3, 10)):
            rows = report.search([("centre_id", "=", self.south.id)])
            rows = rows.filtered(lambda row: row.type_id == self.display)
            march = rows.filtered(lambda row: row.month == MONTH)
            self.assertAlmostEqual(march.theoretical_amount, 1000 * 10 / 31, 2)
            self.assertAlmostEqual(march.deviation_amount, 600 - 1000 * 10 / 31, 2)
            self.assertAlmostEqual(march.forecast_amount, 600 * 3.1, 2)
            # nothing spent in the months before: none is foreseen after
            self.assertEqual(
                rows.filtered(lambda r: r.month.month == 4).forecast_amount, 0
            )
