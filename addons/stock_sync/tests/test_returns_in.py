# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..channels.types import RemoteReturn, ReturnLine
from .common import StockSyncCommon, ago


@tagged("post_install", "-at_install", "meets_others")
class TestReturnsIn(StockSyncCommon):
    """SS-4: returns and refunds of the shop are entered once and followed."""

    def setUp(self):
        super().setUp()
        self.shop.add_order("O1", ago(minutes=30))
        self.poll()
        self.row = self.find_rows("O1")
        self.row.action_process()
        self.assertEqual(self.row.state, "imported")

    def _offer(self, **values):
        line = ReturnLine("O1", "O1-1", quantity=Decimal(1), refund=Decimal(40))
        one = RemoteReturn(
            **{
                "external_id": "R1",
                "kind": "return_refund",
                "status": "requested",
                "currency": self.shop.currency,
                "lines": (line,),
                "updated_at": ago(minutes=10),
                "amount": Decimal(40),
                **values,
            }
        )
        self.shop.returns[one.external_id] = one
        return one

    def _get(self, external_id="R1"):
        return self.env["channel.return"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "=", external_id),
            ]
        )

    def test_entered_once(self):
        self._offer()
        self.poll("returns")
        self.poll("returns")
        record = self._get()
        self.assertEqual(len(record), 1)
        self.assertEqual(record.partner_id, self.row.sale_order_id.partner_id)
        self.assertEqual(record.line_ids.sale_line_id.order_id, self.row.sale_order_id)
        self.assertEqual(record.line_ids.requested_qty, 1)
        self.assertEqual(record.refund_amount, 40)
        self.assertEqual(record.state, "requested")

    def test_followed(self):
        remote = self._offer()
        self.poll("returns")
        self.shop.returns["R1"] = replace(
            remote, status="received", updated_at=ago(minutes=1), tracking="T9"
        )
        self.poll("returns")
        record = self._get()
        # goods count when they are here, whatever the channel says
        self.assertEqual(record.state, "to_receive")
        self.assertEqual(record.channel_tracking, "T9")
        self.assertEqual(record.return_tracking, "T9", "the parcel is found by it")
        self.shop.returns["R1"] = replace(remote, updated_at=ago(seconds=1))
        self.poll("returns")
        self.assertEqual(record.state, "to_receive", "there is no way back")

    def test_cancelled_when_goods_are_here(self):
        """The channel cancels what arrived already: all others are read as ever."""
        remote = self._offer(status="approved")
        self.poll("returns")
        record = self._get()
        before = record.state
        record.line_ids.sudo().received_qty = 1
        self.shop.returns["R1"] = replace(
            remote, status="cancelled", updated_at=ago(minutes=1)
        )
        self._offer(external_id="R4", kind="refund_only")
        self.poll("returns")
        self.assertEqual(record.state, before, "goods are here: a person looks at it")
        self.assertEqual(self._get("R4").state, "requested")

    def test_refused_and_refund_only(self):
        self._offer(external_id="R2", status="refused")
        self._offer(external_id="R3", kind="refund_only", status="closed")
        self.poll("returns")
        self.assertEqual(self._get("R2").state, "refused")
        self.assertEqual(self._get("R3").state, "closed")

    def test_unknown_order_stays_visible(self):
        line = ReturnLine("LATER", "LATER-1", "NO-SKU", "Chair", refund=Decimal(9))
        remote = self._offer(lines=(line,))
        self.poll("returns")
        record = self._get()
        self.assertEqual(record.unmatched_count, 1)
        self.assertIn("Chair", record.unmatched_text)
        self.assertFalse(record.line_ids)
        # the order arrives: the same return finds its line
        self.shop.add_order("LATER", ago(minutes=2))
        self.poll()
        self.find_rows("LATER").action_process()
        self.shop.returns["R1"] = replace(remote)
        self.poll("returns")
        self.assertFalse(record.unmatched_count)
        self.assertEqual(record.line_ids.product_id, self.product)
        self.assertNotEqual(record.partner_id, self.channel.walkin_partner_id)

    def test_order_arrives_much_later(self):
        """The shop does not list the return again, which finds its order anyway."""
        line = ReturnLine("LATER", "LATER-1", "NO-SKU", "Chair", refund=Decimal(9))
        self._offer(lines=(line,))
        self.poll("returns")
        self.shop.returns.clear()
        self.shop.add_order("LATER", ago(minutes=2))
        self.poll()
        self.find_rows("LATER").action_process()
        self.poll("returns")
        record = self._get()
        self.assertEqual(record.line_ids.product_id, self.product)
        self.assertEqual(record.line_ids.refund_amount, 9)
        self.assertFalse(record.unmatched_text)

    def test_matched_by_sku(self):
        line = ReturnLine("O1", "", self.shop.sku)
        self._offer(lines=(line,))
        self.poll("returns")
        self.assertEqual(self._get().line_ids.sale_line_id.channel_line_ref, "O1-1")

    def test_hint_brings_it(self):
        self._offer()
        self.env["channel.webhook.hint"].create(
            {"channel_id": self.channel.id, "topic": "return", "external_id": "R1"}
        )
        self.channel._job_take_hints()
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"stock_sync.poll:returns:{self.channel.id}")]
        )
        self.assertTrue(job)
