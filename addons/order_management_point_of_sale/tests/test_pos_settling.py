# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: what a till hands over of an order counts, and never exceeds the approval."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PosHubCase


@tagged("post_install", "-at_install")
class TestPosSettling(PosHubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "follow"

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def assertNet(self, order, quantity):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertAlmostEqual(order.order_line.net_shipped_qty, quantity, 6)

    def test_counts_once(self):
        """Settled goods count for the limit, and once as delivered."""
        order = self._create_order()
        sale = self._sell((order, 6))
        self.assertEqual(sale.picking_ids.move_ids.settled_line_id, order.order_line)
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertNet(order, 6)
        self.assertEqual(order.order_line.qty_delivered, 6)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 4)
        self._ship(order.picking_ids, 4)
        self.assertNet(order, 10)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertFalse(order.activity_ids)

    def test_delivery_after_the_till(self):
        """The warehouse is refused what the till handed over already."""
        order = self._create_order()
        picking = order.picking_ids
        self._sell((order, 6))
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self._ship(picking, 5)
        self.assertIn("6 already left for the customer", str(caught.exception))
        self.assertNet(order, 6)

    def test_beyond_the_approval(self):
        """The sale is booked; only the order's own goods wait, and a person is told."""
        order = self._create_order()
        self._ship(order.picking_ids, 6)
        sale = self._sell((order, 6), (self.nut, 2))
        self.assertEqual(sale.state, "paid")
        self.assertEqual(sale.amount_paid, 62)
        self.assertTrue(sale.failed_pickings)
        states = {p.move_ids.product_id: p.state for p in sale.picking_ids}
        self.assertEqual(states, {self.nut: "done", self.bolt: "assigned"})
        self.assertNet(order, 6)
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.salesperson)
        waiting = sale.picking_ids.filtered(lambda p: p.state != "done")
        self.assertIn(waiting.name, activity.summary)
        self.assertIn("10 Units approved, 6 already left", activity.note)
        self.assertIn("with this it would be 12", activity.note)
        # more is ordered: what was handed over leaves by itself, nothing is asked twice
        order.order_line.product_uom_qty = 12
        self.assertEqual(waiting.state, "done")
        self.assertNet(order, 12)
        self.assertFalse(
            order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        )

    def test_waiting_transfer_is_held_to_the_limit(self):
        """By hand it leaves as far as is approved, and not further."""
        order = self._create_order()
        self._ship(order.picking_ids, 6)
        waiting = self._sell((order, 6)).picking_ids
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._ship(waiting)
        self._ship(waiting, 4)
        self.assertNet(order, 10)
        rest = waiting.backorder_ids
        self.assertEqual(rest.move_ids.settled_line_id, order.order_line)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._ship(rest)
        self.assertNet(order, 10)

    def test_link_is_kept(self):
        order = self._create_order()
        move = self._sell((order, 6)).picking_ids.move_ids
        for line_id in (False, self._create_order().order_line.id):
            with self.assertRaises(UserError):
                move.settled_line_id = line_id
        with self.assertRaises(UserError):
            move.sale_line_id = self._create_order().order_line
        with self.assertRaises(UserError):
            move.product_id = self.nut
        self.assertNet(order, 6)

    def test_order_that_waits_for_approval(self):
        """A quotation is sold: nothing fails, it waits; then all leaves, once."""
        self.company.approval_mode = "explicit"
        order = self._create_order(confirm=False)
        sale = self._sell((order, 10))
        self.assertEqual(sale.state, "paid")
        self.assertEqual(order.approval_state, "to_approve")
        self.assertIn(order.state, ("draft", "sent"))
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertNet(order, 0)
        self.assertEqual(order.activity_ids.user_id, self.salesperson)
        order.action_approve()
        order.action_confirm()
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertNet(order, 10)
        self.assertFalse(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, 10)

    def test_approved_for_less(self):
        """The till offers what was approved; nothing is left over in the warehouse."""
        self.company.approval_mode = "explicit"
        order = self._create_order(confirm=False)
        order.action_submit()
        order.order_line.write({"approved_qty": 6, "cut_reason": "Short supply"})
        order.action_approve()
        order.action_confirm()
        [item] = order.order_line.read_converted()
        self.assertEqual(item["product_uom_qty"], 6)
        self._sell((order, 6))
        self.assertNet(order, 6)
        self.assertEqual(order.picking_ids.state, "cancel")

    def test_approved_for_less_and_sold_in_full(self):
        self.company.approval_mode = "explicit"
        order = self._create_order(confirm=False)
        order.action_submit()
        order.order_line.write({"approved_qty": 6, "cut_reason": "Short supply"})
        order.action_approve()
        order.action_confirm()
        sale = self._sell((order, 10))
        self.assertEqual(sale.state, "paid")
        self.assertNet(order, 0)
        self.assertTrue(order.activity_ids)
        reviewer = self._create_user("group_reviewer")
        order.order_line.with_user(reviewer).write(
            {"approved_qty": 10, "cut_reason": "Sold at the till"}
        )
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertNet(order, 10)

    def test_stock_at_closing(self):
        """The session closes with all sales; goods beyond the approval wait apart."""
        self.pos_session.action_pos_session_closing_control()
        self.company.point_of_sale_update_stock_quantities = "closing"
        self.open_new_session()
        self.assertTrue(self.pos_session.update_stock_at_closing)
        order, other = self._create_order(), self._create_order()
        self._ship(order.picking_ids, 6)
        sales = self._sell((order, 6)) + self._sell((self.nut, 2), (other, 10))
        self.assertNet(order, 6)
        self.pos_session.action_pos_session_closing_control()
        self.assertEqual(self.pos_session.state, "closed")
        self.assertEqual(set(sales.mapped("state")), {"done"})
        self.assertTrue(self.pos_session.failed_pickings)
        pickings = self.pos_session.picking_ids
        waiting = pickings.filtered(lambda picking: picking.state != "done")
        self.assertEqual(waiting.move_ids.settled_line_id, order.order_line)
        self.assertEqual(len(pickings - waiting), 2)
        self.assertNet(order, 6)
        self.assertNet(other, 10)
        self.assertIn(waiting.name, order.activity_ids.summary)
        order.order_line.product_uom_qty = 12
        self.assertEqual(waiting.state, "done")
        self.assertNet(order, 12)

    def test_refund_gives_back(self):
        """Goods taken back at the till have come back."""
        order = self._create_order()
        sale = self._sell((order, 10))
        self.assertNet(order, 10)
        refund = self.env["pos.order"].browse(sale.refund()["res_id"])
        refund.lines.qty = -4
        refund.lines._onchange_amount_line_all()
        refund._compute_prices()
        payment = (
            self.env["pos.make.payment"]
            .with_context(active_ids=refund.ids, active_id=refund.id)
            .create({"payment_method_id": self.config.payment_method_ids[0].id})
        )
        payment.with_context(active_ids=refund.ids, active_id=refund.id).check()
        self.assertEqual(refund.picking_ids.state, "done")
        self.assertNet(order, 6)
        self._sell((order, 4))
        self.assertNet(order, 10)

    def test_return_of_the_transfer(self):
        order = self._create_order()
        picking = self._sell((order, 10)).picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 3
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._ship(back)
        self.assertNet(order, 7)

    def test_shipped_later(self):
        """Goods of a sale that are sent later are held to the limit when they leave."""
        self.config.ship_later = True
        order = self._create_order()
        self._ship(order.picking_ids, 6)
        sale = self._sell((order, 6), shipping_date="2030-01-01")
        picking = sale.picking_ids
        self.assertEqual(picking.move_ids.settled_line_id, order.order_line)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._ship(picking, 6)
        self._ship(picking, 4)
        self.assertNet(order, 10)

    def test_order_that_cannot_be_confirmed(self):
        """Whatever stops a confirmation stops no sale."""
        order = self._create_order(confirm=False)
        order.sale_channel_id = self.channel
        self.patch(
            type(order),
            "_confirmation_error_message",
            lambda self: "Not today" if self == order else False,
        )
        sale = self._sell((order, 10))
        self.assertEqual(sale.state, "paid")
        self.assertEqual(order.state, "draft")
        self.assertIn("Not today", order.activity_ids.note)

    def test_without_control(self):
        """Plain Odoo: one transfer, no link, nothing counted."""
        self.company.approval_mode = "none"
        order = self._create_order()
        sale = self._sell((order, 12), (self.nut, 2))
        self.assertEqual(len(sale.picking_ids), 1)
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertFalse(sale.picking_ids.move_ids.settled_line_id)
        self.assertNet(order, 0)
        self.assertEqual(order.order_line.qty_delivered, 12)

    def test_two_orders_in_one_sale(self):
        order, other = self._create_order(), self._create_order()
        sale = self._sell((order, 10), (other, 10))
        moves = sale.picking_ids.move_ids
        self.assertEqual(moves.settled_line_id, (order + other).order_line)
        self.assertNet(order, 10)
        self.assertNet(other, 10)

    def test_as_a_cashier(self):
        """Somebody at the till who has no right in the hub, on orders' approval or
        on transfers."""
        order, other = self._create_order(), self._create_order(confirm=False)
        cashier = self._create_user(
            "point_of_sale.group_pos_user", "sales_team.group_sale_salesman_all_leads"
        )
        self._ship(order.picking_ids, 6)
        self.company.approval_mode = "explicit"
        waiting = self._create_order(confirm=False)
        data = self.create_ui_order_data(
            [
                self._prepare_settled(order, 6),
                self._prepare_settled(other, 4),
                self._prepare_settled(waiting, 2),
            ],
            {"state": "paid"},
            customer=self.customer,
        )
        result = self.env["pos.order"].with_user(cashier).sync_from_ui([data])
        sale = self.env["pos.order"].browse(result["pos.order"][0]["id"])
        self.assertEqual(sale.state, "paid")
        self.assertNet(order, 6)
        self.assertEqual(waiting.approval_state, "to_approve")
        self.assertTrue(order.activity_ids)
        self.assertTrue(waiting.activity_ids)

    def test_review_never_stops_a_till(self):
        """OM-9: the customer paid and left: the order waits, and a person is told."""
        self.company.review_orders = True
        self.env["exception.rule"].create(
            {
                "name": "Everything",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_domain",
                "domain": "[]",
            }
        )
        order = self._create_order(confirm=False)
        sale = self._sell((order, 6))
        self.assertEqual(sale.state, "paid")
        self.assertEqual((order.state, order.review_state), ("draft", "held"))
        self.assertTrue(order.activity_ids)
