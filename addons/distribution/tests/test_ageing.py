# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .debt_common import DebtCommon


@tagged("post_install", "-at_install")
class TestAgeing(DebtCommon):
    """DS-8: who owes for how long, and who is asked for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ageing = cls.env["distribution.ageing"]
        for days in (5, -1, -30, -31, -90, -91):
            cls._invoice(10 - days, days_due=days)

    def _rows(self, partner=None):
        self.env.flush_all()
        return self.ageing.search([("partner_id", "=", (partner or self.buyer).id)])

    def test_buckets(self):
        """The day it is due is not overdue; 30 and 31 days are apart."""
        self._invoice(7, days_due=0)
        rows = self._rows()
        buckets = {row.days_overdue: row.bucket for row in rows}
        self.assertEqual(
            buckets, {-5: "0", 0: "0", 1: "1", 30: "1", 31: "2", 90: "3", 91: "4"}
        )
        sums = self.ageing._read_group(
            [("member_id", "=", self.distributor.id)],
            ["user_id", "territory_id"],
            ["amount:sum", "amount_30:sum", "amount_older:sum"],
        )
        self.assertEqual(
            sums, [(self.rep, self.area, 5 + 11 + 40 + 41 + 100 + 101 + 7, 51, 101)]
        )

    def test_total_is_the_receivable(self):
        self._invoice(33, move_type="out_refund")
        self.assertEqual(
            sum(self._rows().mapped("amount")), self._figures()["receivable"]
        )

    def test_the_day_of_the_company(self):
        """At any hour, somewhere it is another day: the company's counts."""
        today = self.credit_model._get_today(self.company)
        self.company.partner_id.tz = "Pacific/Kiritimati"
        far = self.credit_model._get_today(self.company)
        self.company.partner_id.tz = "Pacific/Midway"
        near = self.credit_model._get_today(self.company)
        self.assertGreaterEqual((far - near).days, 1)
        row = self._rows()[:1]
        self.assertEqual(row.days_overdue, (near - row.date_due).days)
        self.assertTrue(near <= today <= far)

    def test_rep_sees_own_members(self):
        self.neighbour.user_id = self.supervisor
        self._invoice(10, days_due=-5, partner=self.neighbour.partner_id)
        self.env.flush_all()
        seen = self.ageing.with_user(self.rep).search([]).partner_id
        self.assertEqual(seen, self.buyer)
        seen = self.ageing.with_user(self.accountant).search([]).partner_id
        self.assertLessEqual(self.buyer | self.neighbour.partner_id, seen)

    def test_rep_opens_the_invoice(self):
        """Down to the invoice of a member, and no further than to read it."""
        self.neighbour.user_id = self.supervisor
        theirs = self._invoice(10, partner=self.neighbour.partner_id)
        row = self._rows()[:1].with_user(self.rep)
        move = self.env["account.move"].browse(row.action_open_move()["res_id"])
        self.assertTrue(move.with_user(self.rep).read(["amount_residual"]))
        with self.assertRaises(AccessError):
            move.with_user(self.rep).write({"ref": "Mine"})
        with self.assertRaises(AccessError):
            theirs.with_user(self.rep).read(["amount_residual"])

    def test_plan(self):
        """One plan a representative and week, however often it is asked for."""
        self.neighbour.user_id = self.supervisor
        self._invoice(10, days_due=-5, partner=self.neighbour.partner_id)
        self.env.flush_all()
        rows = self.ageing.search([("company_id", "=", self.company.id)])
        rows.with_user(self.tm).action_plan_collection()
        plans = self.env["distribution.collection.plan"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(plans.user_id, self.rep | self.supervisor)
        mine = plans.filtered(lambda plan: plan.user_id == self.rep)
        self.assertEqual(mine.line_ids.partner_id, self.buyer)
        self.assertEqual(mine.due_amount, 11 + 40 + 41 + 100 + 101)
        self.assertEqual(mine.week.weekday(), 0)
        rows.with_user(self.tm).action_plan_collection()
        self.assertEqual(len(mine.line_ids), 1)
        line = mine.line_ids.with_user(self.rep)
        line.write(
            {
                "promised_amount": 50,
                "promised_date": self.today + timedelta(days=2),
                "result": "promised",
            }
        )
        self.assertEqual(line.activity_ids.user_id, self.rep)
        self.assertEqual(mine.promised_amount, 50)
        seen = self.env["distribution.collection.plan"].with_user(self.rep).search([])
        self.assertEqual(seen, mine)
        self._invoice(9, days_due=-2)
        mine.with_user(self.rep).action_refresh()
        self.assertEqual((line.due_amount, line.promised_amount), (302, 50))

    def test_nothing_due(self):
        row = self._rows().filtered(lambda row: row.days_overdue < 0)
        with self.assertRaisesRegex(UserError, "overdue"):
            row.action_plan_collection()

    def test_spreadsheet(self):
        report = self.env.ref("distribution.distribution_ageing_xlsx_report")
        content, kind = report.with_user(self.accountant)._render_xlsx(
            report.report_name, self._rows().ids, data={}
        )
        self.assertEqual(kind, "xlsx")
        self.assertEqual(content[:2], b"PK")
