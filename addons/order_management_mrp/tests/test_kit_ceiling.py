# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: kits count in kits, by the component furthest ahead."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.ceiling_common import CeilingCase

from ..hooks import post_init_hook


@tagged("post_install", "-at_install", "meets_others")
class TestKitCeiling(CeilingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._make_product("Frame")
        cls.wheel = cls._make_product("Wheel")
        cls.cart = cls._make_kit("Cart", {cls.frame: 1, cls.wheel: 4})

    @classmethod
    def _make_kit(cls, name, components):
        product = cls.env["product.product"].create({"name": name, "type": "consu"})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components.items()
                ],
            }
        )
        return product

    def _get_move(self, order, product):
        return order.picking_ids.move_ids.filtered(
            lambda move: move.product_id == product and move.state != "done"
        )

    def test_whole_kits(self):
        order = self._make_order(10, product=self.cart)
        self._ship(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertNet(order.order_line, 10)

    def test_component_furthest_ahead_counts(self):
        order = self._make_order(10, product=self.cart)
        picking = order.picking_ids
        self._get_move(order, self.frame).quantity = 2
        wheels = self._get_move(order, self.wheel)
        wheels.quantity = 41
        with self.assertRefused("Cart", "10 Units approved", "be 10.25"):
            self._ship(picking)
        wheels.quantity = 40
        self._ship(picking)
        self.assertNet(order.order_line, 10)
        with self.assertRefused("be 11"):
            self._ship(order.picking_ids - picking, 9)
        self._ship(order.picking_ids - picking, 8)
        self.assertNet(order.order_line, 10)

    def test_part_that_no_kit_of_the_order_has(self):
        order = self._make_order(10, product=self.cart)
        with self.assertRefused("Nut"):
            self._do(
                self._make_direct_move(1, order.order_line, product_id=self.other.id)
            )
        with self.assertRefused("Wheel"):
            self._do(
                self._make_direct_move(
                    1, picking_id=order.picking_ids.id, product_id=self.wheel.id
                )
            )

    def test_return_of_kits(self):
        order = self._make_order(10, product=self.cart)
        self._ship(order.picking_ids)
        self._return(order.picking_ids, 1)
        # one wheel and one frame are back; nine frames, but 9.75 carts' wheels are out
        self.assertNet(order.order_line, 9.75)

    def test_kits_in_dozens_and_kits_of_kits(self):
        train = self._make_kit("Train", {self.cart: 3, self.other: 1})
        train.uom_ids = self.dozen
        order = self._make_order(1, product=train, uom=self.dozen)
        demand = {
            move.product_id: move.product_uom_qty for move in order.picking_ids.move_ids
        }
        self.assertEqual(demand, {self.frame: 36, self.wheel: 144, self.other: 12})
        wheels = self._get_move(order, self.wheel)
        self._get_move(order, self.frame).quantity = 36
        wheels.quantity = 145
        with self.assertRefused("Train"):
            self._ship(order.picking_ids)
        wheels.quantity = 144
        self._ship(order.picking_ids)
        self.assertNet(order.order_line, 1)

    def test_rounded_components(self):
        """10 x 0.6667 are 6.67 by rounding: still ten kits."""
        kit = self._make_kit("Mix", {self.wheel: 2, self.frame: 1})
        bom = self.env["mrp.bom"].search(
            [("product_tmpl_id", "=", kit.product_tmpl_id.id)]
        )
        bom.product_qty = 3
        order = self._make_order(10, product=kit)
        self.assertEqual(self._get_move(order, self.wheel).product_uom_qty, 6.67)
        self._ship(order.picking_ids)
        self.assertNet(order.order_line, 10)

    def test_composition_is_remembered(self):
        order = self._make_order(10, product=self.cart)
        line, moves = order.order_line, order.picking_ids.move_ids
        made_of = {str(self.frame.id): 1, str(self.wheel.id): 4}
        self.assertEqual(line.kit_versions, [made_of])
        self.assertEqual(moves.mapped("kit_version"), [1, 1])
        bom = self.env["mrp.bom"].search(
            [("product_tmpl_id", "=", self.cart.product_tmpl_id.id)]
        )
        bom.bom_line_ids[1].product_qty = 6
        line.product_uom_qty = 12
        self.assertEqual(
            line.kit_versions, [made_of, {**made_of, str(self.wheel.id): 6}]
        )
        demand = {
            (move.product_id, move.kit_version): move.product_uom_qty
            for move in order.picking_ids.move_ids
        }
        # two more carts, of six wheels, beside ten of four
        self.assertEqual(
            demand,
            {
                (self.frame, 1): 10,
                (self.wheel, 1): 40,
                (self.frame, 2): 2,
                (self.wheel, 2): 12,
            },
        )
        self._ship(order.picking_ids)
        self.assertNet(line, 12)

    def test_storekeeper_ships_in_parts(self):
        """The one who ships need not see orders; the rest keeps its composition."""
        order = self._make_order(10, product=self.cart)
        picking = order.picking_ids
        self._get_move(order, self.frame).quantity = 5
        self._get_move(order, self.wheel).quantity = 20
        self._ship(picking, user=self.users["storekeeper"])
        rest = order.picking_ids - picking
        self.assertEqual(rest.move_ids.mapped("kit_version"), [1, 1])
        with self.assertRefused("Cart"):
            rest.move_ids.quantity = 20
            self._ship(rest, user=self.users["storekeeper"])
        self._ship(rest, user=self.users["storekeeper"])
        self.assertNet(order.order_line, 10)

    def test_composition_is_nobodys_to_set(self):
        order = self._make_order(10, product=self.cart)
        for record, user, vals in (
            (order.order_line, "manager", {"kit_versions": [{"1": 99}]}),
            (order.picking_ids.move_ids, "storekeeper", {"kit_version": 2}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self._as(record, user).write(vals)
        with self.assertRaises(AccessError):
            self._as(order, "clerk").write(
                {
                    "order_line": [
                        Command.create(
                            {"product_id": self.cart.id, "kit_versions": [{"1": 99}]}
                        )
                    ]
                }
            )

    def test_explicit_demand_follows_approval(self):
        self.company.approval_mode = "explicit"
        order = self._make_order(10, product=self.cart, confirm=False)
        order.action_submit()
        order.order_line.with_user(self.users["reviewer"]).write(
            {"approved_qty": 6, "cut_reason": "Short supply"}
        )
        order.action_approve()
        order.action_confirm()
        self.assertEqual(self._get_move(order, self.wheel).product_uom_qty, 24)

    def test_installing_after_kits_left(self):
        self.company.approval_mode = "none"
        order = self._make_order(5, product=self.cart)
        self._get_move(order, self.wheel).quantity = 28
        self._ship(order.picking_ids)
        self.assertEqual(order.order_line.approved_qty, 5)
        post_init_hook(self.env)
        self.assertEqual(order.order_line.approved_qty, 7)

    def test_without_control(self):
        self.company.approval_mode = "none"
        order = self._make_order(10, product=self.cart)
        self.assertFalse(order.order_line.kit_versions)
        self._get_move(order, self.wheel).quantity = 100
        self._ship(order.picking_ids)
        self.assertEqual(order.order_line.qty_delivered, 10)
