# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: what left for the customer never exceeds what was approved, by any path."""

from odoo.fields import Command
from odoo.tests import tagged

from .ceiling_common import CeilingCase


@tagged("post_install", "-at_install", "meets_others")
class TestCeiling(CeilingCase):
    # ------------------------------------------------------------- transfers

    def test_ordered_quantity_ships(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        self.assertNet(order.order_line, 10)
        self.assertEqual(order.picking_ids.state, "done")

    def test_extra_units_typed_into_transfer(self):
        order = self._make_order()
        with self.assertRefused("Bolt", order.name, "10 Units approved", "be 11"):
            self._ship(order.picking_ids, 11)
        self.assertNotEqual(order.picking_ids.state, "done")
        self.assertNet(order.order_line, 0)
        self._ship(order.picking_ids, 10)
        self.assertNet(order.order_line, 10)

    def test_storekeeper_gets_message_not_access_error(self):
        order = self._make_order()
        with self.assertRefused("10 Units approved"):
            self._ship(order.picking_ids, 11, user=self.users["storekeeper"])
        self._ship(order.picking_ids, 10, user=self.users["storekeeper"])
        self.assertNet(order.order_line, 10)

    def test_line_of_other_product_added_in_transfer(self):
        order = self._make_order()
        picking = order.picking_ids
        self.env["stock.move.line"].create(
            {
                "picking_id": picking.id,
                "product_id": self.other.id,
                "quantity": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
            }
        )
        with self.assertRefused("Nut", order.name):
            self._ship(picking)
        self.assertEqual(order.order_line.product_id, self.product)

    def test_line_of_same_product_added_in_transfer_is_counted(self):
        order = self._make_order()
        picking = order.picking_ids
        extra = self._make_direct_move(3, picking_id=picking.id)
        extra._action_confirm(merge=False)
        picking.move_ids.filtered("sale_line_id").quantity = 8
        extra.quantity = 3
        with self.assertRefused("be 11"):
            self._ship(picking)
        extra.quantity = 2
        self._ship(picking)
        self.assertEqual(extra.sale_line_id, order.order_line)
        self.assertNet(order.order_line, 10)

    def test_added_line_goes_to_the_line_with_room(self):
        order = self._make_order(4, 6)
        picking = order.picking_ids
        extra = self._make_direct_move(2, picking_id=picking.id)
        extra._action_confirm(merge=False)
        moves = picking.move_ids.grouped("sale_line_id")
        moves[order.order_line[0]].quantity = 4
        moves[order.order_line[1]].quantity = 4
        extra.quantity = 2
        self._ship(picking)
        self.assertEqual(extra.sale_line_id, order.order_line[1])
        self.assertNet(order.order_line[0], 4)
        self.assertNet(order.order_line[1], 6)

    def test_backorders(self):
        order = self._make_order()
        first = order.picking_ids
        self._ship(first, 4)
        second = order.picking_ids - first
        self.assertNet(order.order_line, 4)
        with self.assertRefused("4 already left", "be 11", "Ship 6 at most"):
            self._ship(second, 7)
        self._ship(second, 6)
        self.assertNet(order.order_line, 10)

    def test_several_transfers_in_one_call(self):
        order = self._make_order()
        first = order.picking_ids
        self._ship(first, 2)
        second = order.picking_ids - first
        third = second.copy({"reference_ids": False})
        third.move_ids.write({"product_uom_qty": 8})
        third.action_confirm()
        both = second | third
        self.assertEqual(third.move_ids.sale_line_id, order.order_line)
        second.move_ids.quantity = 5
        third.move_ids.quantity = 4
        with self.assertRefused("2 already left", "be 11"):
            self._ship(both)
        third.move_ids.quantity = 3
        self._ship(both)
        self.assertEqual(set(both.mapped("state")), {"done"})
        self.assertNet(order.order_line, 10)

    def test_multi_step_routes(self):
        for steps, count in (("pick_ship", 2), ("pick_pack_ship", 3)):
            with self.subTest(steps=steps):
                self.warehouse.delivery_steps = steps
                order = self._make_order()
                line = order.order_line
                # goods may gather in the house: only the door counts
                for _step in range(count - 1):
                    step = order.picking_ids.filtered(lambda p: p.state != "done")
                    self._ship(step, 12)
                    self.assertNet(line, 0)
                last = order.picking_ids.filtered(lambda p: p.state != "done")
                self.assertEqual(last.location_dest_id.usage, "customer")
                with self.assertRefused("be 12"):
                    self._ship(last, 12)
                self._ship(last, 10)
                self.assertNet(line, 10)

    def test_shipped_out_of_a_first_step(self):
        """A pick whose goods are sent straight to the customer is a shipment."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._make_order()
        pick = order.picking_ids
        pick.move_ids.quantity = 11
        pick.move_ids.move_line_ids.location_dest_id = self.customers
        with self.assertRefused("be 11"):
            self._ship(pick)

    # ---------------------------------------------------------- direct moves

    def test_direct_moves(self):
        order = self._make_order()
        line = order.order_line
        self._do(self._make_direct_move(6, line))
        self.assertNet(line, 6)
        with self.assertRefused("be 11"):
            self._do(self._make_direct_move(5, line))
        with self.assertRefused("be 11"):
            self._make_direct_move(5, line, quantity=5, state="done")
        self._make_direct_move(4, line, quantity=4, state="done")
        self.assertNet(line, 10)

    def test_direct_move_known_by_reference_only(self):
        order = self._make_order()
        move = self._make_direct_move(
            11, reference_ids=[Command.set(order.stock_reference_ids.ids)]
        )
        with self.assertRefused("be 11"):
            self._do(move)
        self._do(move, 10)
        self.assertEqual(move.sale_line_id, order.order_line)
        self.assertNet(order.order_line, 10)

    def test_direct_move_of_other_product_with_the_line(self):
        order = self._make_order()
        move = self._make_direct_move(1, order.order_line, product_id=self.other.id)
        with self.assertRefused("Nut"):
            self._do(move)

    # ------------------------------------------------------------- mending

    def test_mending_done_quantity(self):
        order = self._make_order()
        self._ship(order.picking_ids, 9)
        move = order.picking_ids.move_ids.filtered(lambda m: m.state == "done")
        with self.assertRefused("be 11"):
            move.quantity = 11
        with self.assertRefused("be 11"):
            move.move_line_ids.quantity = 11
        move.quantity = 10
        self.assertNet(order.order_line, 10)
        move.move_line_ids.quantity = 7
        self.assertNet(order.order_line, 7)

    def test_mending_done_unit(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        move_line = order.picking_ids.move_ids.move_line_ids
        with self.assertRefused("be 120"):
            move_line.product_uom_id = self.dozen
        move_line.write({"product_uom_id": self.dozen.id, "quantity": 0.5})
        self.assertNet(order.order_line, 6)

    def test_move_line_created_on_done_move(self):
        order = self._make_order()
        self._ship(order.picking_ids, 9)
        picking = order.picking_ids.filtered(lambda p: p.state == "done")
        vals = {
            "picking_id": picking.id,
            "product_id": self.product.id,
            "quantity": 2,
            "location_id": self.stock.id,
            "location_dest_id": self.customers.id,
        }
        for move in (picking.move_ids, self.env["stock.move"]):
            with self.subTest(move=bool(move)), self.assertRefused("be 11"):
                self.env["stock.move.line"].create({**vals, "move_id": move.id})
        self.env["stock.move.line"].create({**vals, "quantity": 1})
        self.assertNet(order.order_line, 10)

    def test_move_of_other_product_created_in_done_transfer(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        with self.assertRefused("Nut", order.name):
            self._make_direct_move(
                1,
                picking_id=order.picking_ids.id,
                product_id=self.other.id,
                quantity=1,
            )

    def test_mending_locations(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        move_line = order.picking_ids.move_ids.move_line_ids
        move_line.location_dest_id = self.stock
        self.assertNet(order.order_line, 0)
        self._do(self._make_direct_move(1, order.order_line))
        with self.assertRefused("be 11"):
            move_line.location_dest_id = self.customers

    # ------------------------------------------------------------ detaching

    def test_done_move_stays_with_its_order(self):
        order, neighbour = self._make_order(), self._make_order()
        picking = order.picking_ids
        self._ship(picking)
        move = picking.move_ids
        plain = self._do(self._make_direct_move(1))
        for what, write in (
            ("line", lambda: move.write({"sale_line_id": False})),
            ("order", lambda: move.write({"sale_line_id": neighbour.order_line.id})),
            ("state", lambda: move.write({"state": "draft"})),
            ("product", lambda: move.write({"product_id": self.other.id})),
            ("move", lambda: move.move_line_ids.write({"move_id": plain.id})),
            ("sale", lambda: picking.write({"sale_id": False})),
            ("other sale", lambda: picking.write({"sale_id": neighbour.id})),
            ("reference", lambda: move.write({"reference_ids": [Command.clear()]})),
            (
                "reference's order",
                lambda: order.stock_reference_ids.write(
                    {"sale_ids": [Command.clear()]}
                ),
            ),
            (
                "order's reference",
                lambda: order.write({"stock_reference_ids": [Command.clear()]}),
            ),
            ("reference gone", lambda: order.stock_reference_ids.unlink()),
            ("picking's", lambda: picking._remove_reference(move.reference_ids)),
        ):
            with self.subTest(what=what), self.assertRefused(order.name):
                write()
        self.assertEqual(move.sale_line_id, order.order_line)
        self.assertEqual(picking.sale_id, order)
        self.assertNet(order.order_line, 10)

    def test_relinked_within_the_order(self):
        order = self._make_order(4, 6)
        picking = order.picking_ids
        first, second = order.order_line
        picking.move_ids.grouped("sale_line_id")[first].quantity = 3
        picking.move_ids.grouped("sale_line_id")[second].quantity = 0
        self._ship(picking)
        move = picking.move_ids.filtered(lambda m: m.state == "done")
        move.sale_line_id = second
        self.assertNet(first, 0)
        self.assertNet(second, 3)

    def test_foreign_done_move_attached(self):
        order = self._make_order()
        move = self._do(self._make_direct_move(11))
        with self.assertRefused("be 11"):
            move.sale_line_id = order.order_line
        self.assertFalse(move.sale_line_id)

    def test_done_lines_are_not_unlinked(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        move_lines = order.picking_ids.move_line_ids
        with self.assertRefused():
            move_lines.unlink()
        # the move line's own copy of the state proves nothing
        move_lines.write({"state": "draft"})
        with self.assertRefused(order.name):
            move_lines.unlink()
        with self.assertRefused():
            order.order_line.unlink()

    # -------------------------------------------------------------- returns

    def test_return_gives_back(self):
        for to_refund in (True, False):
            with self.subTest(to_refund=to_refund):
                order = self._make_order()
                self._ship(order.picking_ids)
                self._return(order.picking_ids, 4, to_refund)
                self.assertNet(order.order_line, 6)
                self._do(self._make_direct_move(4, order.order_line))
                self.assertNet(order.order_line, 10)
                with self.assertRefused("be 11"):
                    self._do(self._make_direct_move(1, order.order_line))

    def test_return_cannot_be_undone_when_shipped_again(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        back = self._return(order.picking_ids, 4)
        self._do(self._make_direct_move(4, order.order_line))
        with self.assertRefused("be 12"):
            back.move_ids.quantity = 2

    def test_written_off_at_the_customer_is_not_back(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        lost = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        self._do(
            self._make_direct_move(
                4,
                order.order_line,
                location_id=self.customers.id,
                location_dest_id=lost.id,
            )
        )
        self.assertNet(order.order_line, 10)

    def test_unlinked_return_of_an_order_counts(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        self._do(
            self._make_direct_move(
                4,
                location_id=self.customers.id,
                location_dest_id=self.stock.id,
                origin_returned_move_id=order.picking_ids.move_ids.id,
            )
        )
        self.assertNet(order.order_line, 6)

    def test_dropship(self):
        order = self._make_order()
        line = order.order_line
        self._do(self._make_direct_move(7, line, location_id=self.suppliers.id))
        self.assertNet(line, 7)
        with self.assertRefused("be 11"):
            self._do(self._make_direct_move(4, line, location_id=self.suppliers.id))
        self._do(
            self._make_direct_move(
                7,
                line,
                location_id=self.customers.id,
                location_dest_id=self.suppliers.id,
            )
        )
        self.assertNet(line, 0)

    def test_between_companies(self):
        """Transit that belongs to no company is the way to another company: left."""
        transit = self.env["stock.location"].create(
            {"name": "Between", "usage": "transit", "company_id": False}
        )
        order = self._make_order()
        line = order.order_line
        self._do(self._make_direct_move(10, line, location_dest_id=transit.id))
        self._do(self._make_direct_move(10, line, location_id=transit.id))
        self.assertNet(line, 10)
        with self.assertRefused("be 11"):
            self._do(self._make_direct_move(1, line, location_dest_id=transit.id))
