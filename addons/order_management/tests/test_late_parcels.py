# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-17: what is late, and for how long."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .shipment_common import ShipmentCase


@tagged("post_install", "-at_install")
class TestLateParcels(ShipmentCase):
    def _assert_late(self, late, parcels):
        """Searched and computed are the same."""
        self.env.flush_all()
        parcels.invalidate_recordset()
        domain = [("is_late_delivery", "=", True), ("id", "in", parcels.ids)]
        self.assertEqual(parcels.search(domain), late)
        self.assertEqual(parcels.filtered("is_late_delivery"), late)
        domain = [("is_late_delivery", "=", False), ("id", "in", parcels.ids)]
        self.assertEqual(parcels.search(domain), parcels - late)

    def _send_days_ago(self, number, left, promised, **vals):
        picking = self._send(number, **vals)
        now = fields.Datetime.now()
        picking.write(
            {
                "date_done": now - timedelta(days=left),
                "deliver_by": now - timedelta(days=promised),
            }
        )
        return picking

    def test_never_scanned_is_late_for_some_days(self):
        fresh = self._send_days_ago("P1", left=12, promised=10)
        old = self._send_days_ago("P2", left=40, promised=38)
        parcels = fresh | old
        self._assert_late(fresh, parcels)
        # it is not forgotten
        self.assertTrue(all(parcels.mapped("is_unscanned")))
        self.carrier.unscanned_late_days = 60
        self._assert_late(parcels, parcels)
        self.carrier.unscanned_late_days = 0
        self._assert_late(parcels.browse(), parcels)

    def test_each_carrier_has_its_days(self):
        self.express.unscanned_late_days = 30
        ours = self._send_days_ago("P1", left=22, promised=20)
        theirs = self._send_days_ago("P2", left=22, promised=20, carrier=self.express)
        parcels = ours | theirs
        self._assert_late(theirs, parcels)
        self.express.active = False
        self._assert_late(theirs, parcels)

    def test_what_was_seen_is_late_until_it_arrives(self):
        now = fields.Datetime.now()
        seen = self._send_days_ago("P1", left=40, promised=38)
        announced = self._send_days_ago("P2", left=40, promised=38)
        parcels = seen | announced
        self._tell(
            ("P1", "in_transit", now - timedelta(days=39), "a"),
            # told by the carrier's office before the parcel left
            ("P2", "created", now - timedelta(days=41), "b"),
        )
        self._assert_late(seen, parcels)
        self._tell(("P1", "delivered", now - timedelta(days=1), "c"))
        self._assert_late(parcels.browse(), parcels)
        self.assertEqual(seen.punctuality, "late")

    def test_closed_by_hand(self):
        parcel = self._send_days_ago("P1", left=5, promised=3)
        self._assert_late(parcel, parcel)
        clerk = parcel.with_user(self.users["clerk"])
        clerk._record_by_hand("returned", fields.Datetime.now())
        self._assert_late(parcel.browse(), parcel)
        self.assertFalse(parcel.is_unscanned)
