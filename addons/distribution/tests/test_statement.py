# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .debt_common import DebtCommon


@tagged("post_install", "-at_install", "meets_others")
class TestStatement(DebtCommon):
    """DS-8: statements that close with the ledger's balance, agreed or disputed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer.email = "hung.phat@example.com"
        cls.first = cls.today - timedelta(days=20)

    def _make(self, partner=None, **values):
        return self.env["distribution.statement"].create(
            {
                "partner_id": (partner or self.buyer).id,
                "company_id": self.company.id,
                "date_from": self.first,
                "date_to": self.today,
                **values,
            }
        )

    def _balance(self, day=None):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.buyer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", day or self.today),
            ]
        )
        return sum(lines.mapped("balance"))

    def test_closing_is_the_ledger(self):
        self._invoice(100, days_due=-40)
        self._invoice(70, days_due=-5)
        self._invoice(20, move_type="out_refund")
        order = self._sell(6)
        order.action_confirm()
        self._ship(order.picking_ids)
        order._create_invoices().action_post()
        statement = self._make()
        self.assertEqual(statement.opening, 100)
        self.assertEqual(statement.closing, 210)
        self.assertEqual(statement.closing, self._balance())
        kinds = sorted(statement.line_ids.mapped("kind"))
        self.assertEqual(
            kinds, ["credit_note", "delivery", "invoice", "invoice", "order"]
        )
        delivery = statement.line_ids.filtered(lambda x: x.kind == "delivery")
        self.assertEqual((delivery.value, delivery.debit), (60, 0))
        self.assertEqual(delivery.picking_id, order.picking_ids)

    def test_a_draft_is_brought_up_to_date(self):
        statement = self._make()
        self.assertEqual(statement.closing, 0)
        self._invoice(30)
        statement.with_user(self.accountant).action_refresh()
        self.assertEqual(statement.closing, 30)

    def test_accepted_is_frozen(self):
        self._invoice(30)
        statement = self._make()
        statement.with_user(self.accountant).action_mark_sent()
        self.assertEqual(statement.state, "sent")
        contact = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.buyer.id}
        )
        statement.with_user(self.accountant).action_accept(contact)
        self.assertEqual(
            (statement.state, statement.answered_by_id), ("accepted", contact)
        )
        self._invoice(12)
        statement.invalidate_recordset()
        self.assertEqual((statement.closing, statement.difference), (30, 12))
        clerk = statement.with_user(self.accountant)
        for values in (
            {"closing": 1},
            {"date_from": self.today},
            {"line_ids": [(5,)]},
            {"answered_by_id": False},
            {"state": "draft"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                clerk.write(values)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            clerk.line_ids.write({"debit": 0})
        clerk.action_refresh()
        self.assertEqual(statement.closing, 30)
        with self.assertRaises(UserError):
            clerk.unlink()

    def test_dispute(self):
        self._invoice(30)
        statement = self._make(user_id=self.accountant.id)
        with self.assertRaises(UserError):
            statement.action_dispute(self.buyer, "Not ours")
        statement.action_mark_sent()
        with self.assertRaisesRegex(UserError, "Say what is wrong"):
            statement.action_dispute(self.buyer, "  ")
        other = self._make(self.neighbour.partner_id)
        self._invoice(5, partner=self.neighbour.partner_id)
        other.action_refresh()
        with (
            self.assertRaisesRegex(UserError, "not on this statement"),
            self.env.cr.savepoint(),
        ):
            statement.action_dispute(self.buyer, "Wrong", other.line_ids.ids)
        line = statement.line_ids
        statement.action_dispute(self.buyer, "Came broken", {line.id: "2 of 3"})
        self.assertEqual(statement.state, "disputed")
        self.assertTrue(line.is_disputed)
        self.assertEqual(line.dispute_note, "2 of 3")
        self.assertEqual(statement.activity_ids.user_id, self.accountant)
        statement.action_settle()
        self.assertFalse(statement.activity_ids)
        with self.assertRaises(UserError):
            statement.action_accept()

    def test_send(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.buyer.lang = "vi_VN"
        self._invoice(30)
        statement = self._make()
        statement.with_user(self.accountant).action_send()
        mail = self.env["mail.mail"].search(
            [("model", "=", statement._name), ("res_id", "=", statement.id)]
        )
        self.assertEqual(mail.recipient_ids, self.buyer)
        names = mail.attachment_ids.mapped("name")
        self.assertTrue(any(name.endswith(".xlsx") for name in names), names)
        self.assertEqual(len(names), 2)
        self.assertEqual(statement.state, "sent")
        self.buyer.email = False
        statement.action_dispute(self.buyer, "Wrong")
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            statement.action_send()

    def test_portal_sees_what_was_sent(self):
        self._invoice(30)
        statement = self._make()
        contact = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.buyer.id}
        )
        model = self.env["distribution.statement"]
        self.assertFalse(model._get_for_portal(contact))
        statement.action_mark_sent()
        self.assertEqual(model._get_for_portal(contact), statement)
        self.assertFalse(model._get_for_portal(self.neighbour.partner_id))

    def test_every_month(self):
        """Everybody with a balance or movements, once, in as many queries for 2 as
        for 12."""
        start, end = date(2024, 3, 1), date(2024, 3, 31)
        model = self.env["distribution.statement"]

        def make_customers(count):
            partners = self.env["res.partner"].create(
                [{"name": f"C{number}"} for number in range(count)]
            )
            for partner in partners:
                self._credit(10, "warn", partner)
                self._invoice(9, partner=partner, invoice_date=date(2024, 3, 9))
            return partners

        few = make_customers(2)
        made = model._make(self.company, start, end)
        self.assertEqual(made.partner_id, few)
        self.assertEqual(set(made.mapped("closing")), {9})
        self.assertFalse(model._make(self.company, start, end))
        counts = []
        for count in (2, 12):
            make_customers(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(model._make(self.company, start, end)), count)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 50, counts)

    def test_bad_periods(self):
        contact = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.buyer.id}
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._make(contact)
        self._make()
        with mute_logger("odoo.sql_db"), self.assertRefusedByDatabase():
            self._make()
        with mute_logger("odoo.sql_db"), self.assertRefusedByDatabase():
            self._make(date_from=self.today, date_to=self.first)

    def test_rights(self):
        self.neighbour.user_id = self.supervisor
        mine, theirs = self._make(), self._make(self.neighbour.partner_id)
        seen = self.env["distribution.statement"].with_user(self.rep).search([])
        self.assertIn(mine, seen)
        self.assertNotIn(theirs, seen)
        with self.assertRaises(AccessError):
            mine.with_user(self.rep).action_mark_sent()
        with self.assertRaises(AccessError):
            mine.with_user(self.rep).action_accept()

    def test_report(self):
        self._invoice(30)
        statement = self._make()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "distribution.distribution_statement_pdf_report", statement.ids
        )
        self.assertIn("30.00", html.decode())

    def _get_text(self, statement):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "distribution.distribution_statement_pdf_report", statement.ids
        )
        return " ".join(html2plaintext(content.decode()).split())

    def test_paper_to_sign(self):
        """Both sign it on paper, until it was confirmed or disputed in the portal."""
        self._invoice(30)
        statement = self._make()
        statement.action_mark_sent()
        text = self._get_text(statement)
        self.assertIn("Please confirm the closing balance", text)
        self.assertEqual(text.count("Name, signature, date"), 2)
        # the balance runs from line to line
        self._invoice(12)
        both = self._make(date_from=self.today, date_to=self.today)
        self.assertIn("42.00", self._get_text(both))
        statement.action_accept(self.buyer)
        text = self._get_text(statement)
        self.assertIn(f"Confirmed by {self.buyer.name} on", text)
        self.assertNotIn("signature", text)
