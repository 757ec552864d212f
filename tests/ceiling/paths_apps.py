"""OM-10, every path in every mode: dropshipping, buying to order, batches and kits."""

from odoo.fields import Command

from .path_case import PathCase, in_every_mode


class AppPaths(PathCase):
    # ------------ dropshipping

    def test_dropship_and_back(self):
        self._buy_from(self.product, self._get_dropship_route())
        order = self._make_order()
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        picking = purchase.picking_ids
        self.assertTrue(picking.is_dropship)
        with self.assertOver("Bolt", order.name, "be 12"):
            self._ship(picking, 12)
        self._ship(picking, 7)
        self.assertLeft(order, 7)
        # the buyer orders more than was approved: it cannot go to the customer
        purchase.order_line.product_qty = 15
        with self.assertOver("7 already left", "be 15"):
            self._ship(self._open(order), 8)
        self._ship(self._open(order), 3)
        self._return(picking, 4)
        self.assertLeft(order, 6)
        self.assertNotStuck(order)

    def test_dropship_order_grows_with_approval(self):
        self._buy_from(self.product, self._get_dropship_route())
        order = self._make_order()
        order._get_purchase_orders().button_confirm()
        self._ship(order.picking_ids)
        self._raise(order.order_line, 14)
        more = order._get_purchase_orders().filtered(lambda po: po.state == "draft")
        self.assertEqual(more.order_line.product_qty, 4)
        more.button_confirm()
        self._ship(self._open(order))
        self.assertLeft(order, 14)

    def test_dropshipped_kit(self):
        wheel, frame = self._make_product("Wheel"), self._make_product("Frame")
        kit = self._make_kit([(frame, 1), (wheel, 4)])
        self._buy_from(kit, self._get_dropship_route())
        order = self._make_order(product=kit)
        order._get_purchase_orders().button_confirm()
        wheels = order.picking_ids.move_ids.filtered(lambda m: m.product_id == wheel)
        self.assertEqual(wheels.product_uom_qty, 40)
        with self.assertOver("Cart", "be 10.25"):
            wheels.quantity = 41
            self._ship(order.picking_ids)
        self._ship(order.picking_ids)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])
        self.assertLeft(order, 10)

    def test_kit_with_dropshipped_component(self):
        """A component in two lines of the bill of materials, bought for the buyer."""
        wheel, frame = self._make_product("Wheel"), self._make_product("Frame")
        kit = self._make_kit([(frame, 1), (wheel, 3), (wheel, 1)])
        self._buy_from(wheel, self._get_dropship_route())
        order = self._make_order(product=kit)
        order._get_purchase_orders().button_confirm()
        drop = order.picking_ids.filtered("is_dropship")
        self.assertEqual(sum(drop.move_ids.mapped("product_uom_qty")), 40)
        with self.assertOver("Cart", "be 10.25"):
            drop.move_ids[:1].quantity += 1
            self._ship(drop)
        self._ship(drop)
        self.assertLeft(order, 10)
        self._ship(self._open(order))
        self.assertLeft(order, 10)

    # ------------ buying to order

    def test_bought_to_order(self):
        """Receipts do not count, whatever they bring; the door does."""
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        self._buy_from(self.product, mto | self.warehouse.buy_pull_id.route_id)
        order = self._make_order()
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        self._ship(purchase.picking_ids, 25)
        self.assertLeft(order, 0)
        delivery = self._open(order)
        self.assertEqual(delivery.state, "assigned")
        with self.assertOver("be 25"):
            self._ship(delivery, 25)
        self._ship(delivery, 10)
        self.assertLeft(order, 10)

    # ------------ batches, waves

    def test_batch_of_transfers(self):
        first, second = self._make_order(), self._make_order()
        batch = self.env["stock.picking.batch"].create(
            {
                "company_id": self.company.id,
                "picking_ids": [
                    Command.set((first.picking_ids | second.picking_ids).ids)
                ],
            }
        )
        batch.action_confirm()
        done = batch.with_context(skip_backorder=True)
        with self.assertOver(second.name, "be 11"):
            first.picking_ids.move_ids.write({"quantity": 10, "picked": True})
            second.picking_ids.move_ids.write({"quantity": 11, "picked": True})
            done.action_done()
        self.assertLeft(first, 0)
        first.picking_ids.move_ids.write({"quantity": 10, "picked": True})
        second.picking_ids.move_ids.write({"quantity": 6, "picked": True})
        done.action_done()
        self.assertEqual(batch.state, "done")
        self.assertLeft(first, 10)
        self.assertLeft(second, 6)
        self.assertNotStuck(second)

    def test_wave_of_part_of_a_transfer(self):
        order = self._make_order(4, 6)
        picking = order.picking_ids
        picking.action_assign()
        picking.move_line_ids[:1]._add_to_wave()
        moved = order.picking_ids - picking
        wave = moved.batch_id
        self.assertEqual(moved.move_ids.mapped("quantity"), [4])
        with self.assertOver("be 5"):
            moved.move_ids.write({"quantity": 5, "picked": True})
            wave.with_context(skip_backorder=True).action_done()
        moved.move_ids.write({"quantity": 4, "picked": True})
        wave.with_context(skip_backorder=True).action_done()
        self.assertLeft(order, 4, 0)
        self._ship(self._open(order))
        self.assertLeft(order, 4, 6)

    # ------------ kits that change

    def test_kit_changed_while_it_is_shipped(self):
        wheel, frame = self._make_product("Wheel"), self._make_product("Frame")
        kit = self._make_kit([(frame, 1), (wheel, 4)])
        order = self._make_order(product=kit)
        moves = order.picking_ids.move_ids.grouped("product_id")
        moves[frame].quantity, moves[wheel].quantity = 5, 20
        self._ship(order.picking_ids)
        self.assertLeft(order, 5)
        # from now on a cart has six wheels; this order was made with four
        bom = self.env["mrp.bom"].search(
            [("product_tmpl_id", "=", kit.product_tmpl_id.id)]
        )
        bom.bom_line_ids.filtered(lambda x: x.product_id == wheel).product_qty = 6
        with self.assertOver("Cart"):
            open_moves = self._open(order).move_ids
            open_moves.filtered(lambda m: m.product_id == wheel).quantity = 21
            self._ship(self._open(order))
        self._ship(self._open(order))
        self.assertLeft(order, 10)
        self._raise(order.order_line, 12)
        demand = self._open(order).move_ids.grouped("product_id")
        self.assertTrue(demand)
        self._ship(self._open(order))
        self.assertLeft(order, 12)

    def test_component_of_a_kit_replaced(self):
        wheel, frame = self._make_product("Wheel"), self._make_product("Frame")
        tyre = self._make_product("Tyre")
        kit = self._make_kit([(frame, 1), (wheel, 4)])
        order = self._make_order(product=kit)
        moves = order.picking_ids.move_ids.grouped("product_id")
        moves[frame].quantity, moves[wheel].quantity = 5, 20
        self._ship(order.picking_ids)
        bom = self.env["mrp.bom"].search(
            [("product_tmpl_id", "=", kit.product_tmpl_id.id)]
        )
        bom.bom_line_ids.filtered(lambda x: x.product_id == wheel).unlink()
        bom.bom_line_ids = [Command.create({"product_id": tyre.id, "product_qty": 2})]
        self.assertLeft(order, 5)
        # what was made for the old cart still goes out, and nothing more
        with self.assertOver("Cart"):
            open_moves = self._open(order).move_ids
            open_moves.filtered(lambda m: m.product_id == wheel).quantity = 21
            self._ship(self._open(order))
        self._ship(self._open(order))
        self.assertLeft(order, 10)


CASES = in_every_mode(AppPaths)
