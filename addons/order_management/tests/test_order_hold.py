# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .availability_common import AvailabilityCommon


@tagged("post_install", "-at_install", "meets_others")
class TestOrderHold(AvailabilityCommon):
    """OM-30: goods of quotations are held, and reserved at confirmation."""

    def setUp(self):
        super().setUp()
        self._add_stock(10)
        self.cup = self._create_product("Cup")
        self._add_stock(5, self.cup)
        self.tomorrow = fields.Datetime.now() + timedelta(days=1)

    def _reserved(self, product=None):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", (product or self.product).id),
                ("location_id", "child_of", self.warehouse.view_location_id.id),
            ]
        )
        return sum(quants.mapped("reserved_quantity"))

    # what may be held

    def test_no_more_than_there_is(self):
        self._hold(7)
        message = "4 Units asked for, 3 can be promised"
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            self._hold(4)
        self.assertEqual(self._hold(3).state, "active")
        with self.assertRaisesRegex(UserError, "0 can be promised"):
            self._hold(1)

    def test_more_is_checked_less_is_not(self):
        hold = self._hold(4)
        self._hold(6)
        with self.assertRaisesRegex(UserError, "not enough to hold"):
            hold.quantity = 5
        hold.quantity = 3
        self.assertEqual(self._promise(), 1)
        hold.write({"product_id": self.cup.id})
        self.assertEqual(self._promise(), 4)
        with self.assertRaisesRegex(UserError, "not enough to hold"):
            hold.warehouse_id = self.second

    def test_what_ran_out_is_asked_for_again(self):
        hold = self._hold(8, kind="cart", expires_at=self.tomorrow)
        with freeze_time(self.tomorrow + timedelta(hours=1)):
            self._hold(5)
            with self.assertRaisesRegex(UserError, "not enough to hold"):
                hold.expires_at = self.tomorrow + timedelta(days=1)
            hold.write({"quantity": 5, "expires_at": self.tomorrow + timedelta(days=1)})

    def test_extending_needs_no_stock(self):
        """What is held stays held, even when goods got lost meanwhile."""
        hold = self._hold(8, kind="cart", expires_at=self.tomorrow)
        self._add_stock(-6)
        hold.expires_at = self.tomorrow + timedelta(days=1)
        self.assertEqual(self._promise(), -4)

    # reservations keep off

    def test_reservation_leaves_what_is_held(self):
        self._hold(7)
        order = self._create_lines_order((self.product, 5), (self.cup, 5))
        order.action_confirm()
        lamp, cup = order.order_line.move_ids
        self.assertEqual((lamp.quantity, lamp.state), (3, "partially_available"))
        self.assertEqual((cup.quantity, cup.state), (5, "assigned"))
        self.env["stock.hold"].search(
            [("product_id", "=", self.product.id)]
        ).action_release()
        lamp._action_assign()
        self.assertEqual((lamp.quantity, lamp.state), (5, "assigned"))

    def test_two_moves_of_one_call_share_the_room(self):
        self._hold(6)
        for _number in range(2):
            self._create_move(
                self.product, 3, self.warehouse.lot_stock_id, self.customers
            )
        self.assertEqual(self._reserved(), 4)
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        moves._do_unreserve()
        moves._action_assign()
        self.assertEqual(self._reserved(), 4)

    def test_other_warehouse_is_not_bound(self):
        self._add_stock(5, warehouse=self.second)
        self._hold(5, warehouse=self.second)
        order = self._create_lines_order((self.product, 10))
        order.action_confirm()
        self.assertEqual(order.order_line.move_ids.quantity, 10)

    def test_goods_brought_by_an_earlier_step_are_ones_own(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_lines_order((self.product, 6))
        order.action_confirm()
        pick = order.order_line.move_ids
        self._hold(4)
        pick.picked = True
        pick._action_done()
        ship = order.picking_ids.move_ids - pick
        self.assertEqual((ship.quantity, ship.state), (6, "assigned"))
        ship._do_unreserve()
        ship._action_assign()
        self.assertEqual(ship.quantity, 6)

    # orders

    def _hold_order(self, order, **values):
        wizard = self.env["sale.order.hold"].with_context(
            **order.action_hold()["context"]
        )
        return wizard.create({"expires_at": self.tomorrow, **values}).action_hold()

    def test_button_holds_all_lines(self):
        service = self._create_product(type="service", is_storable=False)
        order = self._create_lines_order(
            (self.product, 4), (self.cup, 5), (service, 1), (self.product, 2)
        )
        self.assertTrue(order.can_hold)
        self._hold_order(order)
        self.assertEqual(order.hold_count, 3)
        self.assertEqual(order.held_until, self.tomorrow)
        self.assertEqual(sorted(order.hold_ids.mapped("quantity")), [2, 4, 5])
        self.assertEqual(self._promise(), 4)
        self.assertEqual(self._promise(self.cup), 0)

    def test_button_holds_all_or_nothing(self):
        order = self._create_lines_order((self.product, 4), (self.cup, 9))
        with self.assertRaisesRegex(UserError, "Missing:\n.*4 Units of Cup"):
            self._hold_order(order)
        self._hold_order(order, is_partial=True)
        self.assertEqual(order.hold_ids.mapped("quantity"), [4, 5])

    def test_button_refuses(self):
        order = self._create_lines_order((self.product, 4))
        with self.assertRaisesRegex(UserError, "has passed"):
            self._hold_order(order, expires_at=self._in(hours=-1))
        service = self._create_product(type="service", is_storable=False)
        with self.assertRaisesRegex(UserError, "Nothing of these orders"):
            self._hold_order(self._create_lines_order((service, 1)))
        order.action_confirm()
        self.assertFalse(order.can_hold)
        with self.assertRaisesRegex(UserError, "not a quotation any more"):
            order.action_hold()

    def test_default_end(self):
        self.company.hold_hours = 6
        with freeze_time("2026-03-01 10:00:00"):
            form = Form(
                self.env["sale.order.hold"]
                .with_company(self.company)
                .with_context(default_order_ids=self._create_order().ids)
            )
            self.assertEqual(
                form.expires_at, fields.Datetime.to_datetime("2026-03-01 16:00:00")
            )

    def test_again_brings_up_to_date(self):
        """Extended, lowered, raised and dropped with the order's lines."""
        order = self._create_lines_order((self.product, 4), (self.cup, 2))
        self._hold_order(order)
        lamp, cup = order.hold_ids.sorted("id")
        later = self.tomorrow + timedelta(days=2)
        order.order_line[0].product_uom_qty = 7
        order.order_line[1].product_uom_qty = 1
        self._hold_order(order, expires_at=later)
        self.assertEqual((lamp | cup).mapped("quantity"), [7, 1])
        self.assertEqual(set(order.hold_ids.mapped("expires_at")), {later})
        self.assertEqual(len(order.hold_ids), 2)
        order.order_line[1].product_uom_qty = 0
        self._hold_order(order, expires_at=later)
        self.assertEqual((lamp | cup).mapped("state"), ["active", "released"])

    def test_short_line_keeps_what_it_has(self):
        order = self._create_lines_order((self.cup, 3))
        self._hold_order(order)
        order.order_line.product_uom_qty = 8
        missing = order._hold(self.tomorrow)
        self.assertEqual(missing, {order.order_line: {self.cup: 3}})
        self.assertEqual(order.hold_ids.mapped("quantity"), [3])

    def test_release(self):
        order = self._create_lines_order((self.product, 4))
        self._hold_order(order)
        clerk = self._create_user("clerk")
        order.with_user(clerk).action_release_holds()
        self.assertEqual(order.hold_ids.state, "released")
        self.assertFalse(order.held_until)
        self.assertEqual(self._promise(), 10)
        accountant = self._create_user("accountant")
        with self.assertRaises(AccessError):
            order.with_user(accountant).action_release_holds()

    def test_clerk_holds_by_button(self):
        clerk = self._create_user("clerk")
        order = self._create_lines_order((self.product, 4)).with_user(clerk)
        self.env = order.env
        self._hold_order(order)
        self.assertEqual(order.hold_ids.create_uid, clerk)

    def test_cancelled_and_deleted_orders_hold_nothing(self):
        orders = self.env["sale.order"]
        for _number in range(2):
            order = self._create_lines_order((self.product, 4))
            self._hold_order(order)
            orders |= order
        holds = orders.hold_ids
        orders[0]._action_cancel()
        orders[1].unlink()
        self.assertEqual(holds.sale_line_id, orders[0].order_line)
        self.assertEqual(set(holds.mapped("state")), {"released"})
        self.assertEqual(self._promise(), 10)

    def test_a_deleted_order_takes_its_lines_off_holds_first(self):
        """PostgreSQL's triggers would do it in the order of their names."""
        order = self._create_lines_order((self.product, 4))
        self._hold_order(order)
        holds = order.hold_ids
        order._unlink_release_holds()
        self.assertEqual(holds.order_id, order)
        self.assertFalse(holds.sale_line_id)

    def test_changed_and_deleted_lines_hold_nothing(self):
        order = self._create_lines_order((self.product, 4), (self.cup, 3))
        self._hold_order(order)
        holds = order.hold_ids.sorted("id")
        order.order_line[0].product_id = self._create_product("Plate")
        order.order_line[1].unlink()
        self.assertEqual(holds.mapped("state"), ["released"] * 2)

    # conversion

    def test_confirmation_turns_holds_into_reservations(self):
        order = self._create_lines_order((self.product, 8))
        self._hold_order(order)
        self._create_lines_order((self.product, 5)).action_confirm()
        self.assertEqual(self._reserved(), 2)
        order.action_confirm()
        self.assertEqual(order.hold_ids.state, "converted")
        self.assertEqual(order.order_line.move_ids.state, "assigned")
        self.assertEqual(self._reserved(), 10)
        self.assertEqual(self._promise(), -3)

    def test_reserved_whatever_the_method(self):
        """Held goods are reserved also where reservation is by hand or by date."""
        self._reserve_by_hand(self.warehouse)
        for steps in ("ship_only", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            self._reserve_by_hand(self.warehouse)
            order = self._create_lines_order((self.product, 4))
            self._hold_order(order)
            plain = self._create_lines_order((self.product, 1))
            (order | plain).action_confirm()
            self.assertEqual(order.order_line.move_ids.state, "assigned", steps)
            self.assertEqual(plain.order_line.move_ids.state, "confirmed", steps)

    def test_counted_once_at_every_moment(self):
        order = self._create_lines_order((self.product, 4))
        promises = [self._promise()]
        self._hold_order(order)
        promises.append(self._promise())
        order.action_confirm()
        promises.append(self._promise())
        order.order_line.move_ids.picked = True
        order.order_line.move_ids._action_done()
        promises.append(self._promise())
        self.assertEqual(promises, [10, 6, 6, 6])

    def test_more_than_was_held(self):
        order = self._create_lines_order((self.product, 4))
        self._hold_order(order)
        self._hold(5)
        order.order_line.product_uom_qty = 9
        order.action_confirm()
        self.assertEqual(order.order_line.move_ids.quantity, 5)

    def test_confirmed_after_its_end(self):
        """No hold any more: as any order; if the goods are gone, somebody is told."""
        lucky = self._create_lines_order((self.product, 2))
        order = self._create_lines_order((self.cup, 4))
        for one in (lucky, order):
            self._hold_order(one)
        with freeze_time(self.tomorrow + timedelta(minutes=1)):
            self._create_lines_order((self.cup, 3)).action_confirm()
            (lucky | order).action_confirm()
        self.assertEqual((lucky | order).hold_ids.mapped("state"), ["expired"] * 2)
        self.assertEqual(order.order_line.move_ids.quantity, 2)
        self.assertEqual(len(order.activity_ids), 1)
        self.assertIn("stock", order.event_ids.mapped("kind"))
        self.assertFalse(lucky.activity_ids)
        self.assertNotIn("stock", lucky.event_ids.mapped("kind"))

    # payments

    def test_cart_while_it_is_paid(self):
        order = self._create_lines_order((self.product, 4), (self.cup, 3))
        self.assertEqual(order._hold_for_payment(20), {})
        self.assertEqual(set(order.hold_ids.mapped("kind")), {"cart"})
        self.assertEqual(order._hold_for_payment(40), {})
        self.assertEqual(len(order.hold_ids), 2)
        other = self._create_lines_order((self.cup, 3))
        self.assertEqual(other._hold_for_payment(), {other.order_line: {self.cup: 1}})
        self.assertFalse(other.hold_ids)

    def test_paid_late_and_still_there(self):
        order = self._create_lines_order((self.product, 4))
        order._hold_for_payment(30)
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            order.channel_paid = True
            self.assertEqual(self._promise(), 6)
        self.assertFalse(order.activity_ids)
        self.assertIn("active", order.hold_ids.mapped("state"))

    def test_paid_late_and_gone(self):
        order = self._create_lines_order((self.cup, 4))
        order._hold_for_payment(30)
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self._hold(5, self.cup)
            order.channel_paid = True
        self.assertEqual(len(order.activity_ids), 1)
        self.assertIn("stock", order.event_ids.mapped("kind"))

    def test_waiting_for_approval_keeps_its_goods(self):
        self.company.approval_mode = "explicit"
        order = self._create_lines_order((self.product, 4))
        order._hold_for_payment(30)
        order._validate_order()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertGreater(order.held_until, self._in(days=6))

    def test_few_queries_for_many_orders(self):
        """Holding and confirming cost the same number of holds' queries for all."""

        def count(number):
            orders = self.env["sale.order"]
            for _number in range(number):
                orders |= self._create_lines_order((self.product, 0.1), (self.cup, 0.1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(orders._hold(self.tomorrow), {})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        one, many = count(1), count(15)
        self.assertLessEqual(many - one, 3)
