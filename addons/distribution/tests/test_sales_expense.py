# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.order_management.tests.statements import fewest_statements

from .budget_common import MONTH, BudgetCase


@tagged("post_install", "-at_install", "meets_others")
class TestSalesExpense(BudgetCase):
    """DS-10: from the request to its entries, inside budgets."""

    def test_way_of_a_request(self):
        """Requested, committed, partly spent, the rest given back on closing."""
        expense = self._expense(400)
        self.assertFigures(available=1000)
        expense.action_submit()
        self.assertFigures(requested=400, available=600)
        expense.with_user(self.supervisor).action_approve()
        self.assertFigures(committed=400, available=600)
        bill = self._bill(150, expense)
        self.assertFigures(committed=250, actual=150, available=600)
        self.assertEqual(expense.actual_ids.account_move_id, bill)
        self.assertEqual((expense.actual_amount, expense.open_amount), (150, 250))
        expense.action_execute()
        self.assertFigures(committed=250, actual=150, available=600)
        expense.with_user(self.accountant).action_close()
        self.assertFigures(actual=150, available=850)
        expense.with_user(self.supervisor).action_reopen()
        self.assertFigures(committed=250, actual=150, available=600)

    def test_bill_above_the_request(self):
        """More than approved takes what is available, and no more."""
        expense = self._approved(400)
        self._bill(700, expense)
        self.assertFigures(actual=700, available=300)
        with self.assertRefused("South.*Display.*2026-03.*301.00 asked.*300.00 avail"):
            self._bill(301, expense)
        self.assertFigures(actual=700, available=300)

    def test_reset_reversal_and_edit_give_back(self):
        expense = self._approved(400)
        bill = self._bill(300, expense)
        bill.button_draft()
        self.assertFigures(committed=400, available=600)
        bill.action_post()
        self.assertFigures(committed=100, actual=300, available=600)
        bill._reverse_moves([{"date": MONTH, "invoice_date": MONTH}]).action_post()
        self.assertFigures(committed=400, available=600)
        direct = self._bill(200, centre=self.south)
        self.assertFigures(committed=400, actual=200, available=400)
        line = direct.invoice_line_ids
        line.analytic_distribution = {str(self.north.id): 100}
        self.assertFigures(committed=400, available=600)
        self.assertFigures(
            self._line(self.north, self.display), actual=200, available=800
        )
        direct.button_draft()
        self.assertFigures(self._line(self.north, self.display), available=1000)

    def test_bill_without_request(self):
        """The centre and the type's account are enough; also past the button."""
        self._bill(1000, centre=self.south)
        self.assertFigures(actual=1000, available=0)
        bill = self._bill(1, centre=self.south, post=False)
        with self.assertRefused("Budget of South for Display"):
            bill.with_user(self.accountant).action_post()
        with self.assertRefused("Budget of South for Display"):
            bill._post()
        self.assertEqual(bill.state, "draft")

    def test_split_distribution(self):
        bill = self._bill(100, post=False)
        bill.invoice_line_ids.analytic_distribution = {
            str(self.south.id): 33.33,
            str(self.north.id): 66.67,
        }
        bill.action_post()
        self.assertFigures(actual=33.33, available=966.67)
        self.assertFigures(
            self._line(self.north, self.display), actual=66.67, available=933.33
        )

    def test_foreign_currency(self):
        """Counted in the company's currency at the document's date."""
        currency = self.env["res.currency"].create(
            {
                "name": "QXA",
                "symbol": "q",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2026-01-01",
                            "rate": 4,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        expense = self._expense(400, currency_id=currency.id)
        expense.action_submit()
        self.assertFigures(requested=100, available=900)
        expense.with_user(self.supervisor).action_approve()
        self._bill(200, expense.with_env(self.env), currency_id=currency.id)
        self.assertFigures(committed=50, actual=50, available=900)

    def test_policies(self):
        self.line.policy = "warn"
        self._bill(1500, centre=self.south)
        self.assertFigures(actual=1500, available=-500)
        self.assertIn("100 %", self.budget.activity_ids[:1].summary)
        self._bill(1, centre=self.south)
        self.assertEqual(len(self.budget.activity_ids), 2)
        self.assertFigures(actual=1501, available=-501)
        line = self._line(self.south, self.gift)
        line.policy = "escalate"
        expense = self._expense(1200, type_id=self.gift.id)
        expense.action_submit()
        self.assertEqual((expense.state, expense.needs_release), ("submitted", True))
        self.assertFigures(line, available=1000)
        with self.assertRefused("has to release"):
            expense.with_user(self.supervisor).action_approve()
        with self.assertRaises(AccessError):
            expense.with_user(self.supervisor).action_release("please")
        expense.with_user(self.manager).action_release("Tết")
        self.assertFigures(line, requested=1200, available=-200)
        expense.with_user(self.supervisor).action_approve()
        self.assertFigures(line, committed=1200, available=-200)

    def test_released_bill(self):
        """A release holds for this bill, up to its amount."""
        self.line.policy = "escalate"
        bill = self._bill(1100, centre=self.south, post=False)
        with self.assertRefused("may release it"):
            bill.action_post()
        with self.assertRaises(AccessError):
            bill.with_user(self.accountant).action_release_budget("I may not")
        bill.with_user(self.manager).sudo().action_release_budget("Agreed")
        bill.invoice_line_ids.price_unit = 1200
        with self.assertRefused("may release it"):
            bill.action_post()
        bill.invoice_line_ids.price_unit = 1100
        bill.action_post()
        self.assertFigures(actual=1100, available=-100)

    def test_approval_rules(self):
        """Small ones by the supervisor, large ones by the trade manager after that."""
        Rule = self.env["sales.expense.rule"]
        manager_group = self.env.ref("distribution.group_trade_manager")
        Rule.create(
            [
                {"name": "Centre", "approver_type": "centre"},
                {
                    "name": "Large",
                    "amount_over": 500,
                    "level": 2,
                    "approver_type": "group",
                    "group_id": manager_group.id,
                },
            ]
        )
        small, large = self._expense(500), self._expense(501, type_id=self.gift.id)
        (small | large).action_submit()
        self.assertTrue(small.with_user(self.supervisor).can_decide)
        self.assertFalse(small.with_user(self.rep).can_decide)
        (small | large).with_user(self.supervisor).action_approve()
        self.assertEqual(small.state, "approved")
        self.assertEqual(large.state, "submitted")
        with self.assertRaises(AccessError):
            large.with_user(self.supervisor).action_approve()
        large.with_user(self.manager).action_approve()
        self.assertEqual(large.state, "approved")

    def test_not_ones_own(self):
        expense = self._expense(10, user=self.supervisor)
        expense.action_submit()
        with self.assertRaises(AccessError):
            expense.action_approve()

    def test_stand_in(self):
        self.env["sales.expense.rule"].create(
            {"name": "Centre", "approver_type": "centre"}
        )
        deputy = self._create_rep("deputy")
        for group in (
            "order_management.group_reviewer",
            "distribution.group_supervisor",
        ):
            deputy.group_ids += self.env.ref(group)
        expense = self._expense(10)
        expense.action_submit()
        with self.assertRaises(AccessError):
            expense.with_user(deputy).action_approve()
        self.env["order.approval.delegation"].sudo().create(
            {
                "user_id": self.supervisor.id,
                "delegate_id": deputy.id,
                "date_from": "2026-01-01",  # there it may still be yesterday
                "date_to": "2099-01-01",
            }
        )
        expense.with_user(deputy).action_approve()
        self.assertEqual(expense.state, "approved")
        step = expense.sudo().step_ids
        self.assertEqual(
            (step.decided_by_id, step.stand_in_for_id), (deputy, self.supervisor)
        )

    def test_refused_gives_back(self):
        expense = self._expense(10)
        expense.action_submit()
        expense.with_user(self.supervisor).action_refuse("No shelf there")
        self.assertEqual(
            (expense.state, expense.refusal), ("refused", "No shelf there")
        )
        self.assertFigures(available=1000)

    def test_proof(self):
        self.display.is_proof_required = True
        expense = self._approved(10).with_user(self.rep)
        with self.assertRefused("needs proof"):
            expense.action_execute()
        expense.proof_ids = [Command.create({"name": "photo.png", "raw": b"x"})]
        expense.action_execute()
        self.assertEqual(expense.state, "executed")

    def test_several_months(self):
        """A fee of three months is held in each of them; bills use them in order."""
        expense = self._expense(
            100, date_from="2026-02-01", date_to="2026-04-15", day="2026-02-01"
        )
        expense.action_split_months()
        self.assertEqual(expense.line_ids.mapped("amount"), [33.34, 33.33, 33.33])
        expense.action_submit()
        self.assertFigures(requested=33.33, available=966.67)
        expense.with_user(self.supervisor).action_approve()
        self._bill(40, expense.with_env(self.env))
        self.assertFigures(committed=26.67, actual=6.66, available=966.67)

    def test_amount_makes_a_line(self):
        """A rep types one amount; with several lines those are changed."""
        expense = self.env["sales.expense"].create(
            {
                "title": "Banner",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "centre_id": self.south.id,
                "type_id": self.display.id,
                "amount": 70,
                "date_from": "2026-04-10",
            }
        )
        self.assertEqual(expense.line_ids.amount, 70)
        self.assertEqual(str(expense.line_ids.date), "2026-04-10")
        expense.amount = 80
        self.assertEqual(expense.line_ids.amount, 80)
        expense.line_ids = [Command.create({"date": MONTH, "amount": 5})]
        self.assertEqual(expense.amount, 85)
        with self.assertRefused("several lines"):
            expense.amount = 1

    def test_bad_requests(self):
        with self.assertRefusedByDatabase("sales_expense_line_amount_check"):
            self._expense(-1)
        with self.assertRefused("asks for nothing"):
            self._expense(0).action_submit()
        with self.assertRefused("1,000.01 asked for.*1,000.00 available"):
            self._expense(1000.01).action_submit()
        self.company.budget_missing = "block"
        with self.assertRefused("no budget for Display in 2026-05"):
            self._expense(5, day="2026-05-05").action_submit()
        with self.assertRefused("no budget for Display in 2026-05"):
            self._bill(5, centre=self.south, date="2026-05-05")
        self.south.active = False
        with self.assertRefused("archived"):
            self._expense(5).action_submit()
        self.assertFigures(available=1000)

    def test_bill_of_undecided_request(self):
        expense = self._expense(10)
        with self.assertRefused("linked to approved ones"):
            self._bill(10, expense.with_env(self.env))

    def test_credit_note_to_dealer(self):
        expense = self._approved(400)
        self._bill(
            100,
            expense,
            move_type="out_refund",
            partner_id=self.outlet.partner_id.id,
        )
        self.assertFigures(committed=300, actual=100, available=600)
        self.assertEqual(expense.actual_ids.kind, "credit")

    def test_free_goods_at_cost(self):
        self.company.approval_mode = "none"
        self.product.with_company(self.company).standard_price = 30
        self._add_stock(10)
        expense = self._approved(400)
        order = self._create_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_qty": 3,
                        "price_unit": 0,
                        "sales_expense_id": expense.id,
                    }
                )
            ]
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 3
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertFigures(committed=310, actual=90, available=600)
        self.assertEqual(expense.actual_ids.quantity, 3)

    def test_roles(self):
        """A rep asks for own members, sees no other rep's request."""
        other = self._create_rep("other_rep")
        expense = self._expense(10)
        self.assertFalse(
            self.env["sales.expense"].with_user(other).search([("id", "=", expense.id)])
        )
        with self.assertRaises(AccessError):
            expense.with_user(other).action_submit()
        with self.assertRefused("posted entries only"):
            expense.actual_amount = 10
        with self.assertRefused("cannot be written"):
            expense.state = "approved"
        with self.assertRaises(AccessError):
            self.env["sales.expense"].with_user(self.accountant).create(
                {
                    "title": "x",
                    "centre_id": self.south.id,
                    "type_id": self.display.id,
                }
            )

    def test_without_budgets_no_query(self):
        """Plain posting of bills looks nothing up where no plan is chosen."""
        with self.assertRefused("budgets of other responsibility centres"):
            self.company.budget_plan_id = False
        self.env.cr.execute("UPDATE res_company SET budget_plan_id = NULL")
        self.env.invalidate_all()
        Move = type(self.env["account.move"])

        def post(_round):
            bill = bills.pop()
            self.env.invalidate_all()
            bill.action_post()
            self.env.flush_all()

        bills = [self._bill(10, centre=self.south, post=False) for _n in range(8)]
        self.env.flush_all()
        # Odoo looks for a gap in the numbers from the third bill on
        for _n in range(2):
            post(0)
        with patch.object(Move, "_sync_expense_budget", lambda moves: None):
            plain = fewest_statements(self.env.cr, post)
        ours = fewest_statements(self.env.cr, post)
        self.assertEqual(ours.total(), plain.total(), ours.describe(plain))

    def test_bills_in_one_go(self):
        """Posting ten bills costs no more budget queries than posting one."""
        expenses = self.env["sales.expense"]
        for _i in range(11):
            expenses |= self._approved(10)
        bills = self.env["account.move"]
        for expense in expenses:
            bills |= self._bill(10, expense, post=False)

        def count(moves):
            seen = []
            execute = type(self.env.cr).execute

            def record(cr, query, *args, **kwargs):
                code = getattr(query, "code", query)
                if "expense_budget" in str(code) or "sales_expense" in str(code):
                    seen.append(code)
                return execute(cr, query, *args, **kwargs)

            self.env.flush_all()
            with patch.object(type(self.env.cr), "execute", record):
                moves.action_post()
                self.env.flush_all()
            return len(seen)

        one = count(bills[0])
        ten = count(bills[1:])
        self.assertLessEqual(ten, one + 12)
        self.assertFigures(actual=110, available=890)
