# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-17: what a channel knows to have arrived is not under way for ever."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportArrivals(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(100, cls.lamp)
        cls.channel.auto_confirm = True
        product = cls.env["product.product"].create({"name": "Post", "type": "service"})
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Post", "product_id": product.id}
        )

    def _send(self, **values):
        row = self._import(self._prepare_order("A1", **values))
        self.assertIn(row.state, ("imported", "updated"), row.error)
        return row.sale_order_id

    def _ship(self, picking, number):
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": number})
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual((picking.state, picking.tracking_state), ("done", "created"))
        left = fields.Datetime.now() - timedelta(days=6)
        picking.write({"date_done": left, "deliver_by": left + timedelta(days=1)})
        return picking

    def _make_shipped(self):
        order = self._send()
        self.assertEqual(order.state, "sale")
        return order, self._ship(order.picking_ids, "VN1")

    def _prepare_parcel(self, number, days_ago):
        moment = fields.Datetime.now() - timedelta(days=days_ago)
        return {"tracking": number, "delivered_at": f"{moment.isoformat()}Z"}

    def test_arrived(self):
        order, parcel = self._make_shipped()
        self.assertTrue(parcel.is_late_delivery and parcel.is_unscanned)
        self._send(status="delivered", shipments=[self._prepare_parcel("VN1", 2)])
        self.assertEqual(parcel.tracking_state, "delivered")
        self.assertEqual(parcel.punctuality, "late")
        self.assertAlmostEqual(
            parcel.delivered_at,
            fields.Datetime.now() - timedelta(days=2),
            delta=timedelta(minutes=1),
        )
        self.assertFalse(parcel.is_late_delivery or parcel.is_unscanned)
        self.assertEqual(parcel.shipment_event_ids.source, "channel")
        self.assertFalse(order.pending_change_count)

    def test_told_once(self):
        _order, parcel = self._make_shipped()
        told = {
            "status": "delivered",
            "shipments": [self._prepare_parcel("VN1", 2)],
        }
        self._send(**told)
        self._send(**told, note="Again")
        self._send(status="shipped")
        self._send(**told, note="Once more")
        self.assertEqual(len(parcel.shipment_event_ids), 1)

    def test_what_the_carrier_says_stays(self):
        _order, parcel = self._make_shipped()
        parcel._record_by_hand("returned", fields.Datetime.now())
        self._send(status="delivered")
        self.assertEqual(parcel.tracking_state, "returned")

    def test_never_before_it_left_nor_in_the_future(self):
        _order, parcel = self._make_shipped()
        self._send(status="delivered", shipments=[self._prepare_parcel("X", 60)])
        self.assertEqual(parcel.delivered_at, parcel.date_done)
        parcel._record_by_hand("failed", fields.Datetime.now())
        self._send(status="shipped")
        self._send(status="delivered", shipments=[self._prepare_parcel("VN1", -3)])
        self.assertLessEqual(parcel.tracked_at, fields.Datetime.now())

    def test_not_all_has_left(self):
        """A person is asked, as before."""
        order = self._send()
        self.assertEqual(order.state, "sale")
        self._send(status="delivered")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertFalse(order.picking_ids.tracking_state)
        self.assertEqual(order.pending_change_count, 1)
