# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestReturnsConcurrency(RaceCase):
    """OM-19: what was shipped comes back once, whatever doors are used at once."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            company = env.ref("base.main_company")
            self.mode = company.approval_mode
            company.approval_mode = "none"
            policies = env["channel.return.policy"].search([])
            self.policy_ids = policies.ids
            policies.active = False
            product = env["product.product"].create(
                {
                    "name": "Racing return",
                    "is_storable": True,
                    "list_price": 10,
                    "taxes_id": False,
                }
            )
            partner = env["res.partner"].create({"name": "Racing returner"})
            self.product_id, self.partner_id = product.id, partner.id
            self.company_id = company.id
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
            warehouse._get_arrival_location()
            env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, 100
            )
            self.warehouse_id = warehouse.id
            self.order_ids = []
        self.addCleanup(self._clean)

    def _clean(self):
        with self._env() as env:
            env.cr.execute("SET LOCAL order_management.archive = 'on'")
            env["res.company"].browse(self.company_id).approval_mode = self.mode
            lines = env["channel.return.line"].search(
                [("order_id", "in", self.order_ids)]
            )
            records = lines.return_id
            for table, column, ids in (
                ("channel_return_line", "id", lines.ids),
                ("order_event", "res_id", records.ids),
                ("channel_return", "id", records.ids),
            ):
                extra = (
                    " AND res_model = 'channel.return'"
                    if table == "order_event"
                    else ""
                )
                env.cr.execute(
                    f"DELETE FROM {table} WHERE {column} = ANY(%s){extra}", [ids]
                )
            for query in (
                "DELETE FROM order_event WHERE order_id = ANY(%s)",
                "DELETE FROM stock_move_line WHERE move_id IN (SELECT m.id FROM"
                " stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id"
                " WHERE l.order_id = ANY(%s))",
                "DELETE FROM stock_move WHERE sale_line_id IN (SELECT id FROM"
                " sale_order_line WHERE order_id = ANY(%s))",
                "DELETE FROM stock_picking WHERE sale_id = ANY(%s)",
                "DELETE FROM sale_order WHERE id = ANY(%s)",
            ):
                env.cr.execute(query, [self.order_ids])
            env.cr.execute(
                "UPDATE channel_return_policy SET active = true WHERE id = ANY(%s)",
                [self.policy_ids],
            )
            env.cr.execute(
                "DELETE FROM stock_quant WHERE product_id = %s", [self.product_id]
            )
            env.cr.execute(
                "DELETE FROM product_value WHERE product_id = %s", [self.product_id]
            )

    def _ship_order(self, quantity=1):
        with self._env() as env:
            order = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "company_id": self.company_id,
                    "warehouse_id": self.warehouse_id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_id,
                                "product_uom_qty": quantity,
                            }
                        )
                    ],
                }
            )
            order.action_confirm()
            picking = order.picking_ids
            picking.action_assign()
            picking.move_ids.picked = True
            picking.button_validate()
            self.order_ids.append(order.id)
            return order.id, picking.id

    def _by_wizard(self, picking_id):
        def work(env):
            wizard = env["stock.return.picking"].create({"picking_id": picking_id})
            wizard.product_return_moves.quantity = 1
            wizard.action_create_returns()

        return work

    def _by_door(self, order_id):
        def work(env):
            order = env["sale.order"].browse(order_id)
            env["channel.return"]._request_for_order(order, {order.order_line: 1})

        return work

    def _by_form(self, return_id):
        def work(env):
            env["channel.return"].browse(return_id).action_approve()

        return work

    def _count(self, order_id):
        with self._env() as env:
            line = env["sale.order"].browse(order_id).order_line
            moves = line.move_ids.filtered(
                lambda m: m.is_customer_return and m.state != "cancel"
            )
            entries = env["channel.return.line"].search(
                [
                    ("sale_line_id", "=", line.id),
                    ("return_id.state", "!=", "requested"),
                ]
            )
            loose = moves.filtered(lambda m: not m.channel_return_line_id)
            return sum(loose.mapped("product_uom_qty")) + sum(
                entries.mapped("approved_qty")
            ), line.returning_qty

    def test_same_unit_by_two_doors(self):
        """The wizard and a customer's request: one gets it, the other is told."""
        for seed in get_seeds():
            order_id, picking_id = self._ship_order()
            errors = self._race(
                self._by_wizard(picking_id), self._by_door(order_id), seed=seed
            )
            self.assertEqual(len([e for e in errors if e]), 1, f"seed {seed}: {errors}")
            self.assertEqual(self._count(order_id)[1], 1, seed)

    def test_two_wizards(self):
        for seed in get_seeds():
            order_id, picking_id = self._ship_order()
            errors = self._race(
                self._by_wizard(picking_id), self._by_wizard(picking_id), seed=seed
            )
            self.assertEqual(len([e for e in errors if e]), 1, f"seed {seed}: {errors}")
            self.assertEqual(self._count(order_id), (1, 1), seed)

    def test_two_returns_approved(self):
        """Two wishes for the same unit are approved at once: one is."""
        for seed in get_seeds():
            order_id, _picking_id = self._ship_order()
            with self._env() as env:
                line = env["sale.order"].browse(order_id).order_line
                records = env["channel.return"].create(
                    [
                        {
                            "partner_id": self.partner_id,
                            "company_id": self.company_id,
                            "line_ids": [
                                Command.create(
                                    {
                                        "order_id": order_id,
                                        "sale_line_id": line.id,
                                        "requested_qty": 1,
                                    }
                                )
                            ],
                        }
                        for _number in range(2)
                    ]
                )
                # of two wishes one is for nothing yet
                records[1].line_ids.approved_qty = 0
                ids = records.ids

            def cut(env, return_id=ids[1]):
                env["channel.return"].browse(return_id).line_ids.approved_qty = 1
                env["channel.return"].browse(return_id).action_approve()

            errors = self._race(self._by_form(ids[0]), cut, seed=seed)
            self.assertEqual(len([e for e in errors if e]), 1, f"seed {seed}: {errors}")
            self.assertEqual(self._count(order_id)[0], 1, seed)
