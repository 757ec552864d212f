# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: units, order lines, RPC, the database and installation under the ceiling."""

from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..hooks import post_init_hook
from .ceiling_common import CeilingCase


@tagged("post_install", "-at_install", "meets_others")
class TestCeilingLines(CeilingCase):
    # ---------------------------------------------------------------- units

    def test_small_parts_of_large_units(self):
        pallet = self.env["uom.uom"].create(
            {
                "name": "Pallet of 1000",
                "relative_factor": 1000,
                "relative_uom_id": self.unit.id,
            }
        )
        self.product.uom_ids = pallet | self.dozen
        order = self._make_order(1, uom=pallet)
        with self.assertRefused("be 1.001"):
            self._ship(order.picking_ids, 1001)
        self._ship(order.picking_ids, 999)
        self.assertNet(order.order_line, 0.999)
        # a single one is nothing when rounded to the line's unit
        self._do(self._make_direct_move(1, order.order_line))
        self.assertNet(order.order_line, 1)
        with self.assertRefused("be 1.001"):
            self._do(self._make_direct_move(1, order.order_line))

    def test_single_units_of_a_product_kept_in_dozens(self):
        """12 x 0.08 dozen are 0.96 by Odoo's rounding, a whole dozen by count."""
        product = self._make_product("Egg", uom_id=self.dozen.id)
        product.uom_ids = self.unit
        order = self._make_order(1, product=product)
        for _egg in range(12):
            self._do(self._make_direct_move(1, order.order_line, product_id=product.id))
        self.assertNet(order.order_line, 1)
        with self.assertRefused(order.name):
            self._do(self._make_direct_move(1, order.order_line, product_id=product.id))

    def test_demand_is_not_rounded_above_the_ceiling(self):
        """10 lb are 4.54 kg by rounding, which is more than 10 lb."""
        kilo, pound = (
            self.env.ref("uom.product_uom_kgm"),
            self.env.ref("uom.product_uom_lb"),
        )
        product = self._make_product("Tea", uom_id=kilo.id)
        product.uom_ids = pound
        order = self._make_order(10, product=product, uom=pound)
        self.assertEqual(order.picking_ids.move_ids.product_qty, 4.53)
        self._ship(order.picking_ids)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertLess(order.order_line.net_shipped_qty, 10)

    # --------------------------------------------------------- ordered lines

    def test_quantity_not_lowered_below_shipped(self):
        order = self._make_order()
        self._ship(order.picking_ids, 6)
        with self.assertRefused("6", "already left"):
            order.order_line.product_uom_qty = 5
        order.order_line.product_uom_qty = 6
        self.assertEqual(order.order_line.approved_qty, 6)
        with self.assertRefused("be 7"):
            self._do(self._make_direct_move(1, order.order_line))

    def test_not_refunded_return_does_not_hide_shipped(self):
        """Odoo's delivered quantity ignores it; the counter does not."""
        order = self._make_order()
        self._ship(order.picking_ids)
        self._return(order.picking_ids, 3, to_refund=False)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertNet(order.order_line, 7)

    def test_shipped_line_keeps_product_unit_and_order(self):
        order, neighbour = self._make_order(), self._make_order()
        self._ship(order.picking_ids, 6)
        for vals in (
            {"product_uom_id": self.dozen.id},
            {"order_id": neighbour.id},
            {"product_id": self.other.id},
        ):
            with self.subTest(vals=vals), self.assertRefused():
                order.order_line.write(vals)

    def test_negative_quantity_brings_goods_back(self):
        for mode in ("follow", "explicit"):
            with self.subTest(mode=mode):
                self.company.approval_mode = mode
                order = self._make_order(-5)
                line = order.order_line
                self.assertEqual(line.approved_qty, 0)
                self._ship(order.picking_ids)
                self.assertNet(line, -5)
                with self.assertRefused("be 1"):
                    self._do(self._make_direct_move(6, line))

    def test_over_rpc(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        move = order.picking_ids.move_ids
        with self.assertRefused("be 11"):
            call_kw(
                self.env["stock.move"].with_user(self.users["storekeeper"]),
                "write",
                [move.ids, {"quantity": 11}],
                {},
            )
        for model, ids, vals in (
            ("sale.order.line", order.order_line.ids, {"net_shipped_qty": 0}),
            ("sale.order.line", order.order_line.ids, {"approval_mode": "none"}),
            ("sale.order.line", order.order_line.ids, {"approved_qty": 99}),
            ("sale.order", order.ids, {"approval_mode": "none"}),
            ("sale.order", order.ids, {"approval_state": "approved"}),
            (
                "sale.order",
                order.ids,
                {
                    "order_line": [
                        Command.update(order.order_line.id, {"approved_qty": 99})
                    ]
                },
            ),
        ):
            for user in (self.users["clerk"], self.users["manager"]):
                with self.subTest(vals=vals), self.assertRefused():
                    call_kw(self.env[model].with_user(user), "write", [ids, vals], {})
        self.assertEqual(order.order_line.approved_qty, 10)

    @mute_logger("odoo.sql_db")
    def test_database_has_the_last_word(self):
        order = self._make_order()
        self._ship(order.picking_ids)
        for column, value in (("net_shipped_qty", 10.00001), ("approved_qty", 9.99)):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.env.cr.execute(
                    f"UPDATE sale_order_line SET {column} = %s WHERE id = %s",
                    [value, order.order_line.id],
                )

    # ------------------------------------------------------------ mode none

    def test_without_control_nothing_is_checked(self):
        self.company.approval_mode = "none"
        order = self._make_order()
        self._ship(order.picking_ids, 25)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertNet(order.order_line, 0)
        order.picking_ids.move_ids.sale_line_id = False

    @freeze_time("2026-03-02 10:00:00")
    def test_without_control_no_extra_query(self):
        """Plain Odoo stays plain: with our parts taken out, the same SQL count.

        Time stands still: a second that ends in between splits an UPDATE in two.
        """
        self.company.approval_mode = "none"
        self._ship(self._make_order(1, 2, 3).picking_ids)

        def flow():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order = self._make_order(*range(1, 11))
            self._ship(order.picking_ids)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with_ours = flow()
        moves, lines = type(self.env["stock.move"]), type(self.env["sale.order.line"])
        with (
            patch.object(moves, "_sync_ceiling", lambda self, lines=None: None),
            patch.object(
                moves, "_get_controlled_done_moves", lambda self: self.browse()
            ),
            patch.object(
                lines, "_get_watched_changes", lambda self, vals: self.browse()
            ),
        ):
            without = flow()
        self.assertEqual(with_ours, without)

    def test_queries_do_not_grow_with_lines(self):
        """A batch is counted by as many queries (two) with 40 lines as with 2."""
        counts = []
        for size in (3, 2, 40):  # the first fills caches
            order = self._make_order(*[5] * size)
            self._ship(order.picking_ids)
            self.env.flush_all()
            self.env.invalidate_all()
            lines = order.order_line
            lines.mapped("approval_mode")
            before = self.env.cr.sql_log_count
            lines._recompute_net_shipped()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # --------------------------------------------------------------- install

    def test_installing_on_a_live_database(self):
        self.company.approval_mode = "none"
        over, under = self._make_order(), self._make_order()
        quotation = self._make_order(3, confirm=False)
        self._ship(over.picking_ids, 25)
        self._ship(under.picking_ids, 4)
        dozens = self._make_order(1, uom=self.dozen)
        self._ship(dozens.picking_ids, 30)
        self.env.flush_all()
        lines = (over | under | quotation | dozens).order_line
        self.env.cr.execute(
            "UPDATE sale_order_line SET approved_qty = NULL WHERE id = ANY(%s)",
            [lines.ids],
        )
        post_init_hook(self.env)
        self.assertEqual(lines.mapped("approved_qty"), [25, 10, 3, 2.5])

    def test_error_is_a_validation_error(self):
        order = self._make_order()
        with self.assertRefused(error=ValidationError):
            self._ship(order.picking_ids, 11)
