# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import OrderManagementCommon


@tagged("post_install", "-at_install")
class TestChannelSettlement(OrderManagementCommon):
    """OM-22, invariant 7: a statement's lines add up to its payout."""

    def _create_settlement(self, amounts=(100.0, -3.1, -0.2), payout=96.7, **values):
        return self.env["channel.settlement"].create(
            {
                "channel_id": self.channel.id,
                "statement_ref": "PAY-1",
                "date_from": "2026-07-01",
                "date_to": "2026-07-15",
                "currency_id": self.company.currency_id.id,
                "payout_amount": payout,
                "line_ids": [Command.create({"amount": amount}) for amount in amounts],
                **values,
            }
        )

    def test_adds_up(self):
        settlement = self._create_settlement()
        self.assertEqual(settlement.company_id, self.company)
        self.assertEqual(settlement.lines_total, 96.7)
        self.assertEqual(settlement.difference, 0)
        settlement.action_check()
        self.assertEqual(settlement.state, "checked")
        self.assertEqual(settlement.event_count, 1)

    def test_difference_refused(self):
        """OM-22: the error names the amounts."""
        settlement = self._create_settlement(payout=97)
        self.assertEqual(settlement.difference, 0.3)
        with self.assertRaisesRegex(UserError, r"96\.70.*97\.00.*0\.30"):
            settlement.action_check()
        settlement.line_ids[1].amount = -2.8
        settlement.action_check()
        self.assertEqual(settlement.state, "checked")

    def test_no_lines_refused(self):
        with self.assertRaisesRegex(UserError, "has no lines"):
            self._create_settlement((), payout=0).action_check()

    def test_database_has_the_last_word(self):
        settlement = self._create_settlement(payout=97)
        with self.assertRefusedByDatabase("channel_settlement_adds_up_check"):
            settlement._transition("checked")
        settlement.payout_amount = 96.7
        settlement.action_check()
        with self.assertRefusedByDatabase("channel_settlement_adds_up_check"):
            self.env.cr.execute(
                SQL(
                    "UPDATE channel_settlement SET payout_amount = 1 WHERE id = %s",
                    settlement.id,
                )
            )

    def test_total_follows_the_lines(self):
        settlement = self._create_settlement()
        settlement.line_ids[0].unlink()
        self.assertEqual(settlement.lines_total, -3.3)
        settlement.line_ids = [Command.create({"amount": 3.3})]
        self.assertEqual(settlement.lines_total, 0)
        with Form(settlement) as form:
            with form.line_ids.new() as line:
                line.amount = 5
            self.assertEqual(form.lines_total, 5)
            self.assertEqual(form.difference, 91.7)
        self.assertEqual(settlement.lines_total, 5)

    def test_checked_statement_stays(self):
        settlement = self._create_settlement()
        settlement.action_check()
        line = settlement.line_ids[0]
        for action in (
            lambda: settlement.write({"payout_amount": 1}),
            lambda: line.write({"amount": 1}),
            lambda: line.unlink(),
            lambda: line.copy(),
            lambda: settlement.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "Set it back to draft"):
                action()
        # what we find out about a line is ours to write
        line.match_state = "matched"
        settlement.action_draft()
        line.amount = 99
        settlement.action_cancel()
        self.assertEqual(settlement.state, "cancelled")

    def test_reference_once_per_channel(self):
        self._create_settlement()
        with self.assertRefusedByDatabase("channel_settlement_statement_uniq"):
            self._create_settlement()
        self.assertTrue(self._create_settlement(channel_id=self.other_channel.id))

    def test_transaction_once_per_statement(self):
        settlement = self._create_settlement()
        settlement.line_ids[0].external_id = "T1"
        with self.assertRefusedByDatabase("channel_settlement_line_external_uniq"):
            settlement.line_ids[1].external_id = "T1"

    def test_dates(self):
        with self.assertRefusedByDatabase("channel_settlement_dates_check"):
            self._create_settlement(date_to="2026-06-30")

    def test_other_company_refused(self):
        settlement = self._create_settlement()
        with self.assertRaises(UserError):
            settlement.line_ids[0].sale_order_id = self._create_order(
                self.other_company
            )
