# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install", "meets_others")
class TestExpiryHold(ExpiryCommon):
    """OM-29, OM-30: holds and reservations agree with what is promised of lots."""

    def test_expired_is_not_held(self):
        self._add_lot(10, -1)
        self._add_lot(4, 1)
        self._hold(2, self.cheese)
        self.assertEqual(self._promise(self.cheese), 2)
        with self.assertRaisesRegex(UserError, "3 Units asked for, 2 can be"):
            self._hold(3, self.cheese)

    def test_held_goods_last_until_the_hold_ends(self):
        self._add_lot(10, 2)
        self._hold(3, self.cheese, kind="cart", expires_at=self._in(days=1))
        with self.assertRaisesRegex(UserError, "0 can be promised"):
            self._hold(3, self.cheese, kind="campaign", expires_at=self._in(days=3))

    def test_reservation_takes_no_room_of_expired_lots(self):
        """Ten expired ones beside five held do not let others take the five."""
        self._add_lot(10, -1)
        self._add_lot(5, 9)
        self._hold(5, self.cheese)
        self.assertEqual(self._deliver(5).quantity, 0)

    def test_order_that_leaves_later(self):
        self._add_lot(10, 3)
        self._add_lot(6, 30)
        order = self._create_lines_order((self.cheese, 8))
        order.commitment_date = self._in(days=10)
        missing = order._hold(self._in(days=1))
        self.assertEqual(missing, {order.order_line: {self.cheese: 2}})
        order.order_line.product_uom_qty = 6
        self.assertEqual(order._hold(self._in(days=1)), {})
        order.action_confirm()
        self.assertEqual(order.hold_ids.state, "converted")
        move = order.order_line.move_ids
        self.assertEqual((move.quantity, move.state), (6, "assigned"))
        self.assertEqual(self._promise(self.cheese), 10)

    def test_many_orders_each_by_its_day(self):
        self._add_lot(10, 3)
        self._add_lot(5, 30)
        soon, late = (self._create_lines_order((self.cheese, 5)) for _n in range(2))
        plain = self._create_lines_order((self.product, 1))
        late.commitment_date = self._in(days=10)
        self._add_stock(1)
        orders = soon | late | plain
        ends = dict.fromkeys(orders, self._in(days=1))
        # each is looked at with all holds made before: ten for the day, five for later
        self.assertEqual((late | soon | plain)._hold(ends), {})
        self.assertEqual(sum(orders.hold_ids.mapped("quantity")), 11)
        orders.action_confirm()
        self.assertEqual(set(orders.picking_ids.mapped("state")), {"assigned"})

    def test_orders_without_dates_ask_nothing_more(self):
        order = self._create_lines_order((self.product, 1))
        self._add_stock(1)
        self.assertFalse(order._get_fresh_moments(self._in(days=1)))

    def test_hold_outlives_its_lot(self):
        self._add_lot(10, 2)
        hold = self._hold(3, self.cheese)
        self.assertEqual(self._promise(self.cheese), 7)
        with freeze_time(self._in(days=3)):
            self.assertEqual(self._promise(self.cheese), -3, "promised, and gone")
            hold.action_release()
            self.assertEqual(self._promise(self.cheese), 0)

    def test_confirmed_order_locks_and_takes_fresh_lots(self):
        """The lots that are locked ahead are those that are taken."""
        self._add_lot(5, -3)
        fresh = self._add_lot(5, 8)
        order = self._create_lines_order((self.cheese, 4))
        order.action_confirm()
        lines = order.picking_ids.move_line_ids
        self.assertEqual((lines.lot_id, sum(lines.mapped("quantity"))), (fresh, 4))
        quants = self.env["stock.quant"].with_context(
            order_management_reserve_from=self.now
        )
        domain = quants._get_reservation_domain({(self.cheese, self.stock): 1})
        self.assertEqual(quants.search(domain).lot_id, fresh)
