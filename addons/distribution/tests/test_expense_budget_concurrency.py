# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestExpenseBudgetConcurrency(RaceCase):
    """Invariant 3: a budget line is exact when several sessions draw on it."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.company_id = env.ref("base.main_company").id
            company = env["res.company"].browse(self.company_id)
            self.old_plan_id = company.budget_plan_id.id
            plan = env["account.analytic.plan"].create({"name": "Race"})
            # past the check: the demo's budgets wait outside
            env.flush_all()
            env.cr.execute(
                "UPDATE res_company SET budget_plan_id = %s WHERE id = %s",
                [plan.id, company.id],
            )
            company.invalidate_recordset()
            env = env(context={"allowed_company_ids": company.ids})
            centres = env["account.analytic.account"].create(
                [{"name": f"Race {i}", "plan_id": plan.id} for i in range(2)]
            )
            type_ = env["sales.expense.type"].create(
                {"name": "Race", "policy": "block", "company_id": company.id}
            )
            budget = env["expense.budget"].create(
                {
                    "name": "Race",
                    "company_id": company.id,
                    "date_from": "2001-01-01",
                    "date_to": "2001-12-31",
                    "plan_ids": [
                        Command.create(
                            {
                                "centre_id": centre.id,
                                "type_id": type_.id,
                                "month": date(2001, 1, 1),
                                "amount": 100,
                            }
                        )
                        for centre in centres
                    ],
                }
            )
            budget.action_submit()
            budget._put_in_force()
            budget._transition("approved")
            lines = budget.line_ids.sorted("id")
            transfer = env["expense.budget.transfer"].create(
                {
                    "source_id": lines[0].id,
                    "target_id": lines[1].id,
                    "amount": 60,
                    "reason": "Race",
                }
            )
            transfer.action_request()
            expense = env["sales.expense"].create(
                {
                    "title": "Race",
                    "company_id": company.id,
                    "centre_id": lines[0].centre_id.id,
                    "type_id": type_.id,
                    "date": "2001-01-05",
                    "line_ids": [Command.create({"date": "2001-01-05", "amount": 60})],
                }
            )
            self.ids = {
                "plan": plan.id,
                "centres": centres.ids,
                "type": type_.id,
                "budget": budget.id,
                "lines": lines.ids,
                "transfer": transfer.id,
                "expense": expense.id,
            }
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL order_management.archive = 'on'")
            cr.execute(
                "UPDATE res_company SET budget_plan_id = %s WHERE id = %s",
                [self.old_plan_id or None, self.company_id],
            )
            ids = self.ids
            for query, value in (
                ("expense_budget_move WHERE line_id = ANY(%s)", ids["lines"]),
                ("expense_budget_transfer WHERE id = %s", ids["transfer"]),
                ("sales_expense_line WHERE expense_id = %s", ids["expense"]),
                ("sales_expense WHERE id = %s", ids["expense"]),
                ("expense_budget_line WHERE id = ANY(%s)", ids["lines"]),
                ("expense_budget WHERE id = %s", ids["budget"]),
                ("sales_expense_type WHERE id = %s", ids["type"]),
                ("account_analytic_account WHERE id = ANY(%s)", ids["centres"]),
            ):
                cr.execute(f"DELETE FROM {query}", [value])
        with self._env() as env:
            env["account.analytic.plan"].browse(self.ids["plan"]).unlink()

    def _book(self, amount, key, kind="actual", counter="actual"):
        vals = {
            "line_id": self.ids["lines"][0],
            "kind": kind,
            "deltas": {counter: amount},
            "key": key,
        }
        return lambda env: env["expense.budget.line"]._book([vals])

    def _read(self, index=0):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT available_amount, planned_amount + transferred_amount"
                " - requested_amount - committed_amount - actual_amount,"
                " (SELECT SUM(CASE WHEN counter IN ('requested', 'committed', 'actual')"
                " THEN -amount ELSE amount END) FROM expense_budget_move"
                " WHERE line_id = line.id) FROM expense_budget_line line WHERE id = %s",
                [self.ids["lines"][index]],
            )
            row = [float(value) for value in cr.fetchone()]
        self.assertEqual(len(set(row)), 1, row)
        return row[0]

    def test_request_bill_and_transfer(self):
        """Three times 60 of 100: one wins, the others hear what is left."""

        def request(env):
            env["sales.expense"].browse(self.ids["expense"]).action_submit()

        def transfer(env):
            transfer = env["expense.budget.transfer"].browse(self.ids["transfer"])
            env["expense.budget.line"]._book(transfer._prepare_bookings())
            transfer._transition("done")

        errors = self._race(request, transfer, self._book(60, "race-bill"))
        losers = [error for error in errors if error]
        self.assertEqual(len(losers), 2)
        for error in losers:
            self.assertRegex(str(error), "60.00 asked for|asked for")
        self.assertEqual(self._read(0), 40)
        self.assertEqual(self._read(1), 160 if errors[1] is None else 100)

    def test_same_key_at_once(self):
        works = [self._book(60, "race-same")] * 2
        self.assertEqual(self._race(*works), [None, None])
        self.assertEqual(self._read(), 40)

    def test_seeds(self):
        """Each seed: five of 30 over what is left; it is never overdrawn."""
        left = 100.0
        for seed in get_seeds():
            works = [self._book(30, f"race-{seed}-{i}") for i in range(4)]
            errors = self._race(*works, seed=seed)
            winners = sum(error is None for error in errors)
            self.assertEqual(winners, min(4, int(left // 30)))
            left -= 30 * winners
            self.assertEqual(self._read(), left)
            back = [
                self._book(-30, f"back-{seed}-{i}", kind="release")
                for i in range(winners)
            ]
            if back:
                self.assertEqual(self._race(*back, seed=seed), [None] * winners)
            left += 30 * winners
            self.assertEqual(self._read(), left)

    def _transfer(self, source, target, amount, key):
        """What an approved transfer books, between lines by their place."""
        lines = self.ids["lines"]
        vals_list = [
            {
                "line_id": lines[place],
                "kind": f"transfer_{way}",
                "deltas": {"transferred": sign * amount},
                "key": f"{key}-{way}",
                "reason": "Race",
                "is_strict": True,
            }
            for place, way, sign in ((source, "out", -1), (target, "in", 1))
        ]
        return lambda env: env["expense.budget.line"]._book(vals_list)

    def test_transfers_with_seeds(self):
        """Each seed: two of 60 of 100, one wins; both ways at once nobody waits."""
        for seed in get_seeds():
            with self.subTest(seed=seed):
                works = [self._transfer(0, 1, 60, f"go-{seed}-{i}") for i in range(2)]
                errors = self._race(*works, seed=seed)
                self.assertEqual(sum(error is None for error in errors), 1, errors)
                self.assertEqual((self._read(0), self._read(1)), (40, 160))
                crossing = [
                    self._transfer(0, 1, 10, f"cross-{seed}-0"),
                    self._transfer(1, 0, 10, f"cross-{seed}-1"),
                ]
                self.assertEqual(self._race(*crossing, seed=seed), [None, None])
                self.assertEqual((self._read(0), self._read(1)), (40, 160))
                back = self._transfer(1, 0, 60, f"back-{seed}")
                self.assertEqual(self._race(back, seed=seed), [None])
                self.assertEqual((self._read(0), self._read(1)), (100, 100))
