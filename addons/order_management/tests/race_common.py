# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
import threading
import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name
from odoo.tools import mute_logger

from .seeds import SEEDS


def get_seeds():
    """How often a race is run, each time with other delays."""
    return range(SEEDS)


class RaceCase(BaseCase):
    """Sessions that meet: real transactions that commit, in threads that begin
    together. What a test makes it takes away at its end."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())

    @contextmanager
    def _env(self, uid=SUPERUSER_ID, **context):
        """An environment of a transaction of its own, committed at the end."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, uid, context)
            yield env
            env.flush_all()

    def _race(self, *works, seed=None, users=None):
        """Run functions of an environment at once, as requests that Odoo retries.

        :param seed: with it, everybody begins after a small delay of their own
        :param users: ids of the users who do it, by default the superuser
        :return: one UserError or None a function
        """
        rnd = random.Random(seed)
        delays = [
            rnd.choice([0, 0.002, 0.01, 0.03]) if seed is not None else 0
            for _work in works
        ]
        barrier = threading.Barrier(len(works), timeout=30)
        results = [None] * len(works)

        def run(index, work):
            with self.registry.cursor() as cr:
                uid = users[index] if users else SUPERUSER_ID
                env = api.Environment(cr, uid, {})
                # the snapshot is older than what anybody does
                cr.execute("SELECT 1 FROM res_company LIMIT 1")
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

    def _drop_orders(self, env, orders):
        """Take orders away with their moves, transfers, holds and history."""
        cr = env.cr
        cr.execute("SET LOCAL order_management.archive = 'on'")
        moves = orders.order_line.move_ids
        moves |= moves.browse(moves._rollup_move_origs())
        pickings = moves.picking_id
        moves._action_cancel()
        orders._action_cancel()
        holds = env["stock.hold"].search([("order_id", "in", orders.ids)])
        env.flush_all()
        cr.execute(
            "DELETE FROM order_event WHERE order_id = ANY(%s)"
            " OR res_model = 'sale.order' AND res_id = ANY(%s)"
            " OR res_model = 'stock.hold' AND res_id = ANY(%s)",
            [orders.ids, orders.ids, holds.ids],
        )
        for table, ids in (
            ("stock_hold", holds.ids),
            ("stock_move", moves.ids),
            ("stock_picking", pickings.ids),
            ("sale_order", orders.ids),
        ):
            cr.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])
        env.invalidate_all()
