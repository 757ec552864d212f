# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: an order of kits is closed at the kits that have left."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestKitShortClose(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._make_product("Frame")
        cls.wheel = cls._make_product("Wheel")
        cls.cart = cls.env["product.product"].create(
            {
                "name": "Cart",
                "is_storable": True,
                "list_price": 10,
                "taxes_id": False,
                "invoice_policy": "order",
            }
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.cart.product_tmpl_id.id,
                "type": "phantom",
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.frame.id, "product_qty": 1}),
                    Command.create({"product_id": cls.wheel.id, "product_qty": 4}),
                ],
            }
        )

    def test_kits(self):
        order = self._make_order(10, product=self.cart)
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = 3 if move.product_id == self.frame else 12
        self._ship(picking)
        self.assertNet(order.order_line, 3)
        self._as(order, "reviewer").action_short_close("No more wheels")
        line = order.order_line
        self.assertEqual(line.approved_qty, 3)
        self.assertEqual(line.qty_to_invoice, 3)
        open_moves = order.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        self.assertFalse(open_moves)
        figures = self.env["order.quantity.report"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual((figures.shipped_qty, figures.approved_qty), (3, 3))

    def test_cut_lowers_the_components(self):
        order = self._make_order(10, product=self.cart)
        self._as(order.order_line, "reviewer").write(
            {"approved_qty": 6, "cut_reason": "Short supply"}
        )
        demand = {
            move.product_id: move.product_uom_qty
            for move in order.picking_ids.move_ids
            if move.state != "cancel"
        }
        self.assertEqual(demand, {self.frame: 6, self.wheel: 24})
