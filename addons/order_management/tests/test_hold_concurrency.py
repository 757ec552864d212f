# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .race_common import RaceCase, get_seeds

STOCK = 3


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestHoldConcurrency(RaceCase):
    """OM-30, invariants 3 and 4: no unit is promised twice."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            self.company_id = env.company.id
            self.had_holds = env.company.has_holds
            self.warehouse_id = warehouse.id
            self.stock_id = warehouse.lot_stock_id.id
            self.partner_id = env["res.partner"].create({"name": "Racer"}).id
        self.product_ids = []
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._env() as env:
            cr = env.cr
            cr.execute("SET LOCAL order_management.archive = 'on'")
            holds = env["stock.hold"].search([("product_id", "in", self.product_ids)])
            cr.execute(
                "DELETE FROM order_event WHERE res_model = 'stock.hold'"
                " AND res_id = ANY(%s)",
                [holds.ids],
            )
            cr.execute("DELETE FROM stock_hold WHERE id = ANY(%s)", [holds.ids])
            env.invalidate_all()
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            self._drop_orders(env, orders)
            cr.execute(
                "DELETE FROM stock_quant WHERE product_id = ANY(%s)",
                [self.product_ids],
            )
            cr.execute(
                "UPDATE res_company SET has_holds = %s WHERE id = %s",
                [self.had_holds, self.company_id],
            )
            env.invalidate_all()
            products = env["product.product"].browse(self.product_ids)
            products.product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _create_product(self, env, stock=STOCK):
        product = env["product.product"].create(
            {"name": "Last Unit", "is_storable": True, "taxes_id": False}
        )
        self.product_ids.append(product.id)
        location = env["stock.location"].browse(self.stock_id)
        env["stock.quant"]._update_available_quantity(product, location, stock)
        return product

    def _create_order(self, env, product_id, quantity):
        return env["sale.order"].create(
            {
                "partner_id": self.partner_id,
                "company_id": self.company_id,
                "order_line": [
                    Command.create(
                        {"product_id": product_id, "product_uom_qty": quantity}
                    )
                ],
            }
        )

    def _hold(self, product_id, quantity):
        def work(env):
            env["stock.hold"].create(
                {
                    "product_id": product_id,
                    "warehouse_id": self.warehouse_id,
                    "quantity": quantity,
                    "kind": "cart",
                    "expires_at": fields.Datetime.now() + timedelta(hours=1),
                }
            )
            env.flush_all()

        return work

    def _confirm(self, order_id):
        def work(env):
            env["sale.order"].browse(order_id).action_confirm()
            env.flush_all()

        return work

    def _read(self, product_id):
        """(held, reserved, quants) as everybody sees them now."""
        with self._env() as env:
            env.cr.execute(
                """SELECT COALESCE((SELECT sum(quantity) FROM stock_hold
                            WHERE product_id = %(p)s AND state = 'active'), 0),
                          COALESCE(sum(reserved_quantity), 0), count(*)
                     FROM stock_quant WHERE product_id = %(p)s
                      AND location_id = %(l)s""",
                {"p": product_id, "l": self.stock_id},
            )
            return tuple(map(float, env.cr.fetchone()))

    def test_last_units_are_held_once(self):
        """Five sessions want one of three each: three win, two are told."""
        for seed in get_seeds():
            with self._env() as env:
                product_id = self._create_product(env).id
            errors = self._race(*[self._hold(product_id, 1)] * 5, seed=seed)
            self.assertEqual(len([e for e in errors if e]), 2, f"seed {seed}")
            for error in filter(None, errors):
                self.assertIn("0 can be promised", str(error))
            self.assertEqual(self._read(product_id), (3, 0, 1), f"seed {seed}")

    def test_hold_against_reservation(self):
        """A hold of all and an order of all: one of them gets the goods, whole."""
        winners = set()
        for seed in get_seeds():
            with self._env() as env:
                product_id = self._create_product(env).id
                order_id = self._create_order(env, product_id, STOCK).id
            works = [self._confirm(order_id), self._hold(product_id, STOCK)]
            errors = self._race(*works, seed=seed)
            self.assertIsNone(errors[0], "confirming is never refused")
            held, reserved, quants = self._read(product_id)
            self.assertEqual(quants, 1)
            if errors[1]:
                # the order's demand came first, reserved at once or in a moment
                self.assertEqual((held, reserved), (0, STOCK), f"seed {seed}")
            else:
                self.assertEqual((held, reserved), (STOCK, 0), f"seed {seed}")
            winners.add(bool(errors[1]))
        self.assertTrue(winners)

    def test_conversion_against_everybody(self):
        """An order that holds everything is confirmed while another one and a new hold
        want the goods: it gets them all."""
        for seed in get_seeds():
            with self._env() as env:
                product_id = self._create_product(env).id
                mine = self._create_order(env, product_id, STOCK)
                other = self._create_order(env, product_id, 2)
                mine._hold(fields.Datetime.now() + timedelta(hours=1))
                mine_id, other_id = mine.id, other.id
            errors = self._race(
                self._confirm(mine_id),
                self._confirm(other_id),
                self._hold(product_id, 1),
                seed=seed,
            )
            self.assertEqual([bool(e) for e in errors], [False, False, True])
            with self._env() as env:
                mine = env["sale.order"].browse(mine_id)
                self.assertEqual(mine.hold_ids.state, "converted")
                self.assertEqual(mine.order_line.move_ids.quantity, STOCK, seed)
                other = env["sale.order"].browse(other_id)
                self.assertEqual(other.order_line.move_ids.quantity, 0, seed)
            self.assertEqual(self._read(product_id), (0, STOCK, 1), f"seed {seed}")

    def test_expiry_against_conversion(self):
        """The sweep and the confirmation meet: the hold ends once, in one way."""
        for seed in get_seeds():
            with self._env() as env:
                product_id = self._create_product(env).id
                order = self._create_order(env, product_id, STOCK)
                order._hold(fields.Datetime.now() + timedelta(hours=1))
                order_id, hold_id = order.id, order.hold_ids.id

            def sweep(env, hold_id=hold_id):
                hold = env["stock.hold"].browse(hold_id)
                hold.try_lock_for_update()._transition("released")
                env.flush_all()

            errors = self._race(self._confirm(order_id), sweep, seed=seed)
            self.assertIsNone(errors[0])
            with self._env() as env:
                hold = env["stock.hold"].browse(hold_id)
                self.assertIn(hold.state, ("converted", "released"))
                self.assertEqual(hold.event_count, 1, f"seed {seed}")
            self.assertEqual(self._read(product_id), (0, STOCK, 1), f"seed {seed}")
