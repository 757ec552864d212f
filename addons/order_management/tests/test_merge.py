# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .split_common import SplitCase


@tagged("post_install", "-at_install")
class TestMerge(SplitCase):
    """OM-12: orders of one buyer to one address leave in one parcel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.groups = cls.env["order.merge.group"]
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Fast",
                "product_id": cls.env.ref(
                    "order_management.product_product_shipping"
                ).id,
                "delivery_type": "fixed",
                "fixed_price": 5,
            }
        )
        cls.home, cls.same = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": cls.partner.id,
                    "type": "delivery",
                    "phone": phone,
                    "street": street,
                    "city": "Hà Nội",
                }
                for name, phone, street in (
                    ("Nguyễn Hoa", "+84 912 345 678", "12 Nguyễn Huệ"),
                    ("NGUYEN HOA", "0912345678", "12 nguyen hue"),
                )
            ]
        )

    def _paid(self, minutes=0, address=None, confirm=True, **values):
        order = self._order(
            2,
            partner_shipping_id=(address or self.home).id,
            channel_paid=True,
            sale_channel_id=self.channel.id,
            carrier_id=self.carrier.id,
            **values,
        )
        if confirm:
            order.action_confirm()
            order.date_order = fields.Datetime.now() - timedelta(minutes=minutes)
        return order

    def _propose(self):
        return self.groups._propose(self.company)

    def test_same_address_however_written(self):
        first, second = self._paid(60), self._paid(5, self.same)
        group = self._propose()
        self.assertEqual(group.order_ids, first | second)
        self.assertIn("same receiver", group.reason)
        self.assertAlmostEqual(group.hours_apart, 55 / 60, 2)
        # again: the same proposal
        self.assertEqual(self._propose(), group)

    def test_what_differs_is_not_proposed(self):
        self._paid()
        other = self.env["res.partner"].create({"name": "Neighbour of Hoa"})
        for values in (
            {"partner_id": other.id},
            {"address": other},
            {"minutes": 200},
            {"sale_channel_id": self._create_channel("Shop 2", self.company).id},
            {"cash_on_delivery": True},
            {"channel_paid": False},
            {"is_sealed": True},
            {"confirm": False},
        ):
            minutes = values.pop("minutes", 0)
            address = values.pop("address", None)
            confirm = values.pop("confirm", True)
            self._paid_with(minutes, address, confirm, values)
            self.assertFalse(self._propose(), values)

    def _paid_with(self, minutes, address, confirm, values):
        defaults = {
            "partner_shipping_id": (address or self.home).id,
            "channel_paid": True,
            "sale_channel_id": self.channel.id,
            "carrier_id": self.carrier.id,
        }
        order = self._order(2, **{**defaults, **values})
        if confirm:
            order.action_confirm()
            order.date_order = fields.Datetime.now() - timedelta(minutes=minutes)
        return order

    def test_channels_by_setting(self):
        self.company.merge_any_channel = True
        other = self._create_channel("Shop 2", self.company)
        first = self._paid()
        second = self._paid_with(0, None, True, {"sale_channel_id": other.id})
        self.assertEqual(self._propose().order_ids, first | second)

    def test_one_parcel(self):
        """One number, one freight; each order keeps its own transfer."""
        first, second = self._paid(), self._paid(10)
        group = self._propose()
        group.with_user(self.clerk).action_merge()
        pickings = (first | second).picking_ids
        self.assertEqual(group.picking_ids, pickings)
        self.assertEqual((first | second).merge_group_id, group)
        self.assertFalse(self._propose())
        pickings[0].carrier_tracking_ref = "VN1"
        self.assertEqual(set(pickings.mapped("carrier_tracking_ref")), {"VN1"})
        pickings[1].carrier_price = 9
        pickings[1].send_to_shipper()
        self.assertEqual(pickings[1].carrier_price, 0)
        pickings[0].carrier_tracking_ref = "VN2"
        self.assertEqual(set(pickings.mapped("carrier_tracking_ref")), {"VN2"})
        pickings.move_ids.picked = True
        group.action_ship()
        self.assertTrue(group.is_shipped)
        self.assertEqual(first.order_line.qty_delivered, 2)
        self.assertEqual(second.order_line.qty_delivered, 2)
        self.assertEqual(group.picking_ids, pickings)

    def test_one_number_for_an_address_written_twice(self):
        """The parcel has one number, however its address is written."""
        first, second = self._paid(), self._paid(10, self.same)
        self._propose().action_merge()
        pickings = (first | second).picking_ids
        pickings.carrier_id = self.carrier
        pickings[0].carrier_tracking_ref = "VN9"
        self.assertEqual(pickings.mapped("carrier_tracking_ref"), ["VN9", "VN9"])

    def test_undo(self):
        first, second = self._paid(), self._paid(10)
        group = self._propose()
        group.action_merge()
        with self.assertRaisesRegex(UserError, "ships together"):
            first._split([{first.order_line: 1}], "no")
        group.action_undo()
        self.assertFalse((first | second).merge_group_id)
        self.assertFalse(group.picking_ids)
        again = self._propose()
        again.action_merge()
        first.picking_ids.carrier_tracking_ref = "VN3"
        with self.assertRaisesRegex(UserError, "tracking"):
            again.action_undo()

    def test_changed_since_proposed(self):
        first, second = self._paid(), self._paid(10)
        group = self._propose()
        second.is_sealed = True
        with self.assertRaisesRegex(UserError, "sealed"):
            group.action_merge()
        self.assertFalse(self._propose())
        self.assertFalse(group.exists())
        self.assertTrue(first)

    def test_dismissed_is_not_asked_again(self):
        self._paid()
        self._paid(10)
        self._propose().action_dismiss()
        self.assertFalse(self._propose())

    def test_steps(self):
        """The parcel is known as soon as the last step is there."""
        self.warehouse.delivery_steps = "pick_ship"
        orders = self._paid() | self._paid(10)
        group = self._propose()
        group.action_merge()
        for picking in orders.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "internal"
        ):
            picking.action_assign()
            self._ship(picking)
        outgoing = orders.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        self.assertEqual(len(outgoing), 2)
        self.assertEqual(outgoing.merge_group_id, group)

    def test_rights(self):
        self._paid()
        self._paid(10)
        group = self._propose()
        with self.assertRaises(AccessError):
            group.with_user(self._create_user("warehouse")).action_merge()

    def test_lines_of_the_company(self):
        self._paid()
        self._paid(10)
        group = self._propose()
        neighbour = self._create_user("clerk", self.other_company)
        groups = self.groups.with_user(neighbour).with_context(
            allowed_company_ids=self.other_company.ids
        )
        found = groups.search([("id", "=", group.id)])
        self.assertFalse(found)

    def test_order_line_commands(self):
        """Parts of one order may leave together with another order."""
        first, second = self._paid(), self._paid(10)
        first.order_line = [
            Command.create({"product_id": self.other_product.id, "product_uom_qty": 1})
        ]
        child = first._split([{first.order_line[1]: 1}], "part")
        self.assertEqual(self._propose().order_ids, first | second | child)
