# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from ..models import channel_stock_dirty
from .stock_common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestStockDirty(StockSyncCommon):
    """SS-5: every change marks its products, once, and costs next to nothing."""

    def setUp(self):
        super().setUp()
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM channel_stock_dirty")

    def _noted(self):
        self.env.cr.flush()
        self.env.cr.execute(
            "DELETE FROM channel_stock_dirty RETURNING product_id, reason"
        )
        return self.env.cr.fetchall()

    def test_products_without_listing_leave_nothing(self):
        self._add_stock(5)
        self._create_order().action_confirm()
        self.assertEqual(self._noted(), [])

    def test_the_first_change_is_looked_at_at_once(self):
        """Those that follow are collected; after a while it is the first one again."""
        waits, model = [], self.env["channel.stock.dirty"]
        ask = model._get_flush_asker(self.env.cr.dbname)

        def enqueue(_model, seconds=0):
            waits.append(seconds)

        with (
            patch.object(type(model), "_enqueue_flush", enqueue),
            patch.dict(channel_stock_dirty._asked, clear=True),
            patch.object(channel_stock_dirty, "time") as clock,
        ):
            for moment in (100, 100.5, 101, 104, 110):
                clock.monotonic.return_value = moment
                ask()
        self.assertEqual(waits, [0, 3, 3, 0])

    def test_every_change_is_noted_once(self):
        self._create_listing()
        self.assertEqual(self._noted(), [(self.product.id, "mapping")])
        self._add_stock(5)
        self._add_stock(5)
        self.assertEqual(self._noted(), [(self.product.id, "stock")])
        order = self._create_order()
        self.assertEqual(self._noted(), [])
        order.action_confirm()
        self.assertEqual(self._noted(), [(self.product.id, "stock")])
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        self._noted()
        picking.button_validate()
        self.assertEqual(self._noted(), [(self.product.id, "stock")])
        hold = self.env["stock.hold"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 1,
            }
        )
        self.assertEqual(self._noted(), [(self.product.id, "hold")])
        hold.action_release()
        self.assertEqual(self._noted(), [(self.product.id, "hold")])

    def test_cancelled_demand_is_noted(self):
        self._create_listing()
        order = self._create_order()
        order.action_confirm()
        self._noted()
        order._action_cancel()
        self.assertEqual(self._noted(), [(self.product.id, "stock")])

    def test_what_is_rolled_back_was_never_noted(self):
        self._create_listing()
        self._noted()
        savepoint = self.env.cr.savepoint(flush=True)
        self._add_stock(5)
        savepoint.rollback()
        savepoint.close()
        self.assertEqual(self._noted(), [])

    def test_rules_and_categories_are_noted(self):
        self._create_listing()
        self._noted()
        rule = self.env["channel.publish.rule"].create(
            {"company_id": self.company.id, "share": 50}
        )
        self.assertIn((self.product.id, "rule"), self._noted())
        rule.share = 40
        self.assertIn((self.product.id, "rule"), self._noted())
        rule.unlink()
        self.assertIn((self.product.id, "rule"), self._noted())
        self.product.categ_id = self.env["product.category"].create({"name": "New"})
        self.assertEqual(self._noted(), [(self.product.id, "product")])
        self.product.name = "Other name"
        self.assertEqual(self._noted(), [])

    def test_two_queries_at_most_for_a_transfer(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "is_storable": True} for n in range(30)]
        )
        for product in products:
            self._create_listing(f"p{product.id}", product=product)
            self._add_stock(10, product=product)

        def count(marks):
            move = self.env["stock.move"].create(
                [
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1,
                        "location_id": self.warehouse.lot_stock_id.id,
                        "location_dest_id": self.env.ref(
                            "stock.stock_location_customers"
                        ).id,
                        "company_id": self.company.id,
                    }
                    for product in products
                ]
            )
            move._action_confirm()
            move._action_assign()
            move.picked = True
            self.env.cr.flush()
            before = self.env.cr.sql_log_count
            move._action_done()
            if not marks:
                self.env.cr.precommit.data.pop("stock_sync.dirty")
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        count(True)
        self.assertLessEqual(count(True) - count(False), 2)
