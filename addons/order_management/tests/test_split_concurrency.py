# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestSplitConcurrency(RaceCase):
    """OM-12: whoever meets a split comes before or after it, nothing is doubled."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.partner_id = env["res.partner"].create({"name": "Racer"}).id
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            product = env["product.product"].create(
                {"name": "Raced", "is_storable": True, "taxes_id": False}
            )
            env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, 1000
            )
            self.product_id = product.id
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._env() as env:
            orders = env["sale.order"].search(
                [("partner_id", "=", self.partner_id)], order="id desc"
            )
            env.cr.execute(
                "UPDATE sale_order SET split_parent_id = NULL WHERE id = ANY(%s)",
                [orders.ids],
            )
            env.invalidate_all()
            self._drop_orders(env, orders)
            env.cr.execute(
                "DELETE FROM stock_quant WHERE product_id = %s", [self.product_id]
            )
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _create_order(self, confirm=False):
        with self._env() as env:
            order = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_id,
                                "product_uom_qty": 10,
                                "price_unit": 3,
                                # agreed by hand: a new quantity changes no price
                                "technical_price_unit": 0,
                            }
                        )
                    ],
                }
            )
            if confirm:
                order.action_confirm()
            return order.id

    def _split(self, order_id, quantity=4):
        def work(env):
            order = env["sale.order"].browse(order_id)
            order._split([{order.order_line[0]: quantity}], "race")
            env.flush_all()

        return work

    def _confirm(self, order_id):
        def work(env):
            env["sale.order"].browse(order_id).action_confirm()
            env.flush_all()

        return work

    def _read(self, order_id):
        """(ordered, open demand, total, states) of the order and its parts."""
        with self._env() as env:
            family = env["sale.order"].browse(order_id)._get_split_family()
            moves = family.order_line._get_split_moves()
            return (
                sum(family.order_line.mapped("product_uom_qty")),
                sum(moves.mapped("product_qty")),
                sum(family.mapped("amount_total")),
                sorted(family.mapped("state")),
            )

    def test_split_against_confirmation(self):
        for seed in get_seeds():
            order_id = self._create_order()
            errors = self._race(
                self._split(order_id), self._confirm(order_id), seed=seed
            )
            ordered, demand, total, states = self._read(order_id)
            self.assertEqual((ordered, total), (10, 30), f"seed {seed}")
            self.assertFalse(any(errors), f"seed {seed}: {errors}")
            # confirmed as a whole and then split, or what stayed alone was confirmed
            self.assertIn(
                (demand, states), [(10, ["sale"] * 2), (6, ["draft", "sale"])]
            )

    def test_two_splits(self):
        for seed in get_seeds():
            order_id = self._create_order(confirm=True)
            errors = self._race(*[self._split(order_id, 6)] * 2, seed=seed)
            self.assertEqual(len([e for e in errors if e]), 1, f"seed {seed}")
            ordered, demand, total, states = self._read(order_id)
            self.assertEqual((ordered, demand, total), (10, 10, 30), f"seed {seed}")
            self.assertEqual(states, ["sale", "sale"])

    def test_split_against_change(self):
        """What a channel changes meanwhile is changed once, in whichever part."""

        def change(env):
            order = env["sale.order"].browse(order_id)
            value = {"ref": "L", "quantity": 12.0}
            values = {"kind": "quantity", "value": value, "is_raise": False}
            env["channel.order.change"]._apply([(order, [values])])
            env.flush_all()

        for seed in get_seeds():
            order_id = self._create_order(confirm=True)
            with self._env() as env:
                env["sale.order"].browse(order_id).order_line.channel_line_ref = "L"
            errors = self._race(self._split(order_id), change, seed=seed)
            self.assertFalse(any(errors), f"seed {seed}: {errors}")
            ordered, demand, total, _states = self._read(order_id)
            self.assertEqual((ordered, demand, total), (12, 12, 36), f"seed {seed}")
