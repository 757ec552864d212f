# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .shipment_common import ShipmentCase
from .statements import collect_statements


@tagged("post_install", "-at_install")
class TestCarrierTracking(ShipmentCase):
    """OM-17: where parcels are, as carriers tell, in whatever order."""

    def test_a_delivery_is_followed_from_its_number_on(self):
        picking = self._make_order(carrier_id=self.carrier.id).picking_ids
        self.assertFalse(picking.tracking_state)
        picking.carrier_tracking_ref = "P1"
        self.assertEqual(picking.tracking_state, "created")
        self._ship(picking)
        self.assertEqual(picking.deliver_by, picking.date_done + timedelta(days=3))
        # the order's own promise comes before the carrier's
        promise = fields.Datetime.now() + timedelta(days=9)
        other = self._send("P2", commitment_date=promise)
        self.assertEqual(other.deliver_by, other.sale_id.commitment_date)

    def test_without_carrier_nothing_is_followed(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        self.assertFalse(order.picking_ids.tracking_state)
        self.assertFalse(order.shipment_count)

    def test_events_in_any_order(self):
        picking = self._send("P1")
        self._tell(("P1", "delivered", "2026-07-20 10:00:00", "c"))
        self._tell(
            ("P1", "in_transit", "2026-07-19 10:00:00", "b"),
            ("P1", "picked_up", "2026-07-18 10:00:00", "a"),
        )
        self.assertEqual(picking.tracking_state, "delivered")
        self.assertEqual(picking.delivered_at, datetime(2026, 7, 20, 10))
        self.assertEqual(picking.tracked_at, datetime(2026, 7, 20, 10))
        self.assertEqual(
            picking._get_shipment_events().mapped("state"),
            ["picked_up", "in_transit", "delivered"],
        )

    def test_what_came_after_the_delivery(self):
        picking = self._send("P1")
        self._tell(
            ("P1", "delivered", "2026-07-20 10:00:00", "a"),
            ("P1", "returning", "2026-07-22 10:00:00", "b"),
        )
        self.assertEqual(picking.tracking_state, "returning")
        self.assertTrue(picking.delivered_at, "it was there")
        # "delivered" was said by mistake
        self._tell(("P1", "failed", "2026-07-23 10:00:00", "c"))
        self.assertFalse(picking.delivered_at)

    def test_the_same_event_twice_is_one(self):
        self._send("P1")
        event = ("P1", "picked_up", "2026-07-18 10:00:00", "a")
        first, _problems = self._tell(event, event)
        again, _problems = self._tell(event)
        self.assertEqual((len(first), len(again)), (1, 0))
        values = {**first._prepare_meaning_vals(), "source": "user"}
        values["external_id"] = "a"
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.env["shipment.event"].sudo().create(values)

    def test_history_is_never_changed(self):
        self._send("P1")
        event, _problems = self._tell(("P1", "failed", "2026-07-18 10:00:00", "a"))
        with self.assertRaises(UserError):
            event.write({"state": "delivered"})
        with self.assertRaises(UserError):
            event.unlink()
        with self.assertRaises(UserError):
            self.env["shipment.event"].with_user(self.users["manager"]).create({})

    def test_codes_that_nobody_knows_wait_for_a_meaning(self):
        picking = self._send("P1")
        self._tell(("P1", "Hub 17 ok", "2026-07-18 10:00:00", "a"))
        self.assertEqual(picking.tracking_state, "created")
        self.assertEqual(picking.tracked_at, datetime(2026, 7, 18, 10))
        row = self.carrier.status_map_ids
        self.assertEqual((row.code, row.state), ("HUB 17 OK", False))
        self._tell(("P1", "hub  17 OK", "2026-07-18 11:00:00", "b"))
        self.assertEqual(len(self.carrier.status_map_ids), 1)
        row.state = "in_transit"
        self.assertEqual(picking.tracking_state, "in_transit")
        # shown once each, kept twice
        self.assertEqual(picking.shipment_event_ids.mapped("state"), ["in_transit"] * 2)
        row.state = "delivered"
        self.assertEqual(picking.tracking_state, "in_transit", "what is known stays")

    def test_codes_with_a_meaning(self):
        self.env["delivery.carrier.status.map"].create(
            {"carrier_id": self.carrier.id, "code": "d9", "state": "delivered"}
        )
        picking = self._send("P1")
        self._tell(("P1", "D9", "2026-07-18 10:00:00", "a"))
        self.assertEqual(picking.tracking_state, "delivered")

    def test_parcels_that_nobody_knows_are_told(self):
        self._send("P1", self.express)
        events, problems = self._tell(("P1", "delivered", "2026-07-18 10:00:00", "a"))
        self.assertFalse(events)
        self.assertIn("P1", problems[0])

    def test_several_numbers_and_several_deliveries(self):
        one, two = self._send("P1,P2"), self._send("P3")
        two.carrier_tracking_ref = "P1"
        self._tell(("P2", "picked_up", "2026-07-18 10:00:00", "a"))
        self.assertEqual(one.tracking_state, "picked_up")
        self.assertEqual(two.tracking_state, "created")

    def test_a_number_is_for_one_address(self):
        self._send("P1")
        twin = self.partner.copy({"name": self.partner.name})
        self._send("P1", partner_id=twin.id)
        other = self.partner.copy({"street": "1 Elsewhere"})
        picking = self._send(partner_id=other.id)
        with self.assertRaisesRegex(ValidationError, "P1"):
            picking.carrier_tracking_ref = "P1"
        picking.carrier_tracking_ref = False
        with self.assertRaises(ValidationError):
            picking.carrier_tracking_ref = "P7, P1"
        picking.carrier_tracking_ref = False
        self.carrier.is_tracking_unique = False
        picking.carrier_tracking_ref = "P1"
        self._send("P1", self.express, partner_id=other.id)

    def test_delivered_is_told_to_order_invoice_and_customer(self):
        order = self._make_order(
            2, carrier_id=self.carrier.id, sale_channel_id=self._make_channel().id
        )
        first = order.picking_ids
        self._ship(first, 1)
        second = order.picking_ids - first
        self._ship(second)
        first.carrier_tracking_ref, second.carrier_tracking_ref = "P1", "P2"
        order.invoice_due_at = False
        told = []
        with patch.object(
            type(order),
            "_tell_customer",
            lambda self, event, key=None: told.append((self, event, key)),
        ):
            self._tell(("P1", "delivered", "2026-07-20 10:00:00", "a"))
            self.assertFalse(order.invoice_due_at, "one is still on its way")
            self._tell(("P2", "delivered", "2026-07-20 10:00:00", "b"))
        self.assertEqual(
            told,
            [(order, "delivered", first.name), (order, "delivered", second.name)],
        )
        self.assertLessEqual(order.invoice_due_at, fields.Datetime.now())
        events = order.event_ids.filtered(lambda event: event.kind == "shipment")
        self.assertEqual(
            events.sorted("id").mapped("to_state"), ["delivered_part", "delivered"]
        )
        self.assertEqual(events.sorted("id")[-1].to_label, "Delivered")

    def _make_channel(self):
        return self.env["sale.channel"].create(
            {
                "name": "Shop",
                "company_id": self.company.id,
                "invoice_policy": "delivery",
                "invoice_delivery_days": 7,
            }
        )

    def test_a_failed_delivery_is_somebodys_task(self):
        seller = self.users["clerk"]
        picking = self._send("P1", user_id=seller.id)
        self._tell(("P1", "failed", "2026-07-18 10:00:00", "a"))
        activity = picking.activity_ids
        self.assertEqual(activity.user_id, seller)
        self._tell(("P1", "out_for_delivery", "2026-07-19 08:00:00", "b"))
        self._tell(("P1", "failed", "2026-07-19 10:00:00", "c"))
        self.assertEqual(picking.activity_ids, activity, "one is enough")
        self._tell(("P1", "delivered", "2026-07-20 10:00:00", "d"))
        self.assertFalse(picking.activity_ids)

    def test_shipped_without_a_scan(self):
        now = fields.Datetime.now()
        seen, unseen, fresh = (self._send(number) for number in ("P1", "P2", "P3"))
        (seen | unseen).date_done = now - timedelta(hours=49)
        self._tell(("P1", "picked_up", now - timedelta(hours=1), "a"))
        found = self.env["stock.picking"].search([("is_unscanned", "=", True)])
        mine = seen | unseen | fresh
        self.assertEqual(found & mine, unseen)
        self.assertEqual(mine.filtered("is_unscanned"), unseen)
        self.assertEqual(
            mine & found.search([("is_unscanned", "=", False), ("id", "in", mine.ids)]),
            seen | fresh,
        )
        self.carrier.no_scan_hours = 72
        self.assertFalse(found.search([("is_unscanned", "=", True)]) & mine)

    def test_late_deliveries(self):
        past = fields.Datetime.now() - timedelta(days=1)
        there, gone, good = (self._send(number) for number in ("P1", "P2", "P3"))
        (there | gone).deliver_by = past
        self._tell(("P1", "delivered", fields.Datetime.now(), "a"))
        waiting = self._make_order(commitment_date=past).picking_ids
        mine = there | gone | good | waiting
        found = mine.search([("is_late_delivery", "=", True)])
        self.assertEqual(found & mine, gone | waiting)
        self.assertEqual(mine.filtered("is_late_delivery"), gone | waiting)
        self.assertEqual(there.punctuality, "late")

    def test_a_person_records_what_she_knows(self):
        picking = self._send("P1")
        seller = picking.with_user(self.users["clerk"])
        action = seller.action_record_shipment()
        wizards = self.env["shipment.event.add"].with_user(self.users["clerk"])
        with Form(wizards.with_context(**action["context"])) as form:
            form.state = "delivered"
            form.text = "Left with the neighbour"
        form.record.action_record()
        self.assertEqual(picking.tracking_state, "delivered")
        event = picking.shipment_event_ids
        self.assertEqual((event.source, event.user_id), ("user", self.users["clerk"]))
        with self.assertRaises(UserError):
            incoming = (
                self.env["stock.picking"].search(
                    [("picking_type_id.code", "=", "incoming")], limit=1
                )
                or self._make_incoming()
            )
            incoming.action_record_shipment()
        form.record.event_at = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "not happened"):
            form.record.action_record()

    def _make_incoming(self):
        return self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
            }
        )

    def test_who_sees_what(self):
        picking = self._send("P1")
        event, _problems = self._tell(("P1", "odd", "2026-07-18 10:00:00", "a"))
        stranger_company = self.env["res.company"].create({"name": "Neighbour"})
        stranger = new_test_user(
            self.env,
            "shipment_neighbour",
            groups="order_management.group_manager",
            company_id=stranger_company.id,
            company_ids=[(6, 0, stranger_company.ids)],
        )
        mine = event.with_user(self.users["clerk"])
        self.assertEqual(mine.code, "ODD")
        theirs = event.with_user(stranger).with_context(
            allowed_company_ids=stranger_company.ids
        )
        self.assertFalse(theirs.search([("id", "=", event.id)]))
        row = self.carrier.status_map_ids
        with self.assertRaises(AccessError):
            row.with_user(self.users["clerk"]).state = "delivered"
        with self.assertRaises(AccessError):
            row.with_user(self.users["storekeeper"]).read(["code"])
        row.with_user(self.users["manager"]).state = "delivered"
        self.assertEqual(picking.tracking_state, "delivered")
        carrier = self.carrier.with_user(self.users["manager"])
        with self.assertRaises(AccessError):
            carrier.read(["webhook_url"])
        with self.assertRaises(AccessError):
            carrier.write({"webhook_token": "mine"})
        with self.assertRaises(AccessError):
            carrier.action_new_webhook_secret()

    def test_accounting_opens_deliveries(self):
        """Odoo shows deliveries to accounting: our page on them keeps nobody out."""
        picking = self._send("P1")
        self._tell(("P1", "picked_up", "2026-07-18 10:00:00", "a"))
        for name in ("invoice", "readonly"):
            user = new_test_user(
                self.env,
                f"shipment_{name}",
                groups=f"base.group_user,account.group_account_{name}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            self.env.flush_all()
            self.env.invalidate_all()
            [values] = picking.with_user(user).read(["shipment_event_ids"])
            events = self.env["shipment.event"].browse(values["shipment_event_ids"])
            self.assertEqual(
                events.with_user(user).read(["code"])[0]["code"], "PICKED_UP"
            )

    def test_a_carrier_that_can_be_asked(self):
        picking = self._send("P1")
        asked = []

        def answer(carrier, pickings):
            asked.append(pickings)
            event = {
                "tracking": "P1",
                "status": "delivered",
                "event_at": datetime(2026, 7, 20, 10),
            }
            return [event]

        carriers = type(self.carrier)
        with patch.object(carriers, "fixed_get_tracking_events", answer, create=True):
            self.carrier._poll_tracking()
            self.assertEqual(picking.tracking_state, "delivered")
            self.carrier._poll_tracking()
        self.assertEqual(len(asked), 1, "what arrived is not asked about")
        self.assertEqual(self.carrier._get_tracking_events(picking), [])

    def test_everybody_has_a_turn(self):
        """However many there are, and whatever the carrier answers."""
        pickings = self.env["stock.picking"].concat(
            *(self._send(f"P{number}") for number in range(3))
        )
        asked = []

        def answer(carrier, some):
            asked.append(some)
            raise UserError(self.env._("Down"))

        module = "odoo.addons.order_management.models.delivery_carrier_tracking"
        name = "fixed_get_tracking_events"
        with (
            patch.object(type(self.carrier), name, answer, create=True),
            patch(f"{module}._POLL_SIZE", 2),
        ):
            for _time in range(2):
                # assertRaises would undo whose turn it was
                with suppress(UserError):
                    self.carrier._poll_tracking()
            self.assertEqual(asked[0] | asked[1], pickings)
            past = fields.Datetime.now() - timedelta(hours=1)
            self.assertEqual(self.carrier._poll_tracking(before=past), 0)

    def test_a_hundred_events_cost_no_more_than_a_few(self):
        pickings = [self._send(f"P{number}") for number in range(25)]
        self._tell(("P0", "picked_up", "2026-07-17 10:00:00", "warm"))

        states = ("picked_up", "in_transit", "in_transit", "out_for_delivery")

        def tell(numbers, key):
            self.env.flush_all()
            self.env.invalidate_all()
            with collect_statements(self.cr) as seen:
                self._tell(
                    *[
                        (
                            f"P{number}",
                            state,
                            f"2026-07-18 1{hour}:00:00",
                            f"{key}{hour}",
                        )
                        for number in numbers
                        for hour, state in enumerate(states)
                    ]
                )
                self.env.flush_all()
            return seen

        few = tell([0], "few")
        many = tell(range(25), "many")
        self.assertEqual(
            {picking.tracking_state for picking in pickings}, {"out_for_delivery"}
        )
        self.assertLessEqual(many.total(), few.total() + 12, many.describe(few))
