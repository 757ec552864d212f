# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
import threading
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .seeds import SEEDS

STOCK = 3


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestHoldConcurrency(BaseCase):
    """OM-30, invariants 3 and 4: no unit is promised twice.

    Real transactions that commit, in threads that begin together; what is made here is
    taken away at the end.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
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

    def _env(self):
        return _Transaction(self.registry)

    def _clean_up(self):
        with self._env() as env:
            cr = env.cr
            cr.execute("SET LOCAL order_management.archive = 'on'")
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            moves = env["stock.move"].search([("product_id", "in", self.product_ids)])
            pickings = moves.picking_id
            moves._action_cancel()
            orders._action_cancel()
            holds = env["stock.hold"].search([("product_id", "in", self.product_ids)])
            env.flush_all()
            for model, ids in (("stock.hold", holds.ids), ("sale.order", orders.ids)):
                cr.execute(
                    "DELETE FROM order_event WHERE res_model = %s AND res_id = ANY(%s)",
                    [model, ids],
                )
            for table, ids in (
                ("stock_hold", holds.ids),
                ("stock_move", moves.ids),
                ("stock_picking", pickings.ids),
                ("sale_order", orders.ids),
            ):
                cr.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])
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

    def _race(self, seed, *works):
        """Run functions of an environment at once, as requests that Odoo retries.

        :return: one UserError or None a function
        """
        rnd = random.Random(seed)
        delays = [rnd.choice([0, 0.002, 0.01, 0.03]) for _work in works]
        barrier = threading.Barrier(len(works), timeout=30)
        results = [None] * len(works)

        def run(index, work):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # the snapshot is older than what anybody does
                cr.execute("SELECT 1 FROM stock_quant LIMIT 1")
                barrier.wait()
                time.sleep(delays[index])
                try:
                    retrying(lambda: work(env), env)
                except UserError as error:
                    results[index] = error
                    cr.rollback()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            patch("odoo.service.model.random.uniform", lambda low, high: 0.01),
            # the thread that runs the tests holds the registry's lock, but waits here
            patch.object(Registry, "_lock", threading.RLock()),
        ):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertFalse(any(thread.is_alive() for thread in threads))
        return results

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
        for seed in range(SEEDS):
            with self._env() as env:
                product_id = self._create_product(env).id
            errors = self._race(seed, *[self._hold(product_id, 1)] * 5)
            self.assertEqual(len([e for e in errors if e]), 2, f"seed {seed}")
            for error in filter(None, errors):
                self.assertIn("0 can be promised", str(error))
            self.assertEqual(self._read(product_id), (3, 0, 1), f"seed {seed}")

    def test_hold_against_reservation(self):
        """A hold of all and an order of all: one of them gets the goods, whole."""
        winners = set()
        for seed in range(SEEDS):
            with self._env() as env:
                product_id = self._create_product(env).id
                order_id = self._create_order(env, product_id, STOCK).id
            works = [self._confirm(order_id), self._hold(product_id, STOCK)]
            errors = self._race(seed, *works)
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
        for seed in range(SEEDS):
            with self._env() as env:
                product_id = self._create_product(env).id
                mine = self._create_order(env, product_id, STOCK)
                other = self._create_order(env, product_id, 2)
                mine._hold(fields.Datetime.now() + timedelta(hours=1))
                mine_id, other_id = mine.id, other.id
            errors = self._race(
                seed,
                self._confirm(mine_id),
                self._confirm(other_id),
                self._hold(product_id, 1),
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
        for seed in range(SEEDS):
            with self._env() as env:
                product_id = self._create_product(env).id
                order = self._create_order(env, product_id, STOCK)
                order._hold(fields.Datetime.now() + timedelta(hours=1))
                order_id, hold_id = order.id, order.hold_ids.id

            def sweep(env, hold_id=hold_id):
                hold = env["stock.hold"].browse(hold_id)
                hold.try_lock_for_update()._transition("released")
                env.flush_all()

            errors = self._race(seed, self._confirm(order_id), sweep)
            self.assertIsNone(errors[0])
            with self._env() as env:
                hold = env["stock.hold"].browse(hold_id)
                self.assertIn(hold.state, ("converted", "released"))
                self.assertEqual(hold.event_count, 1, f"seed {seed}")
            self.assertEqual(self._read(product_id), (0, STOCK, 1), f"seed {seed}")


class _Transaction:
    """A transaction that commits."""

    def __init__(self, registry):
        self.registry = registry

    def __enter__(self):
        self.cr = self.registry.cursor()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        return self.env

    def __exit__(self, error, *_rest):
        if not error:
            self.env.flush_all()
            self.cr.commit()  # pylint: disable=invalid-commit
        self.cr.close()
