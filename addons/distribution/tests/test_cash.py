# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .debt_common import DebtCommon


@tagged("post_install", "-at_install")
class TestCash(DebtCommon):
    """DS-8, DS-15: money in a representative's hands is an account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = (
            cls.env["distribution.cash.holder"]
            .with_user(cls.accountant)
            .create({"user_id": cls.rep.id, "company_id": cls.company.id})
            .with_user(cls.env.user)
        )
        cls.desk = cls.env["account.journal"].search(
            [
                ("company_id", "=", cls.company.id),
                ("type", "=", "cash"),
                ("id", "!=", cls.holder.journal_id.id),
            ],
            limit=1,
        ) or cls.env["account.journal"].create(
            {
                "name": "Desk",
                "code": "DESK",
                "type": "cash",
                "company_id": cls.company.id,
            }
        )
        cls.company.distribution_cash_journal_id = cls.desk

    def _record(self, amount=50.0, key="k1", user=None, **values):
        return (
            self.env["distribution.cash"]
            .with_user(user or self.rep)
            .record_receipt(
                {
                    "client_uuid": key,
                    "partner_id": self.buyer.id,
                    "amount": amount,
                    **values,
                }
            )
        )

    def _slip(self, amount, submit=True):
        slip = (
            self.env["distribution.cash.handover"]
            .with_user(self.rep)
            .create({"holder_id": self.holder.id, "amount": amount})
        )
        if submit:
            slip.action_submit()
        return slip

    def _held(self):
        """What the books say the representative holds."""
        self.env.flush_all()
        groups = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", self.holder.journal_id.default_account_id.id),
                ("parent_state", "=", "posted"),
            ],
            [],
            ["balance:sum"],
        )
        return groups[0][0] or 0.0

    def test_receipt_pays_invoices(self):
        old, new = self._invoice(30, days_due=-9), self._invoice(40, days_due=9)
        receipt = self._record(50, invoice_ids=(new | old).ids)
        self.assertEqual(receipt.state, "posted")
        self.assertEqual((old.amount_residual, new.amount_residual), (0, 20))
        self.assertEqual((self.holder.balance, self._held()), (50, 50))
        self.assertEqual(self._figures()["receivable"], 20)
        self.assertNotEqual(receipt.name, "/")

    def test_the_rest_stays_on_account(self):
        invoice = self._invoice(30)
        self._record(50, invoice_ids=invoice.ids)
        figures = self._figures()
        self.assertEqual((figures["receivable"], figures["unallocated"]), (0, 20))

    def test_sent_twice(self):
        first = self._record(50)
        self.assertEqual(self._record(50), first)
        self.assertEqual((self.holder.balance, self._held()), (50, 50))

    def test_bad_receipts(self):
        others = self._invoice(30, partner=self.neighbour.partner_id)
        draft = self._invoice(30, post=False)
        euro = self.env.ref("base.EUR") | self.env.ref("base.USD")
        foreign = (euro - self.company.currency_id)[0]
        for values, words in (
            ({"invoice_ids": others.ids}, "Choose the customer's own"),
            ({"invoice_ids": draft.ids}, "Choose the customer's own"),
            ({"currency_id": foreign.id}, "Change the money"),
            ({"key": ""}, "key of its own"),
            ({"state": "posted"}, "nothing unknown"),
            ({"received_at": "2099-01-01 00:00:00"}, "in the future"),
        ):
            with (
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._record(**values)
        self.assertEqual((self.holder.balance, self._held()), (0, 0))

    def test_amount_above_zero(self):
        for amount in (0, -5):
            with self.assertRaisesRegex(UserError, "more than zero"):
                self._record(amount)
        self.assertEqual(self._held(), 0)

    def test_another_reps_customer(self):
        self.distributor.user_id = self.supervisor
        self.area.user_id = False
        with self.assertRaisesRegex(AccessError, "not one of your members"):
            self._record(50)

    def test_without_an_account(self):
        with self.assertRaisesRegex(UserError, "no account for cash"):
            self._record(user=self.supervisor)

    def test_hand_over(self):
        self._record(50)
        slip = self._slip(40)
        self.assertEqual(self.holder.available_amount, 10)
        with self.assertRaises(AccessError):
            slip.action_accept()
        slip.with_user(self.accountant).action_accept()
        self.assertEqual((self.holder.balance, self._held()), (10, 10))
        self.assertEqual(slip.accepted_by_id, self.accountant)
        entry = slip.move_id.line_ids.filtered("debit")
        self.assertEqual(
            (entry.account_id, entry.debit), (self.desk.default_account_id, 40)
        )
        slip.with_user(self.accountant).action_accept()
        self.assertEqual(self._held(), 10, "accepted twice moves money once")

    def test_no_more_than_is_held(self):
        self._record(50)
        self._slip(30)
        with self.assertRaisesRegex(UserError, "20"), self.env.cr.savepoint():
            self._slip(30)
        self._slip(20)

    def test_refused_slip_comes_back(self):
        self._record(50)
        slip = self._slip(50)
        slip.with_user(self.accountant).action_refuse()
        self.assertEqual(self.holder.available_amount, 50)
        with self.assertRaises(UserError):
            slip.action_submit()
        with self.assertRaises(UserError):
            slip.amount = 10

    def test_overdue(self):
        self.company.distribution_cash_hours = 24
        old = fields.Datetime.now() - timedelta(hours=30)
        self._record(50, received_at=old)
        self._record(20, key="k2")
        self.holder.invalidate_recordset()
        self.assertEqual(self.holder.overdue_amount, 50)
        self.env["distribution.cash.holder"]._cron_remind()
        self.env["distribution.cash.holder"]._cron_remind()
        receipts = self.env["distribution.cash"].search([("user_id", "=", self.rep.id)])
        self.assertEqual(len(receipts.activity_ids), 1)
        self.assertEqual(receipts.activity_ids.user_id, self.rep)
        slip = self._slip(45)
        slip.with_user(self.accountant).action_accept()
        self.holder.invalidate_recordset()
        self.assertEqual(self.holder.overdue_amount, 5)

    def test_posted_stays(self):
        receipt = self._record(50)
        for values in ({"amount": 1}, {"partner_id": self.env.user.partner_id.id}):
            with self.assertRaises(UserError):
                receipt.write(values)
        with self.assertRaises(UserError):
            receipt.write({"state": "draft"})
        with self.assertRaises(UserError):
            receipt.write({"payment_id": False})
        with self.assertRaises(UserError):
            receipt.unlink()
        with self.assertRaises(UserError):
            self.holder.with_user(self.accountant).write({"balance": 0})
        with self.assertRaises(AccessError):
            receipt.action_cancel()

    def test_cancel_by_an_accountant(self):
        invoice = self._invoice(50)
        receipt = self._record(50, invoice_ids=invoice.ids)
        receipt.with_user(self.accountant).action_cancel()
        self.assertEqual(invoice.amount_residual, 50)
        self.assertEqual((self.holder.balance, self._held()), (0, 0))

    def test_handed_over_money_is_not_cancelled(self):
        receipt = self._record(50)
        self._slip(50).with_user(self.accountant).action_accept()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            receipt.with_user(self.accountant).action_cancel()

    def test_nobody_accepts_from_himself(self):
        self.rep.group_ids += self.env.ref("distribution.group_accountant")
        self._record(50)
        slip = self._slip(50)
        with self.assertRaisesRegex(AccessError, "Somebody else"):
            slip.with_user(self.rep).action_accept()

    def test_reps_do_not_see_each_other(self):
        receipt = self._record(50)
        other = self.env["res.users"].browse(self.rep.id).copy({"login": "rep_two"})
        seen = self.env["distribution.cash"].with_user(other).search([])
        self.assertNotIn(receipt, seen)
        with self.assertRaises(AccessError):
            receipt.with_user(other).read(["amount"])
