# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: what vendors send straight to the customer follows what was approved."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.ceiling_common import CeilingCase


@tagged("post_install", "-at_install")
class TestDropshipCeiling(CeilingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        vendor = cls.env["res.partner"].create({"name": "Vendor"})
        route = (
            cls.env["stock.rule"]
            .search(
                [
                    ("company_id", "=", cls.company.id),
                    ("action", "=", "buy"),
                    ("location_src_id.usage", "=", "supplier"),
                    ("location_dest_id.usage", "=", "customer"),
                ]
            )
            .route_id
        )
        cls.product.write(
            {
                "route_ids": [Command.set(route.ids)],
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 1})],
            }
        )

    def _approve(self, line, quantity, login="reviewer"):
        self._as(line, login).write(
            {"approved_qty": quantity, "cut_reason": "Changed"},
        )

    def _get_bought(self, order):
        lines = order.order_line.purchase_line_ids
        return sum(lines.filtered(lambda x: x.state != "cancel").mapped("product_qty"))

    def test_only_the_approved_is_bought(self):
        order = self._make_order(confirm=False)
        order.action_submit()
        self._approve(order.order_line, 6)
        order.action_approve()
        order.action_confirm()
        self.assertEqual(self._get_bought(order), 6)

    def test_raise_is_bought(self):
        order = self._make_order()
        purchase = order._get_purchase_orders()
        self._approve(order.order_line, 12)
        self.assertEqual(self._get_bought(order), 12)
        purchase.button_confirm()
        self._ship(purchase.picking_ids)
        self._approve(order.order_line, 15)
        self.assertEqual(self._get_bought(order), 15)
        more = order._get_purchase_orders() - purchase
        (more or purchase).button_confirm()
        for picking in order.picking_ids.filtered(lambda p: p.state != "done"):
            self._ship(picking)
        self.assertNet(order.order_line, 15)

    def test_cut_of_what_was_bought(self):
        """The vendor has the order: what was cut is refused at the door."""
        order = self._make_order()
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        self._approve(order.order_line, 6)
        with self.assertRefused("6 Units approved", "be 10"):
            self._ship(purchase.picking_ids, 10)
        self._ship(purchase.picking_ids, 6)
        self.assertNet(order.order_line, 6)
        # raised again: the vendor still owes what was ordered
        self._approve(order.order_line, 10)
        self.assertEqual(self._get_bought(order), 10)

    def test_without_control(self):
        self.company.approval_mode = "none"
        order = self._make_order()
        order._get_purchase_orders().button_confirm()
        order.order_line.product_uom_qty = 14
        self.assertEqual(self._get_bought(order), 14)
        for picking in order.picking_ids:
            self._ship(picking, picking.move_ids.product_uom_qty + 1)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
