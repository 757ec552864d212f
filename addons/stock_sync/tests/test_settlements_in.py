# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..channels.types import RemoteSettlement, SettlementLine
from .common import StockSyncCommon, ago


@tagged("post_install", "-at_install")
class TestSettlementsIn(StockSyncCommon):
    """Invariant 7: what a channel paid is stored as it says, once."""

    def setUp(self):
        super().setUp()
        self.shop.add_order("O1", ago(minutes=30))
        self.poll()
        self.row = self.find_rows("O1")
        self.row.action_process()
        self.remote = RemoteSettlement(
            "ST1",
            self.shop.currency,
            Decimal(70),
            (
                SettlementLine("L1", "order", Decimal(80), "O1"),
                SettlementLine("L2", "commission", Decimal(-8), "O1"),
                SettlementLine("L3", "moon_fee", Decimal(-2), "UNKNOWN"),
            ),
            ago(days=7),
            ago(days=1),
            ago(hours=2),
        )
        self.shop.settlements["ST1"] = self.remote

    def _get(self):
        return self.env["channel.settlement"].search(
            [("channel_id", "=", self.channel.id), ("statement_ref", "=", "ST1")]
        )

    def test_entered_once(self):
        self.poll("settlements")
        record = self._get()
        ids = record.line_ids.ids
        self.poll("settlements")
        self.assertEqual(self._get().line_ids.ids, ids)
        self.assertEqual(record.payout_amount, 70)
        self.assertEqual(record.difference, 0)
        lines = {line.external_id: line for line in record.line_ids}
        self.assertEqual(lines["L1"].line_type, "sale")
        self.assertEqual(lines["L1"].sale_order_id, self.row.sale_order_id)
        self.assertEqual(lines["L3"].line_type, "other")
        self.assertEqual(lines["L3"].match_state, "unknown")
        record.action_check()

    def test_draft_follows(self):
        self.poll("settlements")
        first, second, _third = self.remote.lines
        self.shop.settlements["ST1"] = replace(
            self.remote,
            amount=Decimal(71),
            lines=(first, replace(second, amount=Decimal(-9))),
        )
        self.poll("settlements")
        record = self._get()
        self.assertEqual(record.payout_amount, 71)
        self.assertEqual(sorted(record.line_ids.mapped("amount")), [-9, 80])

    def test_checked_stays_and_somebody_is_told(self):
        self.poll("settlements")
        record = self._get()
        record.action_check()
        self.shop.settlements["ST1"] = replace(self.remote, amount=Decimal(60))
        self.poll("settlements")
        self.assertEqual(record.payout_amount, 70)
        self.assertIn("settlement", self.channel.activity_ids.mapped("sync_kind"))

    def test_lines_without_or_with_equal_ids(self):
        same = SettlementLine("", "order", Decimal(35), "O1")
        twice = SettlementLine("X", "order", Decimal(0), "O1")
        self.shop.settlements["ST1"] = replace(
            self.remote, lines=(same, same, twice, twice)
        )
        self.poll("settlements")
        self.poll("settlements")
        self.assertEqual(len(self._get().line_ids), 4)

    def test_match_of_a_person_is_kept(self):
        self.poll("settlements")
        line = self._get().line_ids.filtered(lambda one: one.external_id == "L1")
        line.match_state = "short"
        self.poll("settlements")
        self.assertEqual(line.match_state, "short")
