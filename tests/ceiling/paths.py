"""OM-10 on the paths of apps beside ours, in every mode: run inside `odoo shell`.

Each test is one path by which goods of an order of 10 units can leave. `assertOver`
tries to send more: refused under control, let through (and taken back) in mode none.
"""

from contextlib import contextmanager

from odoo.addons.order_management.tests.ceiling_common import CeilingCase
from odoo.exceptions import UserError
from odoo.fields import Command


class LetThrough(Exception):
    """Plain Odoo let it happen; the savepoint takes it back."""


class PathCase(CeilingCase):
    mode = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = cls.mode
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})

    @contextmanager
    def assertOver(self, *words):
        """More than approved: refused in these words; without control it goes out."""
        refusal = None
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
                raise LetThrough
        except UserError as error:
            refusal = str(error)
        except LetThrough:
            pass
        self.env.invalidate_all()
        if self.mode == "none":
            self.assertIsNone(refusal)
            return
        self.assertIsNotNone(refusal, "more left than was approved")
        for word in words:
            self.assertIn(word, refusal)

    def assertLeft(self, order, *quantities):
        """The counters say so; in mode none there is no counter."""
        for line, quantity in zip(order.order_line, quantities, strict=True):
            self.assertNet(line, 0 if self.mode == "none" else quantity)

    def assertNotStuck(self, order):
        """What is approved and has not left can leave, and no unit more."""
        for line in order.order_line:
            if self.mode == "none" or line.product_id != self.product:
                continue
            room = line.approved_qty - line.net_shipped_qty
            if room > 0:
                self._do(self._make_direct_move(room, line, product_uom=self.unit.id))
            self.assertNet(line, line.approved_qty)
            with self.assertOver():
                self._do(self._make_direct_move(1, line))

    def _open(self, order):
        return order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))

    def _raise(self, line, quantity):
        """Let more of a confirmed line leave, as its mode has it."""
        if self.mode == "explicit":
            line.with_user(self.users["reviewer"]).write(
                {"approved_qty": quantity, "cut_reason": "More wanted"}
            )
        else:
            line.product_uom_qty = quantity

    def _make_kit(self, components):
        kit = self.env["product.product"].create({"name": "Cart", "type": "consu"})
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "company_id": self.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components
                ],
            }
        )
        return kit

    def _buy_from(self, products, route):
        """Have products bought from the vendor on ``route``."""
        for product in products:
            product.write(
                {
                    "route_ids": [Command.set(route.ids)],
                    "seller_ids": [
                        Command.create({"partner_id": self.vendor.id, "price": 1})
                    ],
                }
            )

    def _get_dropship_route(self):
        return self.env["stock.rule"].search(
            [
                ("company_id", "=", self.company.id),
                ("action", "=", "buy"),
                ("location_src_id.usage", "=", "supplier"),
                ("location_dest_id.usage", "=", "customer"),
            ]
        ).route_id


class Paths(PathCase):
    # ------------------------------------------------------------ dropshipping

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
        """A component in two lines of the bill of materials, bought for the customer."""
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

    # ---------------------------------------------------------- buying to order

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

    # ---------------------------------------------------------- batches, waves

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

    # ------------------------------------------------------ transfers by hand

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

    # -------------------------------------------------- packages, lots, owners

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

    # --------------------------------------------------------- several steps

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
                lambda p: p.location_id.usage == "internal"
                and p.location_id != self.stock
                and p.location_dest_id != self.stock
            )[:1]
            with self.assertOver() if step.location_dest_id == self.customers else (
                self._nothing()
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

    # ------------------------------------------------------------ kits that change

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

    # ------------------------------------------------------------ returns

    def test_exchange(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        wizard.product_return_moves.quantity = 4
        wizard.action_create_exchanges()
        new = self._open(order)
        back = new.filtered(lambda p: p.location_id.usage == "customer")
        out = new - back
        # first the old ones come back, then the new ones go
        with self.assertOver("10 already left", "be 14"):
            self._ship(out)
        self._ship(back)
        self.assertLeft(order, 6)
        self._ship(out)
        self.assertLeft(order, 10)

    def test_everything_back_and_out_again(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns_all()["res_id"]
        )
        self._ship(back)
        self.assertLeft(order, 0)
        out = self._return(back, 10)
        self.assertEqual(out.state, "done")
        self.assertLeft(order, 10)
        with self.assertOver("be 20"):
            wizard = self.env["stock.return.picking"].create({"picking_id": back.id})
            wizard.product_return_moves.quantity = 10
            again = self.env["stock.picking"].browse(
                wizard.action_create_returns()["res_id"]
            )
            self._ship(again, 10)

    def test_return_of_what_nobody_ordered(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids = [
            Command.create(
                {
                    "product_id": self.other.id,
                    "product_uom_qty": 2,
                    "quantity": 2,
                    "location_id": back.location_id.id,
                    "location_dest_id": back.location_dest_id.id,
                    "to_refund": True,
                }
            )
        ]
        self._ship(back)
        self.assertEqual(back.state, "done")
        self.assertNet(order.order_line[0], 0 if self.mode == "none" else 9)
        self.assertNotStuck(order)

    # ---------------------------------------------------- scrap, repairs, places

    def test_scrap_is_no_shipment(self):
        order = self._make_order()
        picking = order.picking_ids
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "scrap_qty": 3,
                "picking_id": picking.id,
                "location_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        scrap.action_validate()
        self.assertLeft(order, 0)
        self._ship(picking)
        self.assertLeft(order, 10)
        # broken at the customer's, written off there: not back
        broken = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "scrap_qty": 2,
                "picking_id": picking.id,
                "location_id": self.customers.id,
                "company_id": self.company.id,
            }
        )
        broken.action_validate()
        self.assertEqual(broken.state, "done")
        self.assertLeft(order, 10)

    def test_way_to_another_company(self):
        transit = self.env["stock.location"].create(
            {"name": "Between", "usage": "transit", "company_id": False}
        )
        self.warehouse.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.location_dest_id == self.customers
        ).copy({"location_dest_id": transit.id, "location_dest_from_rule": True})
        self.partner.with_company(self.company).property_stock_customer = transit
        order = self._make_order()
        picking = order.picking_ids
        self.assertEqual(picking.location_dest_id, transit)
        with self.assertOver("be 11"):
            self._ship(picking, 11)
        self._ship(picking)
        self.assertLeft(order, 10)
        self._return(picking, 3)
        self.assertLeft(order, 7)

    def test_place_declared_the_customers_afterwards(self):
        """A shelf that becomes the customer's: what was brought there has left."""
        shelf = self.env["stock.location"].create(
            {
                "name": "Shelf",
                "usage": "internal",
                "location_id": self.stock.location_id.id,
                "company_id": self.company.id,
            }
        )
        order = self._make_order()
        line = order.order_line
        self._do(self._make_direct_move(11, line, location_dest_id=shelf.id))
        # sold from the shelf without an order: it is empty again
        self._do(self._make_direct_move(11, location_id=shelf.id))
        self.assertLeft(order, 0)
        with self.assertOver("be 11"):
            shelf.usage = "customer"
        line.product_uom_qty = 11
        if self.mode == "explicit":
            self._raise(line, 11)
        shelf.usage = "customer"
        self.assertLeft(order, 11)
        shelf.usage = "internal"
        self.assertLeft(order, 0)

    # ------------------------------------------------------------ the order

    def test_cancelled_and_confirmed_again(self):
        order = self._make_order()
        self._ship(order.picking_ids, 6)
        order._action_cancel()
        self.assertLeft(order, 6)
        order.action_draft()
        self.assertLeft(order, 6)
        if self.mode == "explicit":
            self.assertEqual(order.order_line.approved_qty, 6)
            order.action_submit()
            order.action_approve()
        order.action_confirm()
        self.assertEqual(order.order_line.approved_qty, 10)
        with self.assertOver("6 already left", "be 11"):
            self._do(self._make_direct_move(5, order.order_line))
        self.assertNotStuck(order)

    def test_control_begins_after_goods_left(self):
        """Shipped without control, taken back to quotation, confirmed under it."""
        self.company.approval_mode = "none"
        order = self._make_order()
        self._ship(order.picking_ids, 12)
        order._action_cancel()
        self.company.approval_mode = self.mode
        order.action_draft()
        self.assertEqual(order.approval_mode, self.mode)
        self.assertLeft(order, 12)
        if self.mode == "explicit":
            order.action_submit()
            order.action_approve()
        order.action_confirm()
        self.assertEqual(order.order_line.approved_qty, 10 if self.mode == "none" else 12)
        with self.assertOver("12 already left", "be 13"):
            self._do(self._make_direct_move(1, order.order_line))
        self._return(order.picking_ids.filtered(lambda p: p.state == "done"), 5)
        self.assertLeft(order, 7)
        self.assertNotStuck(order)

    def test_control_begins_on_a_quotation_that_shipped(self):
        self.company.approval_mode = "none"
        order = self._make_order()
        self._ship(order.picking_ids, 12)
        order._action_cancel()
        order.action_draft()
        self.company.approval_mode = self.mode
        self.assertEqual(order.approval_mode, self.mode)
        self.assertLeft(order, 12)

    def test_copied_order_counts_for_itself(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        copied = order.copy()
        if self.mode == "explicit":
            copied.action_submit()
            copied.action_approve()
        copied.action_confirm()
        with self.assertOver(copied.name, "be 11"):
            self._ship(copied.picking_ids, 11)
        self._ship(copied.picking_ids)
        self.assertLeft(copied, 10)
        self.assertLeft(order, 10)

    def test_nothing_ordered_any_more(self):
        order = self._make_order()
        self._ship(order.picking_ids, 6)
        # plain Odoo refuses that as well
        with self.assertRefused():
            order.order_line.product_uom_qty = 0
        order.order_line.product_uom_qty = 6
        self._return(order.picking_ids.filtered(lambda p: p.state == "done"), 6)
        order.order_line.product_uom_qty = 0
        self.assertLeft(order, 0)
        with self.assertOver("be 1"):
            self._do(self._make_direct_move(1, order.order_line))

    def test_delivery_from_two_warehouses(self):
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.product, second.lot_stock_id, 50
        )
        order = self._make_order()
        self._ship(order.picking_ids, 4)
        move = self._make_direct_move(
            7, order.order_line, location_id=second.lot_stock_id.id
        )
        with self.assertOver("4 already left", "be 11"):
            self._do(move)
        self._do(move, 6)
        self.assertLeft(order, 10)

    # ------------------------------------------------------------ words

    def test_words_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.env["ir.module.module"]._load_module_terms(["order_management"], ["vi_VN"])
        storekeeper = self.users["storekeeper"]
        storekeeper.lang = "vi_VN"
        order = self._make_order()
        self._ship(order.picking_ids, 4)
        with self.assertOver(order.name, "đã duyệt 10", "4", "6", "11"):
            self._ship(
                self._open(order).with_context(lang="vi_VN"), 7, user=storekeeper
            )


MODES = ("none", "follow", "explicit")
CASES = [
    type(f"Paths_{mode}", (Paths,), {"mode": mode, "__module__": __name__})
    for mode in MODES
]
