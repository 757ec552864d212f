# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.crm_plus.tests.view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestDeliveriesOnTimeline(CustomerViewCommon):
    """CP-1: deliveries beside orders and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "View lamp", "is_storable": True, "taxes_id": False}
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, warehouse.lot_stock_id, 10
        )

    def test_delivery_and_return(self):
        order = self._make_order(quantity=2)
        delivery = order.picking_ids
        delivery.move_ids.write({"quantity": 2, "picked": True})
        delivery.button_validate()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({"picking_id": delivery.id})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        found = {entry["res_id"]: entry for entry in self._entries(groups=["delivery"])}
        self.assertEqual(found[delivery.id]["kind"], "delivery")
        self.assertEqual(found[back.id]["kind"], "goods_back")
        self.assertEqual(found[delivery.id]["state"], "done")
        self.assertIn(order.name, found[delivery.id]["detail"])

    def test_notes_of_deliveries(self):
        """What the driver wrote is the customer's story, too."""
        delivery = self._make_order().picking_ids
        delivery.message_post(
            body="Gate was closed", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        [note] = self._entries(search="gate was closed")
        self.assertEqual(
            (note["open_model"], note["open_id"]), ("stock.picking", delivery.id)
        )
