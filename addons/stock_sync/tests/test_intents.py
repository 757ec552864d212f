# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..channels import errors
from .common import StockSyncCommon, ago


class ShippingCase(StockSyncCommon):
    """Orders of a shop that are shipped here."""

    def setUp(self):
        super().setUp()
        self._add_stock(20)
        self.channel.approval_mode = "none"

    def _import(self, external_id="O1", **payload):
        self.shop.add_order(external_id, ago(minutes=5), **payload)
        self.poll()
        row = self.find_rows(external_id)
        row.action_process()
        self.assertEqual(row.state, "imported", row.error)
        order = row.sale_order_id
        order.action_confirm()
        return order

    def _ship(self, order, quantity=None, tracking="T1"):
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        picking.action_assign()
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        picking.carrier_tracking_ref = tracking
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def _send(self, intent):
        """As the job would: it sees what was committed."""
        self.env.flush_all()
        intent._job_send()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestIntents(ShippingCase):
    """SS-7, invariant 6: shops hear of parcels and cancellations, once."""

    def test_ship(self):
        picking = self._ship(self._import())
        intent = picking.intent_ids
        self.assertEqual(intent.state, "planned")
        self.assertEqual(picking.intent_state, "planned")
        self.assertFalse(self.shop.shipments, "the warehouse does not wait for a shop")
        self._send(intent)
        [shipment] = self.shop.shipments
        self.assertEqual(shipment.order_external_id, "O1")
        self.assertEqual(shipment.lines, ((("O1-1",), 2),))
        self.assertEqual(shipment.tracking, "T1")
        self.assertTrue(shipment.is_last)
        self.assertEqual(picking.intent_state, "done")
        self.assertEqual(intent.result_ref, "P1")

    def test_partial(self):
        order = self._import()
        first = self._ship(order, 1)
        second = self._ship(order, tracking="T2")
        self._send((first | second).intent_ids.sorted("id")[0])
        self._send((first | second).intent_ids.sorted("id")[1])
        told = [(one.lines[0][1], one.is_last) for one in self.shop.shipments]
        self.assertEqual(told, [(1, False), (1, True)])

    def test_one_line_for_each_unit(self):
        """Lazada-like: three units are three ids; each is told once."""
        line = {
            "external_id": "A",
            "external_ids": ["A", "B", "C"],
            "sku": self.shop.sku,
            "quantity": "3",
            "unit_price": "40",
        }
        order = self._import(
            lines=[line], total="120", payment={"state": "paid", "amount": "120"}
        )
        first, second = self._ship(order, 2), self._ship(order, tracking="T2")
        self.assertEqual(first.intent_ids.payload["lines"], [[["A", "B"], 2]])
        self.assertEqual(second.intent_ids.payload["lines"], [[["C"], 1]])

    def test_no_answer_looks_first(self):
        """The call may have worked although nobody answered."""
        picking = self._ship(self._import())
        intent = picking.intent_ids
        self.shop.faults["ship"] = [errors.Unavailable("cut off")]
        self._send(intent)
        self.assertEqual(intent.state, "unknown")
        # the parcel is there
        self.shop.orders["O1"]["shipments"] = [{"tracking": "T1"}]
        intent.next_at = False
        self._send(intent)
        self.assertEqual(intent.state, "done")
        self.assertFalse(self.shop.shipments, "it is not told twice")

    def test_killed_in_the_middle(self):
        """A worker died after the call had begun: it is taken up, looking first."""
        intent = self._ship(self._import()).intent_ids
        self.assertTrue(intent._claim())
        intent.invalidate_recordset()
        self.assertEqual(intent.state, "sent")
        self.assertFalse(intent._claim(), "somebody may still be at it")
        intent.sent_at = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        self.shop.orders["O1"]["shipments"] = [{"tracking": "T1"}]
        self._send(intent)
        self.assertEqual(intent.state, "done")
        self.assertFalse(self.shop.shipments)

    def test_already_done(self):
        intent = self._ship(self._import()).intent_ids
        self.shop.faults["ship"] = [errors.AlreadyDone("known")]
        self._send(intent)
        self.assertEqual(intent.state, "done")

    def test_refused_and_retry(self):
        picking = self._ship(self._import())
        intent = picking.intent_ids
        self.shop.faults["ship"] = [errors.Refused("order is locked")]
        self._send(intent)
        self.assertEqual(picking.intent_state, "failed")
        self.assertIn("order is locked", picking.intent_error)
        self.assertIn("intent", self.channel.activity_ids.mapped("sync_kind"))
        warehouse = self._create_user("warehouse")
        picking.with_user(warehouse).action_retry_intents()
        self._send(intent)
        self.assertEqual(picking.intent_state, "done")

    def test_gives_up(self):
        intent = self._ship(self._import()).intent_ids
        self.shop.faults["ship"] = [errors.RateLimited("slow")] * 8
        for _try in range(8):
            intent.next_at = False
            self._send(intent)
        self.assertEqual((intent.state, intent.attempts), ("failed", 8))

    def test_crash_is_a_failure(self):
        intent = self._ship(self._import()).intent_ids
        self.shop.faults["ship"] = [KeyError("carrier")]
        with mute_logger("odoo.addons.stock_sync.models.channel_intent"):
            self._send(intent)
        self.assertEqual(intent.state, "failed")

    def test_plain_orders_tell_nobody(self):
        order = self._create_order()
        order.action_confirm()
        self.assertFalse(self._ship(order).intent_ids)

    def test_switched_off(self):
        self.channel.sync_ship = False
        self.assertFalse(self._ship(self._import()).intent_ids)

    def test_cancel_is_opt_in(self):
        self._import()._action_cancel()
        self.assertFalse(self.env["channel.intent"].search([("kind", "=", "cancel")]))

    def test_cancel(self):
        self.channel.sync_cancel = True
        order = self._import()
        order.with_context(stock_sync_cancel_reason="out_of_stock")._action_cancel()
        intent = self.env["channel.intent"].search([("order_id", "=", order.id)])
        self._send(intent)
        [told] = self.shop.cancellations
        self.assertEqual((told.order_external_id, told.reason), ("O1", "out_of_stock"))

    def test_cancelled_by_the_shop_is_not_told_back(self):
        self.channel.sync_cancel = True
        order = self._import()
        self.shop.add_order("O1", ago(seconds=1), status="cancelled")
        self.poll()
        self.find_rows("O1").action_process()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self.env["channel.intent"].search([("kind", "=", "cancel")]))

    def test_paused_waits(self):
        intent = self._ship(self._import()).intent_ids
        self.channel.action_pause()
        self._send(intent)
        self.assertEqual(intent.state, "planned")
        self.assertFalse(self.shop.shipments)

    def test_number_that_comes_late(self):
        """SS-7: the shop hears of it once, and of a changed one once more."""
        picking = self._ship(self._import(), tracking=False)
        self._send(picking.intent_ids)
        picking.carrier_tracking_ref = "T9"
        late = picking.intent_ids - picking.intent_ids.filtered(
            lambda intent: intent.kind == "ship"
        )
        self.assertEqual((late.kind, late.state), ("track", "planned"))
        picking.carrier_tracking_ref = "T10"
        self.assertEqual(len(picking.intent_ids), 2, "not sent yet: the same message")
        self._send(late)
        picking.carrier_tracking_ref = "T10"
        self.assertEqual(len(picking.intent_ids), 2, "told already")
        [(shipment, old)] = self.shop.changes
        self.assertEqual((shipment.tracking, old), ("T10", ""))
        picking.carrier_tracking_ref = "T11"
        self._send(picking.intent_ids.sorted("id")[-1])
        self.assertEqual(
            [(one.tracking, old) for one, old in self.shop.changes],
            [("T10", ""), ("T11", "T10")],
        )
        self.assertEqual(len(self.shop.shipments), 1)

    def test_late_number_waits_for_the_parcel(self):
        picking = self._ship(self._import())
        told = picking.intent_ids
        self.shop.faults["ship"] = [errors.Unavailable("cut off")]
        self._send(told)
        self.assertEqual(told.state, "unknown")
        picking.carrier_tracking_ref = "T2"
        late = picking.intent_ids - told
        self._send(late)
        self.assertEqual(late.state, "planned")
        self.assertFalse(self.shop.changes)
        told.next_at = late.next_at = False
        self._send(told)
        self._send(late)
        self.assertEqual((told.state, late.state), ("done", "done"))
        self.assertEqual(self.shop.changes[0][1], "T1")

    def test_late_number_that_the_shop_does_not_take(self):
        self.use_capabilities(late_tracking=False)
        picking = self._ship(self._import())
        self._send(picking.intent_ids)
        picking.carrier_tracking_ref = "T2"
        self.assertEqual(len(picking.intent_ids), 1)
        self.assertIn("takes no other one", picking.message_ids[0].body)

    def test_label(self):
        picking = self._ship(self._import())
        self._send(picking.intent_ids)
        packer = self._create_user("warehouse")
        self.assertTrue(picking.with_user(packer).has_channel_label)
        action = picking.with_user(packer).action_channel_label()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertIn(str(attachment.id), action["url"])
        self.assertEqual(attachment.raw, b"%PDF-1.4 label")
        picking.action_channel_label()
        self.assertEqual(self.shop.calls["get_label"], 1, "printed again from here")
        self.assertEqual(picking._get_channel_parcel(self.env["channel.order"]), "P1")

    def test_label_that_is_not_ready(self):
        picking = self._ship(self._import())
        self.shop.faults["get_label"] = [errors.Unavailable("pending")]
        with self.assertRaisesRegex(UserError, "not ready. Try again"):
            picking.action_channel_label()
        self.use_capabilities(labels=False)
        picking.invalidate_recordset()
        self.assertFalse(picking.has_channel_label)
        with self.assertRaisesRegex(UserError, "No label to fetch"):
            picking.action_channel_label()
