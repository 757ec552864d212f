# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.order_management.tests.statements import collect_statements

from .debt_common import DebtCommon

#: the beginning of statements that ask or write quotas, limits and budgets
_OF_CHECKS = re.compile(r"quota|credit|budget|receivable")


@tagged("post_install", "-at_install", "meets_others")
class TestControlsTogether(DebtCommon):
    """Quota, exposure and budget on one large order: six queries at most."""

    def _order(self, lines):
        line = {"product_id": self.product.id, "product_uom_qty": 1}
        return self._sell(order_line=[Command.create(line) for _i in range(lines)])

    def _confirm(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        with collect_statements(self.env.cr) as statements:
            order.action_confirm()
            self.env.flush_all()
        self.assertEqual(order.state, "sale")
        return statements

    def _control(self):
        self._credit(1e6)
        self.env["order.quota"].create(
            {
                "name": "Lamps",
                "company_id": self.company.id,
                "product_scope": "product",
                "product_id": self.product.id,
                "limit_qty": 1e6,
                "period_type": "season",
                "date_from": fields.Date.add(self.today, days=-10),
                "date_to": fields.Date.add(self.today, days=10),
            }
        ).action_activate()
        plan = self.env["account.analytic.plan"].create({"name": "Centres"})
        self.company.write({"budget_plan_id": plan.id, "budget_policy": "block"})

    def test_six_queries_for_200_lines(self):
        self.product.is_storable = False
        # what only fills caches needs no large order
        sizes = (2, 200, 2, 200)
        warm, plain, again, counted = (self._order(lines) for lines in sizes)
        self._confirm(warm)
        without = self._confirm(plain)
        self._control()
        # fills the caches of the process that the set-up has emptied
        self._confirm(again)
        together = self._confirm(counted)
        checks = sum(
            count
            for text, count in (together - without).items()
            if _OF_CHECKS.search(text)
        )
        self.assertLessEqual(checks, 6, together.describe(without))
        self.assertGreater(checks, 0)
        # the checks read what is written: Odoo's own updates go out in two parts
        grown = together.total() - without.total() - checks
        self.assertLessEqual(grown, 3, together.describe(without))
        quota = self.env["order.quota"].search([("company_id", "=", self.company.id)])
        # the quota counts what was confirmed before it began, too
        self.assertEqual(quota.consumed_qty, sum(sizes))
        self.assertEqual(self._figures()["unshipped"], 10 * sum(sizes))
