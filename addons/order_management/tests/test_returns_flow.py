# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: the way of returned goods, from approval to inspection."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .returns_common import ReturnsCase


@tagged("post_install", "-at_install")
class TestReturnsFlow(ReturnsCase):
    # ------------------------------------------------------------ one counter

    def test_wizard_then_form(self):
        """What the stock wizard brought back cannot come back by a return, and the
        other way round; open ones count as well as done ones."""
        order = self._sold_order(10)
        picking = order.picking_ids
        self._return(picking, 3)
        self.assertEqual(self._left(order), 7)
        record = self._ask(order, 4)
        self.assertEqual(self._left(order), 3, "asked for is taken")
        record.action_approve()
        self.assertEqual(self._left(order), 3, "its transfer is not counted twice")
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        self.assertEqual(wizard.product_return_moves.remaining_qty, 3)
        wizard.product_return_moves.quantity = 4
        with self.assertRefused("7", "8", record.name):
            wizard.action_create_returns()
        wizard.product_return_moves.quantity = 3
        opened = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.assertEqual(self._left(order), 0)
        with self.assertRefused("7", "8", opened.name):
            self._ask(order, 1).action_approve()
        opened.action_cancel()
        self.assertEqual(self._left(order), 3)
        record.action_receive()
        self.assertEqual(self._left(order), 3)
        self.assertEqual(order.order_line.returning_qty, 0)

    def test_return_all_in_the_wizard(self):
        order = self._sold_order(10)
        self._ask(order, 4)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        action = wizard.action_create_returns_all()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(back.move_ids.product_uom_qty, 6)
        self.assertFalse(back.channel_return_id)

    def test_never_shipped_and_too_much(self):
        order = self._make_order(10, product=self.by_delivery)
        with self.assertRefused("never shipped", order.name):
            self._ask(order, 1).action_approve()
        self._ship(order.picking_ids, 4)
        with self.assertRefused("4"):
            self._ask(order, 5).action_approve()
        self._ask(order, 4).action_approve()

    def test_another_customers_order(self):
        order = self._sold_order(2)
        record = self._ask(order, 1)
        record.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRefused("Stranger", order.name):
            record.action_approve()

    def test_more_arrives_than_was_shipped(self):
        order = self._sold_order(5)
        record = self._ask(order, 5)
        record.action_approve()
        move = record.picking_ids.move_ids
        move.quantity = 6
        move.picked = True
        with self.assertRefused("1 more would come back"):
            record.picking_ids.button_validate()

    def test_more_arrives_than_was_agreed(self):
        """What is in the parcel counts, as long as it was shipped."""
        order = self._sold_order(5)
        record = self._ask(order, 2)
        record.action_approve()
        record.line_ids.arriving_qty = 3
        record.line_ids.action_receive()
        self.assertEqual(record.line_ids.received_qty, 3)
        self.assertEqual(record.state, "received")
        self.assertEqual(self._left(order), 2)

    # ------------------------------------------------------------ receiving

    def test_several_orders_one_header(self):
        orders = self._sold_order(3) | self._sold_order(4)
        record = self._ask(orders[0], 2)
        record.line_ids = [
            Command.create(
                {
                    "order_id": orders[1].id,
                    "sale_line_id": orders[1].order_line.id,
                    "requested_qty": 4,
                    "reason_id": self.reason.id,
                }
            )
        ]
        record.action_approve()
        self.assertEqual(record.state, "to_receive")
        self.assertEqual(len(record.picking_ids), 2)
        self.assertEqual(
            record.picking_ids.move_ids.origin_returned_move_id,
            orders.picking_ids.filtered(lambda p: not p.channel_return_id).move_ids,
        )
        record.action_receive()
        self.assertEqual(record.state, "received")
        self.assertEqual(record.line_ids.mapped("received_qty"), [2, 4])

    def test_arrives_in_two_parcels(self):
        order = self._sold_order(5)
        record = self._ask(order, 4)
        record.action_approve()
        record.line_ids.arriving_qty = 1
        record.line_ids.action_receive()
        self.assertEqual(
            (record.state, record.line_ids.received_qty), ("to_receive", 1)
        )
        self.assertEqual(record.line_ids.expected_qty, 3)
        with self.assertRaises(UserError):
            record.action_cancel()
        record.action_receive()
        self.assertEqual((record.state, record.line_ids.received_qty), ("received", 4))

    def test_not_for_sale_until_inspected(self):
        order = self._sold_order(10)
        product = self.by_delivery
        free = product._get_available_to_promise(self.warehouse)[product.id]
        plain = product.with_context(warehouse_id=self.warehouse.id).free_qty
        record = self._arrive(order, 3)
        self.assertEqual(
            product._get_available_to_promise(self.warehouse)[product.id], free
        )
        product.invalidate_recordset()
        self.assertEqual(
            product.with_context(warehouse_id=self.warehouse.id).free_qty, plain
        )
        place = self.warehouse.return_location_id
        self.assertEqual(self._stock_of(product, place), 3)
        record.action_accept_all()
        self.assertEqual(self._stock_of(product, place), 0)
        self.assertEqual(
            product._get_available_to_promise(self.warehouse)[product.id], free + 3
        )
        self.assertEqual(record.state, "closed")

    def test_warehouse_without_inspection(self):
        self.warehouse.is_return_inspected = False
        order = self._sold_order(10)
        before = self._stock_of(self.by_delivery, self.stock)
        record = self._arrive(order, 3)
        self.assertEqual(self._stock_of(self.by_delivery, self.stock), before + 3)
        self.assertEqual(record.state, "closed")
        self.assertEqual(record.line_ids.accepted_qty, 3)

    def test_cancel_takes_the_transfer_along(self):
        order = self._sold_order(5)
        record = self._ask(order, 4)
        record.action_approve()
        record.action_cancel()
        self.assertEqual(record.picking_ids.state, "cancel")
        self.assertEqual(self._left(order), 5)

    def test_rights(self):
        order = self._sold_order(5)
        record = self._ask(order, 2)
        with self.assertRaises(AccessError):
            self._as(record, "clerk").action_approve()
        self._as(record, "reviewer").action_approve()
        record.with_user(self.store).action_receive()
        record.with_user(self.store).action_accept_all()
        self.assertEqual(record.line_ids.accepted_qty, 2)
        self.assertEqual(record.line_ids.inspection_ids.user_id, self.store)
        with self.assertRaises(AccessError):
            self._as(record, "clerk").action_settle()

    def test_warehouse_enters_what_arrived(self):
        """And nothing else of a return's lines."""
        order = self._sold_order(5)
        record = self._ask(order, 2)
        record.action_approve()
        line = record.line_ids.with_user(self.store)
        line.arriving_qty = 1
        for values in ({"refund_amount": 9}, {"reason_id": self.defect.id}):
            with self.assertRaises(AccessError):
                line.write(values)
        line.action_receive()
        self.assertEqual(line.received_qty, 1)

    @mute_logger("odoo.sql_db")
    def test_less_than_nothing_arrives(self):
        """Refused where it is typed, not later in the words of an empty transfer."""
        record = self._ask(self._sold_order(5), 2)
        record.action_approve()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            record.line_ids.arriving_qty = -1
            self.env.flush_all()

    def test_nothing_is_counted_by_hand(self):
        """Neither what arrived nor what was decided on is written past the buttons."""
        order = self._sold_order(5)
        record = self._ask(order, 2, kind="repair")
        record.action_approve()
        mine = self._as(record, "clerk")
        for values in (
            {"received_qty": 2},
            {"inspected_qty": 0},
            {"accepted_qty": 0},
            {"credit_qty": 2},
        ):
            with self.assertRefused("is decided"):
                mine.line_ids.write(values)
        for values in ({"return_type": "refund_only"}, {"goods_back": False}):
            with self.assertRefused("is decided"):
                mine.write(values)
        mine.return_carrier = "GHN"

    # ------------------------------------------------------------ what else happens

    def test_history_only(self):
        """Goods that another system shipped come back without a delivery here."""
        order = self._make_order(3, product=self.by_delivery, confirm=False)
        order.write({"state": "sale", "is_channel_history": True})
        record = self._ask(order, 2)
        record.action_approve()
        self.assertEqual(record.state, "to_receive")
        record.action_receive()
        self.assertEqual(record.line_ids.received_qty, 2)
        self.assertEqual(self._left(order), 1)

    def test_approved_before_it_left(self):
        """A channel may approve what is shipped later: it can be received then."""
        order = self._make_order(3, product=self.by_delivery)
        record = self._ask(order, 2)
        told = record.with_context(order_management_source="channel")
        told._transition("approved")
        told._transition("to_receive")
        with self.assertRefused("Nothing is expected"):
            record.action_receive()
        self._ship(order.picking_ids)
        record.with_user(self.store).action_receive()
        self.assertEqual((record.state, record.line_ids.received_qty), ("received", 2))

    def test_deleted_wish_asks_for_nothing(self):
        order = self._sold_order(5)
        record = self._ask(order, 2)
        self.assertEqual(order.order_line.returning_qty, 2)
        record.unlink()
        self.assertEqual(order.order_line.returning_qty, 0)
        self.assertEqual(self._left(order), 5)

    def test_duplicated_transfer_is_no_return(self):
        """A copy of the transfer brings nothing of the return; a backorder does."""
        order = self._sold_order(5)
        record = self._ask(order, 2)
        record.action_approve()
        copied = record.picking_ids.copy()
        self.assertFalse(copied.move_ids.channel_return_line_id)
        self.assertFalse(copied.channel_return_id)
        record.line_ids.arriving_qty = 1
        record.action_receive()
        self.env.invalidate_all()
        self.assertEqual(len(record.picking_ids), 2, "one of them the backorder")
        record.action_receive()
        self.assertEqual(record.line_ids.received_qty, 2)

    def test_screens_lead_both_ways(self):
        order = self._sold_order(4)
        record = self._arrive(order, 1)
        domain = record.action_view_pickings()["domain"]
        picking = self.env["stock.picking"].search(domain)
        self.assertEqual(picking.channel_return_id, record)
        self.assertEqual(picking.action_view_channel_return()["res_id"], record.id)
        record.action_accept_all()
        domain = record.action_view_inspections()["domain"]
        self.assertTrue(self.env["channel.return.inspection"].search(domain))

    def test_counting_costs_the_same(self):
        """One return or fifty: the same number of queries to approve ten lines."""
        order = self._make_order(*[2] * 10, product=self.by_delivery, confirm=False)
        order.action_confirm()
        self._ship(order.picking_ids)
        lines = order.order_line

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._book_returns()
            return self.env.cr.sql_log_count - before

        count(lines)
        self.assertLessEqual(count(lines), count(lines[0]) + 3)
