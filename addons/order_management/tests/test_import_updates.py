# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportUpdates(ImportCommon):
    """OM-7: what the channel changes later is followed while it is safe."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer = cls._create_user("reviewer")
        cls.env["stock.quant"]._update_available_quantity(
            cls.lamp, cls.warehouse.lot_stock_id, 100
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.desk, cls.warehouse.lot_stock_id, 100
        )

    def _lines(self, **quantities):
        prices = {"LAMP": "40", "DESK": "250", "BULB": "2.50"}
        return [
            self._prepare_line(sku, quantity, prices[sku], sku)
            for sku, quantity in quantities.items()
        ]

    def _send(self, *args, **values):
        row = self._import(self._prepare_order("A1", *args, **values))
        self.assertIn(row.state, ("imported", "updated"), row.error)
        return row

    def _ordered(self, order):
        return {
            line.product_id.default_code: line.product_uom_qty
            for line in order.order_line
            if line.product_uom_qty
        }

    def _ship(self, order):
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_quotation_follows(self):
        row = self._send(self._lines(LAMP=2, BULB=4))
        order = row.sale_order_id
        self._send(self._lines(LAMP=3, DESK=1))
        self.assertRow(row, "updated")
        self.assertEqual(row.sale_order_id, order)
        self.assertEqual(self._ordered(order), {"LAMP": 3, "DESK": 1})
        self.assertEqual(order.amount_total, 370)
        self.assertFalse(order.change_ids)

    def test_what_a_person_edited_stays(self):
        """Only what the channel changed is changed."""
        row = self._send(self._lines(LAMP=2, DESK=1))
        order = row.sale_order_id
        order.order_line[0].product_uom_qty = 1
        order.order_line[1].price_unit = 200
        self._send(self._lines(LAMP=2, DESK=1), note="Ring twice")
        self.assertEqual(self._ordered(order), {"LAMP": 1, "DESK": 1})
        self.assertEqual(order.order_line[1].price_unit, 200)
        self._send(self._lines(LAMP=2, DESK=2))
        self.assertEqual(self._ordered(order), {"LAMP": 1, "DESK": 2})
        self.assertEqual(order.order_line[1].price_unit, 200)

    def test_confirmed_order_follows_before_shipping(self):
        row = self._send(self._lines(LAMP=5, DESK=1))
        order = row.sale_order_id
        order.action_confirm()
        self._send(self._lines(LAMP=3, DESK=2))
        self.assertEqual(self._ordered(order), {"LAMP": 3, "DESK": 2})
        demand = {m.product_id: m.product_uom_qty for m in order.order_line.move_ids}
        self.assertEqual(demand, {self.lamp: 3, self.desk: 2})
        self._send(self._lines(LAMP=3))
        self.assertEqual(self._ordered(order), {"LAMP": 3})

    def test_cancellation(self):
        row = self._send()
        row.sale_order_id.action_confirm()
        self._send(status="cancelled")
        self.assertEqual(row.sale_order_id.state, "cancel")
        self.assertEqual(row.sale_order_id.picking_ids.state, "cancel")
        self.assertFalse(row.sale_order_id.change_ids)

    def test_address_before_shipping(self):
        here = {"name": "Hoa", "street": "1 Lê Lợi", "country_code": "VN"}
        there = {"name": "Hoa", "street": "2 Hàm Nghi", "country_code": "VN"}
        row = self._send(shipping_address=here)
        order = row.sale_order_id
        order.action_confirm()
        self._send(shipping_address=there)
        self.assertEqual(order.partner_shipping_id.street, "2 Hàm Nghi")
        self.assertEqual(order.picking_ids.partner_id, order.partner_shipping_id)

    def test_late_payment_goes_on(self):
        self.channel.write({"unpaid_policy": "draft", "auto_confirm": True})
        row = self._send(status="unpaid")
        self.assertEqual(row.sale_order_id.state, "draft")
        self._send(status="paid")
        self.assertEqual(row.sale_order_id.state, "sale")

    def _send_after_shipping(self, *args, **values):
        row = self._send(self._lines(LAMP=5, DESK=1))
        order = row.sale_order_id
        order.action_confirm()
        self._ship(order)
        self._send(*args, **values)
        self.assertRow(row, "updated")
        self.assertEqual(self._ordered(order), {"LAMP": 5, "DESK": 1})
        return order

    def test_both_versions_after_shipping(self):
        """Too late to follow: a person sees both versions and decides on each."""
        order = self._send_after_shipping(
            self._lines(LAMP=6, BULB=2),
            shipping_address={"name": "Hoa", "street": "9 Way", "country_code": "VN"},
        )
        self.assertEqual(order.pending_change_count, 4)
        changes = {change.kind: change for change in order.change_ids}
        self.assertEqual(set(changes), {"quantity", "add", "remove", "shipping"})
        self.assertEqual(changes["quantity"].current, "5")
        self.assertEqual(changes["quantity"].proposed, "6")
        self.assertIn("9 Way", changes["shipping"].proposed)
        accept = changes["quantity"] + changes["add"]
        accept.with_user(self.clerk).action_accept()
        changes["remove"].with_user(self.clerk).action_reject()
        changes["shipping"].with_user(self.clerk).action_accept()
        self.assertEqual(self._ordered(order), {"LAMP": 6, "DESK": 1, "BULB": 2})
        self.assertEqual(order.partner_shipping_id.street, "9 Way")
        self.assertRecordValues(
            changes["quantity"],
            [{"state": "accepted", "decided_by_id": self.clerk.id}],
        )
        self.assertEqual(changes["remove"].state, "rejected")
        self.assertFalse(order.pending_change_count)
        with self.assertRaises(UserError):
            changes["remove"].with_user(self.clerk).action_accept()

    def test_late_cancellation_is_proposed(self):
        order = self._send_after_shipping(status="cancelled")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.change_ids.kind, "cancel")

    def test_newer_version_outdates_proposals(self):
        order = self._send_after_shipping(self._lines(LAMP=6, DESK=1))
        first = order.change_ids
        self._send(self._lines(LAMP=7, DESK=1))
        self.assertEqual(first.state, "outdated")
        pending = order.change_ids - first
        self.assertEqual((pending.state, pending.proposed), ("pending", "7"))

    def test_less_than_shipped_is_refused(self):
        """Invariant 2 has the last word, whoever accepts."""
        self.channel.approval_mode = "follow"
        order = self._send_after_shipping(self._lines(LAMP=4, DESK=1))
        with self.assertRaises(UserError):
            order.change_ids.with_user(self.reviewer).action_accept()
        self.assertEqual(order.change_ids.state, "pending")

    def test_raise_of_what_was_approved(self):
        """Lowering is followed, raising waits for a reviewer."""
        self.channel.approval_mode = "explicit"
        row = self._send(self._lines(LAMP=5, DESK=2))
        order = row.sale_order_id
        order.action_submit()
        order.with_user(self.reviewer).action_approve()
        order.action_confirm()
        self._send(self._lines(LAMP=6, DESK=1))
        self.assertEqual(self._ordered(order), {"LAMP": 5, "DESK": 1})
        change = order.change_ids
        self.assertTrue(change.is_raise)
        with self.assertRaises(AccessError):
            change.with_user(self.clerk).action_accept()
        change.with_user(self.reviewer).action_accept()
        lamp = order.order_line.filtered(lambda line: line.product_id == self.lamp)
        self.assertEqual((lamp.product_uom_qty, lamp.approved_qty), (6, 6))

    def test_newer_version_that_cannot_be_used(self):
        """The order stays as it is, the row says what is wrong."""
        row = self._send()
        self._import(self._prepare_order("A1", [self._prepare_line("NEW")]))
        self.assertRow(row, "imported", "unknown_product", "NEW")
        self.assertEqual(self._ordered(row.sale_order_id), {"LAMP": 2})
        self.env["channel.product.map"].search([("key", "=", "NEW")]).write(
            {"product_id": self.desk.id}
        )

    def test_who_decides(self):
        order = self._send_after_shipping(self._lines(LAMP=6, DESK=1))
        foreign = self._create_user("clerk", self.other_company)
        for user in (self.machine, self._create_user("warehouse"), foreign):
            for method in ("action_accept", "action_reject"):
                with self.assertRaises(AccessError):
                    getattr(order.change_ids.with_user(user), method)()
