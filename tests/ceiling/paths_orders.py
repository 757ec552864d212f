"""OM-10, every path in every mode: returns, scrap, places, the order itself."""

from odoo.fields import Command

from .path_case import PathCase, in_every_mode


class OrderPaths(PathCase):
    # ------------ returns

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

    # ------------ scrap, repairs, places

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

    # ------------ the order

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
        self.assertEqual(
            order.order_line.approved_qty, 10 if self.mode == "none" else 12
        )
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

    # ------------ words

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


CASES = in_every_mode(OrderPaths)
