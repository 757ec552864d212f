# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from odoo.addons.stock_sync.tests.stock_common import StockSyncCommon


@tagged("post_install", "-at_install")
class TestKits(StockSyncCommon):
    """SS-5: a kit shows what its parts make, and moves with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shade, cls.bulb = cls.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Shade", "Bulb")]
        )
        cls.kit = cls.env["product.product"].create({"name": "Lamp set"})
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.shade.id, "product_qty": 1}),
                    Command.create({"product_id": cls.bulb.id, "product_qty": 2}),
                ],
            }
        )
        cls._add_stock(10, product=cls.shade)
        cls._add_stock(7, product=cls.bulb)
        cls.listing = cls._create_listing(product=cls.kit)

    def test_kit_moves_with_its_parts(self):
        self._flush()
        self.assertEqual(self.listing.target_qty, 3)
        self._add_stock(5, product=self.bulb)
        self.assertTrue(self._flush())
        self.assertEqual(self.listing.target_qty, 6)

    def test_kit_in_a_kit(self):
        set_of_two = self.env["product.product"].create({"name": "Two sets"})
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": set_of_two.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.kit.id, "product_qty": 2})
                ],
            }
        )
        listing = self._create_listing("2", product=set_of_two)
        self._flush()
        self.assertEqual(listing.target_qty, 1)
        self._add_stock(20, product=self.bulb)
        self._flush()
        self.assertEqual(listing.target_qty, 5)

    def test_other_parts_are_counted(self):
        self._flush()
        self.bom.bom_line_ids[1].product_qty = 1
        self._flush()
        self.assertEqual(self.listing.target_qty, 7)
