# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who works in distribution, what each role opens, and what none of it may do."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .budget_common import BudgetCase

#: what a role may never do by itself: ``{role: {operation: models}}``
FORBIDDEN = {
    "rep": {
        "read": (
            *("expense.budget", "expense.budget.line", "expense.budget.move"),
            *("expense.budget.transfer", "distribution.application"),
        ),
        "write": (
            *("distribution.supply.link", "distribution.territory"),
            *("distribution.credit", "distribution.credit.raise"),
            *("distribution.contract", "distribution.target", "distribution.ledger"),
            *("distribution.stock", "distribution.statement", "sales.expense.rule"),
            *("sales.expense.step", "sales.expense.actual", "distribution.sku.map"),
        ),
        "create": ("distribution.stock.count", "distribution.report", "account.move"),
    },
    "supervisor": {
        "write": (
            *("distribution.credit", "distribution.contract", "distribution.target"),
            *("distribution.territory", "expense.budget.line", "sales.expense.rule"),
            *("sales.expense.type", "distribution.ledger", "distribution.statement"),
        ),
        "create": (
            *("expense.budget.release", "sale.order.credit.release"),
            *("distribution.scorecard", "distribution.contract", "account.move"),
        ),
        "unlink": ("distribution.member", "distribution.supply.link", "expense.budget"),
    },
    "trade_manager": {
        "write": (
            *("distribution.ledger", "distribution.stock", "expense.budget.move"),
            *("sales.expense.actual", "sales.expense.step", "account.account"),
            *("distribution.statement", "distribution.cash.holder", "res.company"),
        ),
        "create": ("account.move", "expense.budget.line", "account.payment"),
        "unlink": ("expense.budget.line", "distribution.ledger"),
    },
    "accountant": {
        "write": (
            *("distribution.member", "distribution.supply.link"),
            *("distribution.credit", "distribution.credit.raise"),
            *("distribution.contract", "expense.budget", "expense.budget.line"),
            *("expense.budget.transfer", "sales.expense.rule", "distribution.order"),
        ),
        "create": (
            *("sales.expense", "expense.budget.release", "sale.order.credit.release"),
            *("distribution.claim", "distribution.scorecard"),
        ),
    },
}


@tagged("post_install", "-at_install", "meets_others")
class TestRoles(BudgetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "rep": cls.rep,
            "supervisor": cls.supervisor,
            "trade_manager": cls.manager,
            "accountant": cls.accountant,
        }

    def test_forbidden(self):
        """Each role holds something, and never more than its own."""
        for role, operations in FORBIDDEN.items():
            for operation, models in operations.items():
                for model in models:
                    with self.subTest(role=role, operation=operation, model=model):
                        records = self.env[model].with_user(self.users[role])
                        self.assertFalse(records.has_access(operation))

    def _get_menus(self, user):
        """What a user sees below the app's menu and can open."""
        root = self.env.ref("distribution.distribution_menu")
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids())
        return visible.sudo().filtered(
            lambda menu: (
                menu.action
                and menu.parent_path.startswith(root.parent_path)
                # what hangs below a menu of others is not reached
                and self._get_parents(menu, root) <= visible
            )
        )

    def _get_parents(self, menu, root):
        ids = [int(part) for part in menu.parent_path.rstrip("/").split("/")]
        return menu.browse(ids[ids.index(root.id) :])

    def test_menus_open(self):
        """Whatever a role sees in the menu opens: its views, and its records."""
        counts = {}
        for role, user in self.users.items():
            menus = self._get_menus(user)
            counts[role] = len(menus)
            for menu in menus:
                if menu.action._name == "ir.actions.act_window":
                    with self.subTest(role=role, menu=menu.complete_name):
                        self._open(menu.action, user)
        self.assertGreater(counts["rep"], 15)
        self.assertGreater(counts["supervisor"], counts["rep"])
        self.assertGreater(counts["trade_manager"], counts["supervisor"])
        self.assertGreater(counts["accountant"], 15)

    def _open(self, action, user):
        model = self.env[action.res_model].with_user(user)
        views = [(False, mode) for mode in action.view_mode.split(",")]
        shown = model.get_views([*views, (False, "search")])
        names = shown["models"][action.res_model]["fields"]
        domain = safe_eval(
            action.domain or "[]",
            {"uid": user.id, "allowed_company_ids": self.company.ids},
        )
        if action.target == "new":
            model.onchange({}, [], dict.fromkeys(names, {}))
        else:
            model.web_search_read(domain, dict.fromkeys(names, {}), limit=5)

    def test_configuration_is_the_trade_managers(self):
        config = self.env.ref("distribution.distribution_menu_config")
        for role, user in self.users.items():
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(config.id in visible, role == "trade_manager", role)

    def test_decisions_past_the_buttons(self):
        """The methods themselves refuse who may not decide."""
        expense = self._expense(100)
        expense.action_submit()
        bill = self._bill(100, centre=self.south, post=False)
        credit = self.env["distribution.credit"].create(
            {"partner_id": self.dealer.partner_id.id, "company_id": self.company.id}
        )
        more = self.env["distribution.credit.raise"].create(
            {
                "credit_id": credit.id,
                "amount": 10,
                "reason": "Tết",
                "date_to": "2099-12-31",
            }
        )
        transfer = self.env["expense.budget.transfer"].create(
            {
                "company_id": self.company.id,
                "source_id": self._line(self.north, self.display).id,
                "target_id": self.line.id,
                "amount": 10,
                "reason": "More shelves",
            }
        )
        transfer.action_request()
        tries = [
            ("rep", lambda user: expense.with_user(user).action_approve()),
            ("rep", lambda user: more.with_user(user).action_approve()),
            ("supervisor", lambda user: more.with_user(user).action_approve()),
            ("supervisor", lambda user: transfer.with_user(user).action_approve()),
            ("supervisor", lambda user: bill.with_user(user).action_post()),
            ("supervisor", lambda user: self._release(bill, user)),
            ("trade_manager", lambda user: bill.with_user(user).action_post()),
            ("accountant", lambda user: expense.with_user(user).action_approve()),
            ("accountant", lambda user: transfer.with_user(user).action_approve()),
            ("accountant", lambda user: more.with_user(user).action_approve()),
            ("accountant", lambda user: self._release(bill, user)),
        ]
        for number, (role, attempt) in enumerate(tries):
            with (
                self.subTest(role=role, number=number),
                self.assertRefusedWith(AccessError, "."),
            ):
                attempt(self.users[role])
        self.assertEqual(
            (expense.state, more.state, transfer.state, bill.state),
            ("submitted", "requested", "requested", "draft"),
        )

    def _release(self, bill, user):
        bill.with_user(user).action_release_budget("Please")
