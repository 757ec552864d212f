# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .bulk_common import BulkCommon
from .statements import fewest_statements


@tagged("post_install", "-at_install", "meets_others")
class TestBulkConfirm(BulkCommon):
    """OM-27: a hub batch makes the rows that plain Odoo makes, with fewer queries."""

    def _specs(self, count=4):
        return [
            [(self.products[index % 3], 1.0 + index % 2), (self.products[3], 2.0)]
            for index in range(count)
        ]

    def _restock(self, quantity=100.0):
        """Each product in one place, nothing reserved."""
        moves = self.env["stock.move"].search([("product_id", "in", self.products.ids)])
        moves._do_unreserve()
        for product in self.products:
            self._set_stock(product, self.warehouse.lot_stock_id, quantity)

    def _set_stock(self, product, location, quantity):
        available = self.env["stock.quant"]._get_available_quantity(
            product, location, strict=True
        )
        if quantity != available:
            self._stock(product, quantity - available, location)

    def test_enough_stock(self):
        orders = self.assertSameRows(self._specs(), self._restock)
        self.assertEqual(set(orders.picking_ids.mapped("state")), {"assigned"})
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_not_enough_stock(self):
        orders = self.assertSameRows(self._specs(6), lambda: self._restock(3.0))
        states = set(orders.order_line.move_ids.mapped("state"))
        self.assertEqual(states, {"assigned", "partially_available", "confirmed"})

    def test_no_stock(self):
        self.assertSameRows(self._specs())

    def test_in_several_places(self):
        """Where there is a choice, Odoo's removal strategy makes it."""
        shelves = self.env["stock.location"].create(
            [
                {"name": name, "location_id": self.warehouse.lot_stock_id.id}
                for name in ("Shelf A", "Shelf B")
            ]
        )

        def restock():
            self._restock(2.0)
            for shelf in shelves:
                self._set_stock(self.products[3], shelf, 3.0)

        self.assertSameRows(self._specs(), restock)

    def test_lots(self):
        self.products[0].tracking = "lot"
        lot = self.env["stock.lot"].create(
            {"name": "L1", "product_id": self.products[0].id}
        )

        def restock():
            moves = self.env["stock.move"].search(
                [("product_id", "in", self.products.ids)]
            )
            moves._do_unreserve()

        self._stock(self.products[0], 50.0, lot_id=lot)
        self._stock(self.products[3], 50.0)
        self.assertSameRows(self._specs(), restock)

    def test_several_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        orders = self.assertSameRows(self._specs(), self._restock)
        self.assertTrue(orders.picking_ids)

    def test_manual_reservation(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        orders = self.assertSameRows(self._specs(), self._restock)
        self.assertEqual(set(orders.picking_ids.mapped("state")), {"confirmed"})

    def test_other_units_and_services(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        service = self.env["product.product"].create(
            {"name": "Help", "type": "service"}
        )
        specs = [[(self.products[0], 2.0), (service, 1.0)], [(service, 1.0)]]
        self.assertSameRows(specs, self._restock)
        orders = self._create_orders([[(self.products[0], 1.0)]])
        orders.order_line.product_uom_id = dozen
        orders._confirm_in_bulk()
        self.assertEqual(orders.picking_ids.move_ids.product_qty, 12.0)

    def test_holds_of_others_are_kept(self):
        """What is held for somebody is not reserved by a batch either."""
        self._restock(6.0)
        other = self._create_orders([[(self.products[3], 5.0)]])
        self.assertFalse(other._hold(fields.Datetime.now() + timedelta(hours=1)))
        orders = self._create_orders([[(self.products[3], 2.0)]] * 2)
        orders._confirm_in_bulk()
        reserved = sum(orders.order_line.move_ids.mapped("quantity"))
        self.assertEqual(reserved, 1.0)

    def test_a_line_twice(self):
        specs = [[(self.products[0], 2.0), (self.products[0], 3.0)]]
        self.assertSameRows(specs, self._restock)

    def test_reordering_rules_are_heard(self):
        """Products that have one are left to Odoo."""
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.products[3].id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 5,
                "product_max_qty": 9,
                "trigger": "manual",
            }
        )
        self.assertSameRows(self._specs(), self._restock)

    def test_an_order_confirmed_before(self):
        """Cancelled and confirmed again: its old transfer and reference are known."""
        self._restock()
        orders = self._create_orders(self._specs())
        again = orders[:2]
        again.action_confirm()
        again._action_cancel()
        again.action_draft()
        orders._confirm_in_bulk()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        for order in orders:
            live = order.order_line.move_ids.filtered(lambda m: m.state != "cancel")
            self.assertEqual(
                sum(live.mapped("product_uom_qty")),
                sum(order.order_line.mapped("product_uom_qty")),
            )

    def test_one_bad_order_refuses_the_batch(self):
        orders = self._create_orders(self._specs())
        orders[1].action_confirm()
        with self.assertRaises(UserError):
            orders._confirm_in_bulk()

    def test_rpc_cannot_pretend(self):
        """Keys in a context that anybody may send mean nothing."""
        self._restock()
        order = self._create_orders(self._specs(1))
        order.with_context(
            order_management_bulk={"products": []}, order_management_reserved=True
        ).action_confirm()
        self.assertEqual(order.picking_ids.state, "assigned")
        reserved = sum(self._get_quants().mapped("reserved_quantity"))
        self.assertEqual(reserved, sum(order.order_line.mapped("product_uom_qty")))

    def test_queries_do_not_grow_with_orders(self):
        self.env["account.analytic.distribution.model"].search([]).unlink()
        self._restock(1000.0)

        def count(size):
            batches = [self._create_orders(self._specs(size)) for _round in range(3)]
            self.env.flush_all()

            def confirm(number):
                self.env.invalidate_all()
                self.env.registry.clear_all_caches()
                batches[number]._confirm_in_bulk()
                self.env.flush_all()

            return fewest_statements(self.cr, confirm)

        few, many = count(5), count(50)
        self.assertEqual(many.total(), few.total(), many.describe(few))

    def test_rules_are_looked_up_once_an_order(self):
        """By the button too: what the first line asked, the others know."""
        self._restock(1000.0)

        def count(lines):
            specs = [[(product, 1.0) for product in self.products[:lines]]]
            orders = [self._create_orders(specs) for _round in range(3)]
            self.env.flush_all()

            def confirm(number):
                self.env.invalidate_all()
                self.env.registry.clear_all_caches()
                orders[number].action_confirm()
                self.env.flush_all()

            seen = fewest_statements(self.cr, confirm)
            return sum(
                times
                for text, times in seen.items()
                if 'FROM "stock_rule"' in text
                or 'FROM "stock_warehouse_orderpoint"' in text
            )

        self.assertEqual(count(4), count(1))
