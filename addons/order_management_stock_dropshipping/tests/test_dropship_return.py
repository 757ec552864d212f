# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: what a vendor sent to the customer goes back to the vendor."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.ceiling_common import CeilingCase


@tagged("post_install", "-at_install")
class TestDropshipReturn(CeilingCase):
    def test_back_to_the_vendor(self):
        self.company.approval_mode = "none"
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        route = (
            self.env["stock.rule"]
            .search(
                [
                    ("company_id", "=", self.company.id),
                    ("action", "=", "buy"),
                    ("location_src_id.usage", "=", "supplier"),
                    ("location_dest_id.usage", "=", "customer"),
                ]
            )
            .route_id
        )
        self.product.write(
            {
                "route_ids": [Command.set(route.ids)],
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 1})],
            }
        )
        order = self._make_order(5)
        order._get_purchase_orders().button_confirm()
        self._ship(order.picking_ids)
        record = self.env["channel.return"].create(
            {
                "partner_id": order.partner_id.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": order.order_line.id,
                            "requested_qty": 2,
                        }
                    )
                ],
            }
        )
        record.action_approve()
        move = record.picking_ids.move_ids
        self.assertEqual(move.location_dest_id.usage, "supplier")
        record.action_receive()
        self.assertEqual(record.line_ids.accepted_qty, 2)
        self.assertEqual(record.state, "closed", "no warehouse looks at it")
        line = order.order_line
        self.assertEqual(line._get_returnable_qty()[line], 3)
