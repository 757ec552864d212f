# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestWaveConcurrency(RaceCase):
    """OM-16: two people build waves at once, and no delivery is in two of them."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            company = env.company
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
            # a kind of transfer of its own: other deliveries stay out of it
            kind = warehouse.out_type_id.copy(
                {"name": "Wave Race", "sequence_code": "WRACE"}
            )
            product = env["product.product"].create(
                {"name": "Wave Racer", "is_storable": True, "taxes_id": False}
            )
            env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, 100
            )
            rule = env["stock.wave.rule"].create(
                {
                    "name": "Race",
                    "company_id": company.id,
                    "picking_type_ids": [Command.set(kind.ids)],
                    "max_deliveries": 2,
                }
            )
            self.kind_id, self.product_id, self.rule_id = kind.id, product.id, rule.id
            self.stock_id = warehouse.lot_stock_id.id
            self.customers_id = env.ref("stock.stock_location_customers").id
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._env() as env:
            pickings = env["stock.picking"].search(
                [("picking_type_id", "=", self.kind_id)]
            )
            pickings.action_cancel()
            waves = env["stock.picking.batch"].search(
                [("wave_rule_id", "=", self.rule_id)]
            )
            moves = pickings.move_ids
            env.flush_all()
            for table, ids in (
                ("stock_move", moves.ids),
                ("stock_picking", pickings.ids),
                ("stock_picking_batch", waves.ids),
            ):
                env.cr.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])
            env.cr.execute(
                "DELETE FROM stock_quant WHERE product_id = %s", [self.product_id]
            )
            env.invalidate_all()
            env["stock.wave.rule"].browse(self.rule_id).unlink()
            env["stock.picking.type"].browse(self.kind_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()

    def _create_deliveries(self, number):
        with self._env() as env:
            vals = {
                "picking_type_id": self.kind_id,
                "location_id": self.stock_id,
                "location_dest_id": self.customers_id,
            }
            move = {
                "product_id": self.product_id,
                "product_uom_qty": 1,
                "location_id": self.stock_id,
                "location_dest_id": self.customers_id,
            }
            pickings = env["stock.picking"].create(
                [{**vals, "move_ids": [Command.create(move)]} for _n in range(number)]
            )
            pickings.action_confirm()
            pickings.action_assign()
            return pickings.ids

    def test_open_waves_are_limited(self):
        """Two who build at once open no more waves than the rule allows."""
        with self._env() as env:
            rule = env["stock.wave.rule"].browse(self.rule_id)
            rule.write({"max_deliveries": 1, "max_open_waves": 2})
        for seed in get_seeds():
            ids = self._create_deliveries(4)

            def build(env):
                env["stock.wave.rule"].browse(self.rule_id)._build()
                env.flush_all()

            errors = self._race(build, build, seed=seed)
            self.assertEqual(errors, [None, None], seed)
            with self._env() as env:
                waves = env["stock.picking.batch"].search(
                    [
                        ("wave_rule_id", "=", self.rule_id),
                        ("state", "=", "in_progress"),
                    ]
                )
                self.assertEqual(len(waves), 2, seed)
                waves.action_cancel()
                env["stock.picking"].browse(ids).action_cancel()

    def test_two_builders(self):
        """Each delivery is in one wave, and no wave is empty."""
        for seed in get_seeds():
            ids = self._create_deliveries(4)

            def build(env):
                env["stock.wave.rule"].browse(self.rule_id)._build()
                env.flush_all()

            errors = self._race(build, build, seed=seed)
            self.assertEqual(errors, [None, None], seed)
            with self._env() as env:
                pickings = env["stock.picking"].browse(ids)
                waves = env["stock.picking.batch"].search(
                    [
                        ("wave_rule_id", "=", self.rule_id),
                        ("state", "=", "in_progress"),
                    ]
                )
                self.assertEqual(waves.picking_ids, pickings, seed)
                self.assertTrue(all(wave.picking_ids for wave in waves), seed)
                waves.action_cancel()
                pickings.action_cancel()
