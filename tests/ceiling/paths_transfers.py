"""OM-10, every path in every mode: transfers, packages, lots, owners, steps."""

from contextlib import contextmanager

from odoo.fields import Command

from .path_case import PathCase, in_every_mode


class TransferPaths(PathCase):
    # ------------ transfers by hand

    def test_split_and_merged_transfers(self):
        order = self._make_order()
        first = order.picking_ids
        first.move_ids.quantity = 4
        first.action_split_transfer()
        second = order.picking_ids - first
        self.assertEqual((len(second), second.move_ids.product_uom_qty), (1, 6))
        with self.assertOver("be 11"):
            first.move_ids.quantity = 5
            self._ship(first | second)
        # put together again in one transfer, as one move
        second.do_unreserve()
        second.move_ids.picking_id = first
        merged = first.move_ids._merge_moves()
        self.assertEqual((len(merged), merged.product_uom_qty), (1, 10))
        with self.assertOver("be 11"):
            self._ship(first, 11)
        self._ship(first, 10)
        self.assertLeft(order, 10)

    def test_merged_lines_of_one_order_stay_apart(self):
        order = self._make_order(4, 6)
        self.assertEqual(len(order.picking_ids.move_ids), 2)
        order.picking_ids.move_ids._merge_moves()
        self.assertEqual(len(order.picking_ids.move_ids), 2)

    def test_move_lines_between_transfers(self):
        """Goods picked for one order, put into the transfer of another."""
        order, other = self._make_order(), self._make_order()
        taken = other.picking_ids.move_line_ids
        with self.assertOver("be 20"):
            taken.write(
                {
                    "picking_id": order.picking_ids.id,
                    "move_id": order.picking_ids.move_ids.id,
                }
            )
            self._ship(order.picking_ids)
        # a whole move in the transfer of another order stays what it was made for
        other.picking_ids.move_ids.write(
            {"picking_id": order.picking_ids.id, "sale_line_id": False}
        )
        self._ship(order.picking_ids)
        self.assertLeft(order, 10)
        self.assertLeft(other, 10)

    def test_no_backorder_then_more(self):
        """The rest was given up; what stays approved can still be sent."""
        order = self._make_order()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 4, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertFalse(self._open(order))
        self.assertLeft(order, 4)
        again = picking.copy()
        again.action_confirm()
        with self.assertOver("4 already left", "be 11"):
            self._ship(again, 7)
        self._ship(again, 6)
        self.assertLeft(order, 10)

    def test_transfer_given_to_the_order_afterwards(self):
        """A transfer made without the order, counted from the moment it is its own."""
        order = self._make_order()
        for link in ("sale_id", "reference", "line"):
            with self.subTest(link=link):
                loose = self._make_loose_transfer(11)
                with self.assertOver("10 Units approved"):
                    self._link(loose, order, link)
                loose = self._make_loose_transfer(1)
                self._link(loose, order, link)
        self.assertLeft(order, 3)
        self.assertNotStuck(order)

    def _make_loose_transfer(self, quantity):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.partner.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.stock.id,
                            "location_dest_id": self.customers.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self._ship(picking, quantity)
        self.assertEqual(picking.state, "done")
        return picking

    def _link(self, picking, order, link):
        if link == "sale_id":
            picking.sale_id = order
        elif link == "reference":
            picking.move_ids.reference_ids = order.stock_reference_ids
        else:
            picking.move_ids.sale_line_id = order.order_line

    def test_done_move_put_into_the_orders_transfer(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        loose = self._make_loose_transfer(1)
        with self.assertOver("be 11"):
            loose.move_ids.picking_id = order.picking_ids

    def test_done_move_taken_to_another_transfer(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        loose = self._make_loose_transfer(1)
        order.picking_ids.move_ids.picking_id = loose
        # it may lie where it likes: it stays the order's
        self.assertEqual(
            self.env["stock.move"]
            .search([("sale_line_id", "=", order.order_line.id)])
            .sale_line_id,
            order.order_line,
        )
        self.assertLeft(order, 10)

    def test_unlocked_done_transfer(self):
        order = self._make_order()
        picking = order.picking_ids
        self._ship(picking, 9)
        picking.action_toggle_is_locked()
        with self.assertOver("be 11"):
            picking.write(
                {"move_ids": [Command.update(picking.move_ids.id, {"quantity": 11})]}
            )
        with self.assertOver("Nut"):
            picking.write(
                {
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.other.id,
                                "product_uom_qty": 1,
                                "quantity": 1,
                                "location_id": self.stock.id,
                                "location_dest_id": self.customers.id,
                            }
                        )
                    ]
                }
            )
        picking.write(
            {"move_ids": [Command.update(picking.move_ids.id, {"quantity": 10})]}
        )
        self.assertLeft(order, 10)

    # ------------ packages, lots, owners

    def test_whole_packages(self):
        boxed = self._make_product("Boxed", quantity=0)
        box = self.env["stock.package"].create({"name": "Box of 11"})
        self.env["stock.quant"]._update_available_quantity(
            boxed, self.stock, 11, package_id=box
        )
        order = self._make_order(product=boxed)
        picking = order.picking_ids
        with self.assertOver("Boxed", "be 11"):
            picking.action_add_entire_packs(box.ids)
            self._ship(picking)
        self._ship(picking, 10)
        self.assertLeft(order, 10)

    def test_lots(self):
        milk = self._make_product("Milk", quantity=0, tracking="lot")
        lots = self.env["stock.lot"].create(
            [
                {"name": name, "product_id": milk.id, "company_id": self.company.id}
                for name in ("A", "B")
            ]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                milk, self.stock, 8, lot_id=lot
            )
        order = self._make_order(product=milk)
        picking = order.picking_ids
        picking.action_assign()
        with self.assertOver("Milk", "be 16"):
            picking.move_line_ids.filtered(lambda x: x.lot_id == lots[1]).quantity = 8
            self._ship(picking)
        self._ship(picking)
        self.assertLeft(order, 10)

    def test_goods_of_another_owner(self):
        self.env["stock.quant"]._update_available_quantity(
            self.other, self.stock, 50, owner_id=self.vendor
        )
        order = self._make_order(product=self.other)
        picking = order.picking_ids
        picking.owner_id = self.vendor
        picking.action_assign()
        with self.assertOver("Nut", "be 12"):
            picking.move_line_ids.write({"owner_id": self.vendor.id, "quantity": 12})
            self._ship(picking)
        self._ship(picking, 10)
        self.assertLeft(order, 10)

    # ------------ several steps

    def test_three_steps_cut_after_the_pick(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._make_order()
        line = order.order_line
        self._ship(self._open(order))
        self.assertLeft(order, 0)
        if self.mode == "explicit":
            line.with_user(self.users["reviewer"]).write(
                {"approved_qty": 6, "cut_reason": "Less after all"}
            )
        else:
            line.product_uom_qty = 6
        for _step in range(2):
            step = self._open(order).filtered(
                lambda p: (
                    p.location_id.usage == "internal"
                    and p.location_id != self.stock
                    and p.location_dest_id != self.stock
                )
            )[:1]
            with (
                self.assertOver()
                if step.location_dest_id == self.customers
                else (self._nothing())
            ):
                self._ship(step, 10)
            if step.state != "done":
                self._ship(step, 6)
        self.assertLeft(order, 6)

    @contextmanager
    def _nothing(self):
        yield

    def test_three_steps_back_and_again(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._make_order()
        for _step in range(3):
            last = self._open(order)
            self._ship(last)
        self.assertLeft(order, 10)
        back = self._return(last, 4)
        self.assertEqual(back.state, "done")
        self.assertLeft(order, 6)
        self._return(back, 4)
        self.assertLeft(order, 10)
        with self.assertOver("be 11"):
            self._do(self._make_direct_move(1, order.order_line))

    def test_steps_changed_while_goods_are_on_the_way(self):
        order = self._make_order()
        self._ship(self._open(order), 4)
        self.warehouse.delivery_steps = "pick_ship"
        self._raise(order.order_line, 12)
        for _round in range(4):
            for picking in self._open(order):
                self._ship(picking)
        self.assertLeft(order, 12)
        with self.assertOver("be 13"):
            self._do(self._make_direct_move(1, order.order_line))

    def test_cancelled_pick_of_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._make_order()
        order.picking_ids.action_cancel()
        self.assertFalse(self._open(order))
        again = order.picking_ids[:1].copy()
        again.action_confirm()
        self._ship(again)
        self._ship(self._open(order))
        self.assertLeft(order, 10)

    def test_kit_in_two_steps(self):
        wheel, frame = self._make_product("Wheel"), self._make_product("Frame")
        kit = self._make_kit([(frame, 1), (wheel, 4)])
        self.warehouse.delivery_steps = "pick_ship"
        order = self._make_order(product=kit)
        self._ship(self._open(order))
        self.assertLeft(order, 0)
        last = self._open(order)
        with self.assertOver("Cart", "be 10.25"):
            last.move_ids.filtered(lambda m: m.product_id == wheel).quantity = 41
            self._ship(last)
        self._ship(last)
        self.assertLeft(order, 10)


CASES = in_every_mode(TransferPaths)
