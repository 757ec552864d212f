# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .budget_common import MONTH, BudgetCase


@tagged("post_install", "-at_install")
class TestDistributionScorecard(BudgetCase):
    """DS-12: centres assessed by figures of their entries, signed and locked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = (
            ("Execution", "execution_rate", 40, 25, "up"),
            ("Overspend", "overspend", 20, 0, "down"),
            ("Sales", "sales", 30, 1000, "up"),
            ("Service", "manual", 10, 10, "up"),
        )
        cls.template = cls.env["distribution.scorecard.template"].create(
            {
                "name": "Quarter",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "source": source,
                            "weight": weight,
                            "target": target,
                            "direction": direction,
                            "maximum_percent": 120 if source == "sales" else 100,
                        }
                    )
                    for name, source, weight, target, direction in lines
                ],
            }
        )

    def _card(self, centre=None, **values):
        return self.env["distribution.scorecard"].create(
            {
                "company_id": self.company.id,
                "template_id": self.template.id,
                "centre_id": (centre or self.south).id,
                "date_from": "2026-03-01",
                "date_to": "2026-03-31",
                **values,
            }
        )

    def _invoice(self, amount, centre):
        income = self.env["account.account"].search(
            [("company_ids", "in", self.company.id), ("account_type", "=", "income")],
            limit=1,
        )
        invoice = self._bill(amount, centre=centre, post=False, move_type="out_invoice")
        invoice.invoice_line_ids.account_id = income
        invoice.action_post()
        return invoice

    def _actual(self, card, source):
        return card.line_ids.filtered(lambda line: line.source == source)

    def test_weights(self):
        with self.assertRefused("sum to 90, not to 100"):
            self.template.line_ids = [
                Command.update(self.template.line_ids[0].id, {"weight": 30})
            ]

    @mute_logger("odoo.sql_db")
    def test_weight_of_a_card(self):
        """One below zero would turn a bad figure into a good mark."""
        card = self._card()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            card.line_ids[0].weight = -5
            self.env.flush_all()

    def test_figures_and_curve(self):
        self._bill(500, centre=self.south)
        invoice = self._invoice(2000, self.south)
        card = self._card()
        # 500 of the 2,000 of March; 25 % were to be spent
        self.assertEqual(self._actual(card, "execution_rate").actual, 25)
        self.assertEqual(self._actual(card, "overspend").score, 100)
        sales = self._actual(card, "sales")
        self.assertEqual(
            (sales.actual, sales.achievement, sales.score), (2000, 200, 120)
        )
        self.assertEqual(sales.weighted_score, 36)
        self._actual(card, "manual").actual = 5
        self.assertEqual(card.score, 40 + 20 + 36 + 5)
        domain = sales.action_view_entries()["domain"]
        self.assertEqual(self.env["account.move"].search(domain), invoice)
        with self.assertRefused("cannot be typed"):
            sales.with_user(self.manager).actual = 9

    def test_way_and_lock(self):
        card = self._card(reviewer_id=self.manager.id)
        self.assertEqual(card.user_id, self.supervisor)
        with self.assertRaises(AccessError):
            card.with_user(self.supervisor).action_start()
        card.with_user(self.manager).action_start()
        mine = card.with_user(self.supervisor)
        mine.self_comment = "Rain in March"
        mine.action_self_done()
        with self.assertRaises(AccessError):
            mine.action_sign()
        card.with_user(self.manager).action_sign()
        self._bill(500, centre=self.south)
        for record, vals in (
            (card, {"self_comment": "x"}),
            (card.line_ids[0], {"comment": "x"}),
            (card.sudo(), {"template_id": self.template.id}),
        ):
            with self.assertRefused("locked"):
                record.write(vals)
        with self.assertRefused("locked"):
            card.with_user(self.manager).action_update()
        self.assertEqual(card.signed_by_id, self.manager)

    def test_generate(self):
        """All centres get last month's scorecard, once."""
        cards = self.env["distribution.scorecard"]
        domain = self.template.action_generate()["domain"]
        self.assertEqual(cards.search(domain).centre_id, self.south | self.north)
        self.template.action_generate()
        self.assertEqual(len(cards.search(domain)), 2)

    def test_rank(self):
        south, north = self._card(), self._card(self.north)
        self._actual(north, "manual").actual = 10
        self.assertEqual((north.rank, south.rank), (1, 2))
        self.assertEqual(south.rank_text, "2 of 2")

    def test_queries(self):
        """Figures of twelve scorecards cost no more reading than those of one."""
        centres = self.env["account.analytic.account"].create(
            [{"name": f"C{i}", "plan_id": self.plan.id} for i in range(12)]
        )
        cards = self.env["distribution.scorecard"].browse(
            self._card(centre).id for centre in centres
        )

        def count(records):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            records._get_budget_figures()
            records._get_sales_figures()
            return self.env.cr.sql_log_count - before

        count(cards)
        self.assertEqual(count(cards), 2)

    def test_month_outside(self):
        self.assertEqual(MONTH.month, 3)
        card = self._card(date_from="2026-05-01", date_to="2026-05-31")
        self.assertEqual(self._actual(card, "execution_rate").actual, 0)
