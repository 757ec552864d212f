# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .bulk_common import BulkCommon


@tagged("post_install", "-at_install")
class TestBulkShip(BulkCommon):
    """OM-27: deliveries of a batch make the rows that Odoo's own button makes, one
    after the other, with fewer queries."""

    #: a second place with two of each product, where a test has one
    shelf = None

    def _specs(self, count=4):
        return [
            [(self.products[index % 3], 1.0 + index % 2), (self.products[3], 2.0)]
            for index in range(count)
        ]

    def _set_stock(self, quantity):
        moves = self.env["stock.move"].search(
            [("product_id", "in", self.products.ids), ("state", "!=", "done")]
        )
        moves._action_cancel()
        places = {self.warehouse.lot_stock_id: quantity}
        if self.shelf:
            places[self.shelf] = 2.0
        for product in self.products:
            for place, wanted in places.items():
                available = self.env["stock.quant"]._get_available_quantity(
                    product, place, strict=True
                )
                if available != wanted:
                    self._stock(product, wanted - available, place)

    def _validate_one_by_one(self, orders):
        for picking in orders.picking_ids:
            if picking.state == "assigned":
                picking.with_context(
                    skip_backorder=True, tracking_disable=True
                ).button_validate()

    def _ship_in_bulk(self, orders):
        orders._ship_in_bulk()

    def assertSameShipped(self, specs, quantity=100.0, prepare=None):
        facts = []
        for ship in (self._validate_one_by_one, self._ship_in_bulk):
            self._set_stock(quantity)
            before = self._get_gone()
            orders = self._create_orders(specs)
            orders._confirm_in_bulk()
            if prepare:
                prepare(orders)
            ship(orders)
            self.env.flush_all()
            self.env.invalidate_all()
            facts.append(
                {
                    **self._describe(orders),
                    "left": [
                        (quant.product_id.id, quant.location_id.id, quant.quantity)
                        for quant in self._get_quants()
                    ],
                    "gone": {
                        key: quantity - before.get(key, 0.0)
                        for key, quantity in self._get_gone().items()
                    },
                }
            )
        plain, bulk = facts
        self.maxDiff = None
        for name, rows in plain.items():
            self.assertEqual(rows, bulk[name], name)
        return orders

    def _get_gone(self):
        """``{(product, lot): quantity}`` at the customers."""
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "customer"),
            ],
            ["product_id", "lot_id"],
            ["quantity:sum"],
        )
        return {(product.id, lot.id): quantity for product, lot, quantity in groups}

    def test_enough(self):
        orders = self.assertSameShipped(self._specs(6))
        self.assertEqual(set(orders.mapped("delivery_status")), {"full"})

    def test_too_little(self):
        """What is not there becomes a backorder, in both ways."""
        orders = self.assertSameShipped(self._specs(6), 5.0)
        self.assertIn("partial", orders.mapped("delivery_status"))
        self.assertTrue(orders.picking_ids.backorder_id)

    def test_a_product_twice_and_services(self):
        service = self.env["product.product"].create(
            {"name": "Help", "type": "service"}
        )
        first = self.products[0]
        self.assertSameShipped([[(first, 2.0), (first, 3.0), (service, 1.0)]] * 3)

    def test_several_places(self):
        self.shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        self.assertSameShipped(self._specs(), 4.0)

    def test_lots(self):
        self.products[3].tracking = "lot"
        lots = self.env["stock.lot"].create(
            [{"name": f"L{n}", "product_id": self.products[3].id} for n in range(2)]
        )

        def prepare(orders):
            for order, lot in zip(orders, lots, strict=True):
                move = order.picking_ids.move_ids.filtered(
                    lambda move: move.product_id == self.products[3]
                )
                move.move_line_ids.unlink()
                self._stock(self.products[3], 2.0, lot_id=lot)
                move.move_line_ids = [
                    (
                        0,
                        0,
                        {
                            **move._prepare_move_line_vals(),
                            "quantity": 2.0,
                            "lot_id": lot.id,
                        },
                    )
                ]

        self.assertSameShipped(self._specs(2), prepare=prepare)

    def test_what_was_picked_by_hand(self):
        """Where somebody began to pick, only that leaves."""

        def prepare(orders):
            move = orders[0].picking_ids.move_ids[0]
            move.quantity = 1.0
            move.picked = True

        orders = self.assertSameShipped(
            [[(self.products[0], 5.0), (self.products[1], 2.0)]] * 2, prepare=prepare
        )
        self.assertEqual(orders[0].order_line.mapped("qty_delivered"), [1.0, 0.0])
        self.assertEqual(orders[1].order_line.mapped("qty_delivered"), [5.0, 2.0])

    def test_under_control(self):
        self.company.approval_mode = "follow"
        orders = self.assertSameShipped(self._specs())
        self.assertEqual(
            orders.order_line.mapped("net_shipped_qty"),
            orders.order_line.mapped("product_uom_qty"),
        )

    def test_queries_do_not_grow_with_orders(self):
        self._set_stock(5000.0)

        def count(size):
            orders = self._create_orders(self._specs(size))
            orders._confirm_in_bulk()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            orders._ship_in_bulk()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(3)
        few, many = count(10), count(100)
        # rows are written some hundred at a time
        self.assertLess(many - few, 90 * 0.5)
