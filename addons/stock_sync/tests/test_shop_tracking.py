# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ago
from .test_intents import ShippingCase


@tagged("post_install", "-at_install")
class TestShopTracking(ShippingCase):
    """SS-7: tracking numbers that the channel makes stand on the transfer."""

    def _read_again(self, order, *numbers, **payload):
        """The shop's order now has parcels with these numbers, and is read."""
        parcels = [{"tracking": number} for number in numbers]
        self.shop.add_order("O1", ago(minutes=1), shipments=parcels, **payload)
        self.poll()
        row = self.find_rows("O1")
        row.action_process()
        self.assertEqual(row.state, "updated", row.error)

    def test_the_answer_names_it(self):
        self.shop.own_tracking = "SPX1"
        picking = self._ship(self._import(), tracking=False)
        self._send(picking.intent_ids)
        self.assertEqual(picking.carrier_tracking_ref, "SPX1")
        self.assertEqual(len(picking.intent_ids), 1, "its own number is no news")
        picking.carrier_tracking_ref = "OWN1"
        late = picking.intent_ids.filtered(lambda one: one.kind == "track")
        self.assertEqual(late.payload["old_tracking"], "SPX1")

    def test_what_was_told_stays_told(self):
        """A number that cannot be entered does not undo the message."""
        self.shop.own_tracking = "SPX7"
        picking = self._ship(self._import(), tracking=False)
        busy = patch.object(
            type(picking), "_take_shop_tracking", side_effect=UserError("Busy")
        )
        with busy, self.assertLogs("odoo.addons.stock_sync", "WARNING"):
            self._send(picking.intent_ids)
        self.assertEqual(picking.intent_ids.state, "done")
        self.assertFalse(picking.carrier_tracking_ref)

    def test_it_comes_minutes_later(self):
        order = self._import()
        picking = self._ship(order, tracking=False)
        self._send(picking.intent_ids)
        self.assertFalse(picking.carrier_tracking_ref)
        self._read_again(order, "SPX2", status="shipped")
        self.assertEqual(picking.carrier_tracking_ref, "SPX2")
        self.assertEqual(len(picking.intent_ids), 1)

    def test_what_a_person_entered_stays(self):
        order = self._import()
        picking = self._ship(order, tracking="OWN2")
        self._send(picking.intent_ids)
        self._read_again(order, "SPX3")
        self.assertEqual(picking.carrier_tracking_ref, "OWN2")

    def test_two_parcels_and_one_number_is_anybodys_guess(self):
        order = self._import()
        first = self._ship(order, 1, tracking=False)
        second = self._ship(order, 1, tracking=False)
        self._read_again(order, "SPX4")
        numbers = (first | second).mapped("carrier_tracking_ref")
        self.assertFalse(any(numbers))
        second.carrier_tracking_ref = "SPX4"
        self._read_again(order, "SPX4", "SPX5", note="both are there")
        self.assertEqual(first.carrier_tracking_ref, "SPX5")

    def test_a_replaced_number_is_not_that_of_the_next_parcel(self):
        order = self._import()
        first = self._ship(order, 1, tracking="OWN3")
        self._read_again(order, "SPX6")
        second = order.picking_ids - first
        self.assertEqual(len(second), 1)
        self.assertFalse(second.carrier_tracking_ref)
