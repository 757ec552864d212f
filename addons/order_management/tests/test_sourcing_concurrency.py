# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .race_common import RaceCase, get_seeds

CAPACITY = 3


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestSourcingConcurrency(RaceCase):
    """OM-14, OM-30: a day never takes more orders than it has room for."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            houses = self._get_houses(env)
            product = env["product.product"].create(
                {"name": "Raced", "is_storable": True, "taxes_id": False}
            )
            for warehouse in houses:
                env["stock.quant"]._update_available_quantity(
                    product, warehouse.lot_stock_id, 1000
                )
            partner = env["res.partner"].create({"name": "Sourcing Racer"})
            rule = env["order.sourcing.rule"].create(
                {
                    "name": "Race",
                    "sequence": -1,
                    "company_id": env.company.id,
                    "order_domain": f"[('partner_id', '=', {partner.id})]",
                    "warehouse_ids": [Command.set(houses.ids)],
                    "criterion_ids": [Command.create({"kind": "sequence"})],
                }
            )
            self.company_id, self.product_id = env.company.id, product.id
            self.first_id, self.other_id = houses.ids
            self.partner_id, self.rule_id = partner.id, rule.id
        self.addCleanup(self._clean_up)

    def _get_houses(self, env):
        """Two warehouses of the races, the first with room for three orders a day."""
        houses = env["stock.warehouse"].with_context(active_test=False)
        found = houses.search(
            [("code", "in", ("RACE1", "RACE2"))], order="code"
        ) or houses.create(
            [
                {"name": code, "code": code, "company_id": env.company.id}
                for code in ("RACE1", "RACE2")
            ]
        )
        found.active = True
        for place, house in enumerate(found, start=1):
            house.sequence = 900 + place
        found[0].sourcing_order_capacity = CAPACITY
        return found

    def _clean_up(self):
        with self._env() as env:
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            self._drop_orders(env, orders)
            env["order.sourcing.rule"].browse(self.rule_id).unlink()
            env.cr.execute(
                "DELETE FROM order_sourcing_load WHERE warehouse_id = ANY(%s)",
                [[self.first_id, self.other_id]],
            )
            env.cr.execute(
                "DELETE FROM stock_quant WHERE product_id = %s", [self.product_id]
            )
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            # warehouses cannot be deleted: the next race uses them again
            houses = env["stock.warehouse"].browse([self.first_id, self.other_id])
            houses.action_archive()

    def _create_orders(self, env, count):
        return env["sale.order"].create(
            [
                {
                    "partner_id": self.partner_id,
                    "company_id": self.company_id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product_id, "product_uom_qty": 1}
                        )
                    ],
                }
                for _number in range(count)
            ]
        )

    def _confirm(self, order_id):
        def work(env):
            env["sale.order"].browse(order_id).action_confirm()
            env.flush_all()

        return work

    def test_a_day_never_overflows(self):
        """Six sessions, room for three: three go elsewhere."""
        for seed in get_seeds():
            with self._env() as env:
                order_ids = self._create_orders(env, 2 * CAPACITY).ids
            errors = self._race(*map(self._confirm, order_ids), seed=seed)
            self.assertFalse(any(errors), errors)
            with self._env() as env:
                orders = env["sale.order"].browse(order_ids)
                houses = [order.warehouse_id.id for order in orders]
                self.assertEqual(houses.count(self.first_id), CAPACITY)
                self.assertEqual(houses.count(self.other_id), CAPACITY)
                load = env["order.sourcing.load"].search(
                    [("warehouse_id", "=", self.first_id)]
                )
                self.assertEqual(load.order_count, CAPACITY)
                orders._action_cancel()
                env.flush_all()
                load.invalidate_recordset()
                self.assertEqual(load.order_count, 0)
