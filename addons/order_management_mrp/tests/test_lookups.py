# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-27: what is looked up once for many products is each one's own answer."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.models.sale_order_bulk import Bulk, Lookups
from odoo.addons.order_management.tests.bulk_common import BulkCommon


@tagged("post_install", "-at_install", "meets_others")
class TestLookups(BulkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made, cls.sold, cls.kit, cls.part = cls.products
        for product, kind in ((cls.made, "normal"), (cls.kit, "phantom")):
            cls.env["mrp.bom"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "type": kind,
                    "company_id": cls.company.id,
                    "bom_line_ids": [
                        Command.create({"product_id": cls.part.id, "product_qty": 2})
                    ],
                }
            )
        cls.location = cls.warehouse.lot_stock_id

    def _contexts(self):
        yield "plain", {}
        yield "button", {"order_management_lookups": Lookups(self.products)}
        yield "batch", {"order_management_bulk": Bulk(self.products)}

    def test_only_what_is_made_is_manufactured(self):
        """Odoo offers the warehouse's route for that to products with a bill."""
        self.warehouse.manufacture_to_resupply = True
        self.assertEqual(self.made.categ_id, self.sold.categ_id)
        found = {}
        for name, context in self._contexts():
            rules = self.env["stock.rule"].with_context(**context)
            for asked_first in (self.products, self.products.sorted(reverse=True)):
                found[name] = {
                    product: rules._get_rule(
                        product,
                        self.location,
                        {"warehouse_id": self.warehouse, "company_id": self.company},
                    ).id
                    for product in asked_first
                }
        self.assertTrue(found["plain"][self.made])
        self.assertFalse(found["plain"][self.sold])
        self.assertEqual(found["button"], found["plain"])
        self.assertEqual(found["batch"], found["plain"])

    def test_bills_of_material(self):
        for name, context in self._contexts():
            boms = self.env["mrp.bom"].with_context(**context)
            for product in self.products:
                with self.subTest(name, product=product.name):
                    find = {"company_id": self.company.id}
                    every = boms._bom_find(product, **find)[product]
                    kit = boms._bom_find(product, bom_type="phantom", **find)[product]
                    self.assertEqual(every, product.bom_ids)
                    self.assertEqual(kit, self.kit.bom_ids & product.bom_ids)

    def test_orders_of_kits(self):
        self._stock(self.part, 6.0)
        specs = [[(self.kit, 1.0), (self.sold, 2.0)], [(self.kit, 3.0)]]

        def restock():
            moves = self.env["stock.move"].search(
                [("product_id", "in", self.products.ids)]
            )
            moves._do_unreserve()

        orders = self.assertSameRows(specs, restock)
        parts = orders.picking_ids.move_ids.filtered(
            lambda move: move.product_id == self.part
        )
        self.assertEqual(sum(parts.mapped("product_uom_qty")), 8)
