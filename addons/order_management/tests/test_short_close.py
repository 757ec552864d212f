# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: an order is closed at what has left of it."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install", "meets_others")
class TestShortClose(ApprovalCase):
    def _get_open_moves(self, order):
        return order.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )

    def test_partly_shipped_order(self):
        order = self._make_order(10, 5)
        picking = order.picking_ids
        picking.move_ids[0].quantity = 4
        picking.move_ids[1].quantity = 0
        self._ship(picking)
        self.assertTrue(self._get_open_moves(order), "a backorder is open")
        first, second = order.order_line
        with patch.object(type(order), "_on_short_closed", autospec=True) as closed:
            self._as(order, "reviewer").action_short_close("Discontinued")
        closed.assert_called_once()
        self.assertFalse(self._get_open_moves(order))
        self.assertEqual((first.approved_qty, second.approved_qty), (4, 0))
        self.assertEqual(first.cut_reason, "Discontinued")
        self.assertEqual((first.product_uom_qty, second.product_uom_qty), (10, 5))
        self.assertEqual(order.delivery_status, "full")
        event = self._get_events(first, "short_close")
        self.assertEqual((event.from_state, event.to_state), ("10", "4"))
        self.assertEqual(event.reason, "Discontinued")
        with self.assertRefused("Nothing is left to close"):
            self._as(order, "reviewer").action_short_close("Again")
        with self.assertRefused("4 Units approved"):
            self._do(self._make_direct_move(1, first))

    def test_asked_for_the_reason(self):
        order = self._make_order(10, 5)
        with self.assertRaises(AccessError):
            self._as(order, "clerk").action_short_close("Mine")
        action = self._as(order, "reviewer").action_short_close()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.users["reviewer"])
            .with_context(**action["context"])
        )
        form.reason = "Season over"
        form.line_ids.remove(id=order.order_line[1].id)
        form.save().action_short_close()
        self.assertEqual(order.order_line.mapped("approved_qty"), [0, 5])
        self.assertEqual(self._get_open_moves(order).product_uom_qty, 5)

    def test_one_line_only(self):
        order = self._make_order(10, 5)
        self._as(order.order_line[0], "reviewer").action_short_close("Gone")
        self.assertEqual(order.order_line.mapped("approved_qty"), [0, 5])
        self.assertEqual(self._get_open_moves(order).product_uom_qty, 5)

    def test_opened_again_by_a_raise(self):
        order = self._make_order(10)
        self._ship(order.picking_ids, 4)
        line = order.order_line
        self._as(order, "reviewer").action_short_close("Out of stock")
        self._as(line, "reviewer").write({"approved_qty": 7, "cut_reason": "Found"})
        todo = self._get_open_moves(order)
        self.assertEqual(sum(todo.mapped("product_uom_qty")), 3)
        self._ship(todo.picking_id, 3)
        self.assertNet(line, 7)

    def test_follow_mode(self):
        """Where the ordered quantity is the limit, more ordered opens the line."""
        self.company.approval_mode = "follow"
        order = self._make_order(10)
        self._ship(order.picking_ids, 4)
        line = order.order_line
        self._as(order, "reviewer").action_short_close("Out of stock")
        self.assertEqual((line.approved_qty, line.product_uom_qty), (4, 10))
        self.assertFalse(self._get_open_moves(order))
        line.product_uom_qty = 9
        self.assertEqual(line.approved_qty, 4)
        self.assertFalse(self._get_open_moves(order))
        line.product_uom_qty = 11
        self.assertEqual(line.approved_qty, 11)
        self.assertFalse(line.cut_reason)
        todo = self._get_open_moves(order)
        self.assertEqual(sum(todo.mapped("product_uom_qty")), 7)

    def test_returned_goods(self):
        """Net 4 after a return without credit: closed at 4, nothing is fetched."""
        order = self._make_order(10)
        self._ship(order.picking_ids, 6)
        done = order.picking_ids.filtered(lambda p: p.state == "done")
        self._return(done, 2, to_refund=False)
        self._as(order, "reviewer").action_short_close("Broken")
        self.assertEqual(order.order_line.approved_qty, 4)
        self.assertFalse(self._get_open_moves(order))

    def test_open_return_still_comes_back(self):
        order = self._make_order(10)
        self._ship(order.picking_ids, 6)
        done = order.picking_ids.filtered(lambda p: p.state == "done")
        wizard = self.env["stock.return.picking"].create({"picking_id": done.id})
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._as(order, "reviewer").action_short_close("Broken")
        self.assertEqual(self._get_open_moves(order), back.move_ids)

    def test_several_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._make_order(10)
        pick = order.picking_ids.filtered(lambda p: p.state == "assigned")
        self._ship(pick, 6)
        self._as(order, "reviewer").action_short_close("Out of stock")
        self.assertFalse(self._get_open_moves(order))
        self.assertEqual(order.order_line.approved_qty, 0)

    def test_not_confirmed_or_not_controlled(self):
        draft = self._make_order(confirm=False)
        with self.assertRefused("not an open confirmed order"):
            draft.action_short_close("No")
        self.company.approval_mode = "none"
        plain = self._make_order()
        with self.assertRefused("not under control"):
            plain.action_short_close("No")

    def test_waiting_raise_is_closed_as_well(self):
        order = self._make_order(10)
        self._ship(order.picking_ids, 10)
        order.order_line.product_uom_qty = 12
        self.assertTrue(order._get_live_steps())
        self._as(order, "reviewer").action_short_close("Enough")
        self.assertFalse(order._get_live_steps())
        self.assertEqual(order.order_line.approved_qty, 10)

    def test_many_lines_at_a_constant_cost(self):
        counts = []
        for size in (2, 3, 30):  # the first fills caches
            order = self._make_order(*[2] * size)
            self.env.flush_all()
            self.env.invalidate_all()
            lines = order.order_line
            lines.mapped("move_ids.state")
            before = self.env.cr.sql_log_count
            lines._write_closed_qty("Closed")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
