# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-11: kits that come back make room in quotas again, whole kits only."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestKitQuota(QuotaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame, cls.wheel = (
            cls.env["product.product"].create({"name": name, "is_storable": True})
            for name in ("Frame", "Wheel")
        )
        cls.cart = cls._create_kit("Cart", {cls.frame: 1, cls.wheel: 4})
        for part in (cls.frame, cls.wheel):
            cls._add_stock(1000, part)

    @classmethod
    def _create_kit(cls, name, made_of):
        kit = cls.env["product.product"].create(
            {"name": name, "list_price": 10, "taxes_id": False}
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in made_of.items()
                ],
            }
        )
        return kit

    def _sell(self, quantity, kit=None, **values):
        kit = kit or self.cart
        quota = self._create_quota(give_back="return", product_id=kit.id, **values)
        order = self._order(quantity, product=kit)
        order.action_confirm()
        self._ship(order.picking_ids)
        self.assertCounted(quota, 0, quantity)
        return quota, order

    def _return_parts(self, picking, **quantities):
        """Give back so many of each part, by the name of the product."""
        parts = {"frames": self.frame, "wheels": self.wheel}
        by_product = {parts[name]: qty for name, qty in quantities.items()}
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for row in wizard.product_return_moves:
            row.quantity = by_product.get(row.product_id, 0)
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._ship(back)
        return back

    def test_whole_kits_give_back(self):
        quota, order = self._sell(10)
        self._return_parts(order.picking_ids, frames=3, wheels=12)
        self.assertCounted(quota, 0, 7)

    def test_parts_are_no_kits(self):
        """Frames without wheels give nothing back until the wheels are there."""
        quota, order = self._sell(10)
        picking = order.picking_ids
        self._return_parts(picking, frames=3)
        self.assertCounted(quota, 0, 10)
        self._return_parts(picking, frames=1, wheels=7)
        self.assertCounted(quota, 0, 9)
        self._return_parts(picking, wheels=1)
        self.assertCounted(quota, 0, 8)

    def test_sent_again_counts_again(self):
        quota, order = self._sell(10)
        back = self._return_parts(order.picking_ids, frames=3, wheels=12)
        self.assertCounted(quota, 0, 7)
        self._return_parts(back, frames=2, wheels=8)
        self.assertCounted(quota, 0, 9)

    def test_under_control_and_after_another_composition(self):
        """What was sold is weighed by what it was made of then."""
        self.company.approval_mode = "follow"
        quota, order = self._sell(10)
        bom = self.env["mrp.bom"].search(
            [("product_tmpl_id", "=", self.cart.product_tmpl_id.id)]
        )
        bom.bom_line_ids[1].product_qty = 6
        self._return_parts(order.picking_ids, frames=2, wheels=8)
        self.assertCounted(quota, 0, 8)

    def test_kits_in_dozens_beside_plain_products(self):
        quota = self._create_quota(give_back="return", product_scope="all")
        order = self._order(2, product=self.cart)
        order.order_line.product_uom_id = self.dozen
        order.order_line = [
            Command.create({"product_id": self.frame.id, "product_uom_qty": 5})
        ]
        order.action_confirm()
        self._ship(order.picking_ids)
        self.assertCounted(quota, 0, 29)
        moves = order.picking_ids.move_ids
        by_line = moves.filtered(lambda move: move.sale_line_id == order.order_line[1])
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": order.picking_ids.id}
        )
        for row in wizard.product_return_moves:
            row.quantity = 2 if row.move_id == by_line else 0
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._ship(back)
        self.assertCounted(quota, 0, 27)

    def test_quota_that_keeps(self):
        quota = self._create_quota(product_id=self.cart.id)
        order = self._order(4, product=self.cart)
        order.action_confirm()
        self._ship(order.picking_ids)
        self._return_parts(order.picking_ids, frames=4, wheels=16)
        self.assertCounted(quota, 0, 4)
