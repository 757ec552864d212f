# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install", "meets_others")
class TestFloorInBrowser(HttpCase):
    """OM-16: a delivery is scanned in a real browser: wrong, right, finished."""

    def test_scan(self):
        company = self.env["res.company"].create({"name": "Floor Co", "logo": False})
        company.stock_text_confirmation = False
        picker = new_test_user(
            self.env,
            "floor_tour",
            groups="base.group_user,order_management.group_warehouse",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        lamp, _desk = self.env["product.product"].create(
            [
                {
                    "name": f"Tour {name}",
                    "barcode": barcode,
                    "default_code": f"TOUR-{name.upper()}",
                    "is_storable": True,
                    "taxes_id": False,
                }
                for name, barcode in (
                    ("Lamp", "8936001990200"),
                    ("Desk", "8936001990217"),
                )
            ]
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            lamp, warehouse.lot_stock_id, 5
        )
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "Tour"}).id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create({"product_id": lamp.id, "product_uom_qty": 2})
                    ],
                }
            )
        )
        order.action_confirm()
        delivery = order.picking_ids
        delivery.carrier_tracking_ref = "FLOOR-TRACK-1"
        self.start_tour("/odoo/hub-scan", "order_management_scan", login="floor_tour")
        delivery.invalidate_recordset()
        self.assertEqual(delivery.state, "done")
        self.assertEqual(delivery.move_ids.quantity, 2)
        logs = self.env["stock.scan.log"].search([("user_id", "=", picker.id)])
        self.assertEqual(
            logs.sorted("id").mapped("kind"),
            ["unknown", "wrong_product", "ok", "ok", "too_many", "undo", "ok"],
        )
