# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.order_management.tests.availability_common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestKitAvailability(AvailabilityCommon):
    """OM-13, OM-30: of a kit there is what its parts make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit, cls.table, cls.leg, cls.screw = (
            cls._create_product(name) for name in ("Kit", "Table", "Leg", "Screw")
        )
        cls.glue = cls._create_product("Glue", is_storable=False)
        cls.legs = cls._create_product("Legs", is_storable=False)
        cls._create_kit(cls.legs, (cls.leg, 4), (cls.screw, 12))
        cls.bom = cls._create_kit(
            cls.kit, (cls.table, 1), (cls.legs, 1), (cls.screw, 2), (cls.glue, 1)
        )
        for product, quantity in ((cls.table, 9), (cls.leg, 22), (cls.screw, 100)):
            cls._add_stock(quantity, product)

    @classmethod
    def _create_kit(cls, product, *parts, **values):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in parts
                ],
                **values,
            }
        )

    def test_least_of_the_parts(self):
        self.assertEqual(self._promise(self.kit), 5, "22 legs")
        self.assertEqual(self._promise(self.legs), 5)
        self._hold(16, self.screw)
        self._hold(2, self.leg)
        self.assertEqual(self._promise(self.kit), 5)
        self._hold(8, self.screw)
        self.assertEqual(self._promise(self.kit), 5, "76 screws: 14 a kit")
        self._hold(7, self.screw)
        self.assertEqual(self._promise(self.kit), 4)

    def test_below_zero(self):
        self._create_move(self.leg, 25, self.warehouse.lot_stock_id, self.customers)
        self.assertEqual(self._promise(self.kit), -1)

    def test_parts_of_one_warehouse_make_a_kit(self):
        self._add_stock(40, self.leg, self.second)
        both = self.warehouse | self.second
        promise = self.kit._get_available_to_promise(both)
        self.assertEqual(promise, {self.kit.id: 5})

    def test_bill_in_another_unit(self):
        dozen = self._create_product("Dozen kit", is_storable=False)
        self._create_kit(
            dozen, (self.screw, 1), product_uom_id=self.dozen.id, product_qty=0.5
        )
        # half a dozen takes one screw: one takes a sixth
        self.assertEqual(self._promise(dozen), 600)

    def test_kit_of_nothing_stored(self):
        air = self._create_product("Air", is_storable=False)
        self._create_kit(air, (self.glue, 1))
        self.assertEqual(self._promise(air), 0)

    def test_timeline(self):
        for product, quantity, days in ((self.leg, 10, 2), (self.table, 5, 4)):
            self._create_move(
                product,
                quantity,
                self.suppliers,
                self.warehouse.lot_stock_id,
                date=self._in(days=days),
            )
        with freeze_time(self.now):
            timeline = self.kit._get_promise_timeline(self.warehouse)
        self.assertEqual(
            timeline[self.kit.id, self.warehouse.id],
            [(None, 5), (self._in(days=2), 7), (self._in(days=4), 7)],
        )

    def test_line_and_hold(self):
        order = self._create_lines_order((self.kit, 2), (self.kit, 9))
        self.assertEqual(
            order.order_line.mapped("availability_state"), ["available", "missing"]
        )
        order.order_line[1].unlink()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.assertEqual(order._hold(tomorrow), {})
        held = {hold.product_id: hold.quantity for hold in order.hold_ids}
        self.assertEqual(held, {self.table: 2, self.leg: 8, self.screw: 28})
        self.assertEqual(self._promise(self.kit), 3)
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        self.assertEqual(order.order_line.availability_state, "available")
        order.action_confirm()
        self.assertEqual(set(order.hold_ids.mapped("state")), {"converted"})
        stored = order.order_line.move_ids.filtered("product_id.is_storable")
        self.assertEqual(set(stored.mapped("state")), {"assigned"})
        self.assertEqual(self._promise(self.kit), 3)

    def test_kit_itself_is_not_held(self):
        self.kit.is_storable = True
        with self.assertRaisesRegex(ValidationError, "is a kit"):
            self._hold(1, self.kit)

    def test_queries_do_not_grow_with_kits(self):
        kits = self.env["product.product"]
        for number in range(20):
            kit = self._create_product(f"K{number}", is_storable=False)
            self._create_kit(kit, (self.table, 1), (self.legs, 1))
            kits |= kit

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._get_available_to_promise(self.warehouse)
            return self.env.cr.sql_log_count - before

        count(kits[:2])
        self.assertLessEqual(count(kits) - count(kits[:2]), 2)
