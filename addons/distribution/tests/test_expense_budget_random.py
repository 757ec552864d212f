# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.order_management.tests.seeds import SEEDS

from .budget_common import BudgetCase


@tagged("post_install", "-at_install")
class TestExpenseBudgetRandom(BudgetCase):
    """Whatever happens: available never below zero, movements explain all figures."""

    def _step(self, rnd, expenses, bills):
        kind = rnd.randrange(9)
        if kind < 2:
            expenses.append(self._expense(rnd.randint(1, 700)))
            expenses[-1].action_submit()
        elif kind == 2 and expenses:
            rnd.choice(expenses).with_user(self.manager).action_approve()
        elif kind == 3 and expenses:
            expense = rnd.choice(expenses).with_env(self.env)
            bills.append(self._bill(rnd.randint(1, 500), expense))
        elif kind == 4:
            centre = rnd.choice((self.south, self.north))
            bills.append(self._bill(rnd.randint(1, 500), centre=centre))
        elif kind == 5 and bills:
            bill = rnd.choice(bills)
            bill.button_draft() if bill.state == "posted" else bill.action_post()
        elif kind == 6 and expenses:
            rnd.choice(expenses).with_user(self.manager).action_close()
        elif kind == 7 and expenses:
            rnd.choice(expenses).with_user(self.manager).action_cancel()
        else:
            ends = [self.line, self._line(self.north, self.display)]
            rnd.shuffle(ends)
            transfer = self.env["expense.budget.transfer"].create(
                {
                    "source_id": ends[0].id,
                    "target_id": ends[1].id,
                    "amount": rnd.randint(1, 400),
                    "reason": "Story",
                }
            )
            transfer.action_request()
            transfer.with_user(self.manager).action_approve()

    def test_stories(self):
        lines = self.line | self._line(self.north, self.display)
        for seed in range(SEEDS):
            rnd = random.Random(seed)
            expenses, bills = [], []
            for _number in range(25):
                try:
                    with self.env.cr.savepoint():
                        self._step(rnd, expenses, bills)
                except UserError:
                    self.env.invalidate_all()
                expenses = [expense for expense in expenses if expense.exists()]
                bills = [bill for bill in bills if bill.exists()]
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(seed=seed):
                self.assertExplained(lines)
                self.assertGreaterEqual(min(lines.mapped("available_amount")), 0)
                self.assertEqual(sum(lines.mapped("budget_amount")), 2000)
                posted = [bill for bill in bills if bill.state == "posted"]
                total = sum(bill.amount_total for bill in posted)
                actuals = self.env["sales.expense.actual"].search(
                    [("account_move_id", "in", [bill.id for bill in posted])]
                )
                self.assertEqual(sum(actuals.mapped("amount")), total)
            for bill in bills:
                if bill.state == "posted":
                    bill.button_draft()
            for expense in expenses:
                if expense.state in ("submitted", "approved"):
                    expense.with_user(self.manager).action_cancel()
            self.assertEqual(sum(lines.mapped("actual_amount")), 0)

    def _shift(self, amount):
        """Move a counter without a movement, as a bug would."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE expense_budget_line SET requested_amount = requested_amount + %s,"
            " available_amount = available_amount - %s WHERE id = %s",
            (amount, amount, self.line.id),
        )
        self.env.invalidate_all()

    def test_a_broken_counter_is_seen(self):
        """The stories would find a counter that differs from its movements, and the
        database refuses what is below zero."""
        self._expense(100).action_submit()
        self.assertExplained(self.line)
        with self.assertRaises(AssertionError), self.env.cr.savepoint():
            self._shift(1)
            self.assertExplained(self.line)
        self.env.invalidate_all()
        self.assertExplained(self.line)
        with self.assertRefusedByDatabase("expense_budget_line_policy_check"):
            self._shift(901)
