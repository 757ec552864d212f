# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Datetime
from odoo.tests import freeze_time, tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportHold(ImportCommon):
    """OM-30: an unpaid marketplace order keeps its goods until it has to be paid."""

    def setUp(self):
        super().setUp()
        self._add_stock(5, self.lamp)
        self.channel.write(
            {
                "unpaid_policy": "draft",
                "unpaid_hold_hours": 24,
                "warehouse_id": self.warehouse.id,
            }
        )

    def _send(self, external_id="A1", **values):
        payload = self._prepare_order(
            external_id,
            **{"placed_at": "2026-07-19T01:00:00Z", "status": "unpaid", **values},
        )
        return self._import(payload).sale_order_id

    def _promise(self):
        return self.lamp._get_available_to_promise(self.warehouse)[self.lamp.id]

    @freeze_time("2026-07-19 02:00:00")
    def test_held_until_the_deadline(self):
        order = self._send()
        hold = order.hold_ids
        self.assertEqual((hold.kind, hold.quantity), ("unpaid", 2))
        self.assertEqual(hold.expires_at, Datetime.to_datetime("2026-07-20 01:00:00"))
        self.assertEqual(hold.channel_id, self.channel)
        self.assertEqual(self._promise(), 3)

    @freeze_time("2026-07-19 02:00:00")
    def test_whole_batch_as_far_as_it_is_there(self):
        rows = self._import(
            *(
                self._prepare_order(
                    f"B{n}", placed_at=f"2026-07-19T0{n}:00:00Z", status="unpaid"
                )
                for n in range(3)
            )
        )
        orders = rows.sale_order_id
        self.assertEqual(len(orders), 3, "nothing stops an import")
        self.assertEqual(len(orders.hold_ids), 2)
        self.assertEqual(len(set(orders.hold_ids.mapped("expires_at"))), 2)

    @freeze_time("2026-07-19 02:00:00")
    def test_not_held(self):
        """Paid ones, those past their deadline, and channels that do not ask for it."""
        self.assertFalse(self._send("P1", status="paid").hold_ids)
        late = self._send("L1", placed_at="2026-07-17T01:00:00Z")
        self.assertFalse(late.hold_ids)
        self.channel.unpaid_hold_hours = 0
        self.assertFalse(self._send("N1").hold_ids)

    def test_paid_in_time_and_confirmed(self):
        self.channel.auto_confirm = True
        with freeze_time("2026-07-19 02:00:00"):
            order = self._send(updated_at="2026-07-19T01:00:00Z")
        with freeze_time("2026-07-19 20:00:00"):
            self._send(status="paid", updated_at="2026-07-19T19:00:00Z")
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.hold_ids.mapped("state"), ["converted"])
            self.assertEqual(order.order_line.move_ids.state, "assigned")

    def test_paid_too_late(self):
        with freeze_time("2026-07-19 02:00:00"):
            order = self._send(updated_at="2026-07-19T01:00:00Z")
        with freeze_time("2026-07-20 02:00:00"):
            self.env["stock.hold"].create(
                {
                    "product_id": self.lamp.id,
                    "warehouse_id": self.warehouse.id,
                    "quantity": 4,
                }
            )
            self._send(status="paid", updated_at="2026-07-20T01:30:00Z")
            self.assertEqual(order.hold_ids.state, "expired")
            self.assertIn("stock", order.event_ids.mapped("kind"))
            self.assertTrue(order.activity_ids)
