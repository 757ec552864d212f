"""A database, a server with several workers and processes that fight for its stock."""

import contextlib
import time
from dataclasses import dataclass

import psycopg2

from .. import harness
from ..worker import Process

WORKER = "tests.concurrency.order_worker"
PROCESSES = 4


@dataclass
class Round:
    """What one fight for one set of scarce products came to."""

    confirmed: int
    unconfirmed: int
    seconds: float
    #: of the four processes and their PostgreSQL backends
    cpu: float
    retries: int
    errors: list
    #: products of which more is promised than there is, per quants or move lines
    oversold: set
    duplicate_quants: int
    #: {product: (on hand, reserved by quants, by move lines, demand)} where something
    #: else is reserved than the smaller of stock and demand
    inexact: dict

    @property
    def speed(self):
        """Orders a second."""
        return self.confirmed / self.seconds

    @property
    def cpu_speed(self):
        """Orders a second of CPU: does not depend on what else the machine does."""
        return self.confirmed / self.cpu

    def __str__(self):
        return (
            f"{self.confirmed} orders, {self.speed:.1f}/s, {self.cpu_speed:.1f}/s of"
            f" CPU, {self.retries} retries, "
            f"{len(self.errors)} errors, {len(self.oversold)} SKUs oversold, "
            f"{self.duplicate_quants} duplicate quants"
        )


class Arena:
    """One database, four processes, and a server of four workers for those who need it.

    :param as_installed: without what demo data switches on, to compare with plain Odoo
    """

    def __init__(self, template, as_installed=False):
        with contextlib.ExitStack() as stack:
            self.database = stack.enter_context(harness.Database(template))
            self.processes = []
            for _number in range(PROCESSES):
                self.processes.append(Process(WORKER, self.database))
                stack.callback(self.processes[-1].close)
            if as_installed:
                self.call("switch_off_demo")
            self._server = None
            self._stack = stack.pop_all()

    @property
    def server(self):
        """Started when somebody asks for it: who fights through the ORM does not."""
        if self._server is None:
            server = harness.Server(self.database, workers=PROCESSES)
            self._server = self._stack.enter_context(server)
            # an administrator's first login writes the server's address
            server.session()
        return self._server

    def close(self):
        self._stack.close()

    def call(self, name, *args):
        """Run a function of `order_worker.py` in one of the processes."""
        return self.processes[0].call(name, *args)

    # one round: prepare, start, finish

    def prepare(self, way, number):
        """Begin to make products and orders; `start` waits until they are there."""
        self.data = None
        is_by_buttons = way == "buttons"
        if is_by_buttons:
            assert self.server
        self.processes[0].start("seed", number, is_by_buttons)

    def wait_until_prepared(self):
        if self.data is None:
            self.data = self.processes[0].result()

    def start(self, way, start_at):
        self._started_at = start_at
        self._retries_before = self._count_retries()
        self._cpu_before = self._count_cpu()
        if way == "buttons":
            self.press("sale.order", "action_confirm", self.data["orders"], start_at)
        else:
            for n, process in enumerate(self.processes):
                baskets = self.data["baskets"][n::PROCESSES]
                process.start("confirm_all", start_at, baskets)

    def press(self, model, method, ids, start_at, **context):
        """Four client processes share the records and press a button on each."""
        for n, process in enumerate(self.processes):
            share = ids[n::PROCESSES]
            url = self.server.url
            process.start("press_all", start_at, url, model, method, share, context)

    def finish(self):
        answers = [process.result() for process in self.processes]
        cpu = self._count_cpu() - self._cpu_before
        product_ids = self.data["products"]
        stock = self.stock(product_ids)
        confirmed = self.database.sql(
            """SELECT count(DISTINCT o.id) FROM sale_order o
                 JOIN sale_order_line l ON l.order_id = o.id
                WHERE l.product_id = ANY(%s) AND o.state = 'sale'""",
            [product_ids],
        )[0][0]
        return Round(
            confirmed=confirmed,
            unconfirmed=len(self.data["baskets"]) - confirmed,
            seconds=max(a["ended_at"] for a in answers) - self._started_at,
            cpu=cpu,
            retries=self._count_retries() - self._retries_before,
            errors=[error for answer in answers for error in answer["errors"]],
            oversold={
                product
                for product, (on_hand, quants, lines, _demand) in stock.items()
                if max(quants, lines) > on_hand
            },
            duplicate_quants=self.duplicate_quants(product_ids),
            inexact={
                product: figures
                for product, figures in stock.items()
                if not figures[1] == figures[2] == min(figures[0], figures[3])
            },
        )

    def _count_retries(self):
        started = [self._server] if self._server else []
        logs = [one.log() for one in [*started, *self.processes]]
        return sum(log.count("tries left, try again") for log in logs)

    def _count_cpu(self):
        backends = self.database.sql(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        pids = [process.pid for process in self.processes]
        return sum(map(harness.cpu_seconds, [*pids, *(pid for (pid,) in backends)]))

    @contextlib.contextmanager
    def rows_locked(self, product_ids):
        """Somebody else has the stock of these products in hands."""
        with contextlib.closing(psycopg2.connect(dbname=self.database.name)) as other:
            with other.cursor() as cr:
                cr.execute(
                    "SELECT id FROM stock_quant WHERE product_id = ANY(%s) FOR UPDATE",
                    [product_ids],
                )
                yield

    # what the rows themselves say

    def stock(self, product_ids):
        """{product: (on hand, reserved by quants, reserved by move lines, demand)}"""
        rows = self.database.sql(
            """
            WITH internal AS (SELECT id FROM stock_location WHERE usage = 'internal')
            SELECT p.id,
              (SELECT coalesce(sum(q.quantity), 0) FROM stock_quant q
                WHERE q.product_id = p.id AND q.location_id IN (TABLE internal)),
              (SELECT coalesce(sum(q.reserved_quantity), 0) FROM stock_quant q
                WHERE q.product_id = p.id AND q.location_id IN (TABLE internal)),
              (SELECT coalesce(sum(l.quantity_product_uom), 0) FROM stock_move_line l
                WHERE l.product_id = p.id AND l.location_id IN (TABLE internal)
                  AND l.state NOT IN ('done', 'cancel')),
              (SELECT coalesce(sum(m.product_qty), 0) FROM stock_move m
                WHERE m.product_id = p.id AND m.location_id IN (TABLE internal)
                  AND m.state NOT IN ('done', 'cancel'))
              FROM product_product p WHERE p.id = ANY(%s)
            """,
            [product_ids],
        )
        return {product: tuple(map(float, figures)) for product, *figures in rows}

    def duplicate_quants(self, product_ids):
        return self.database.sql(
            """
            SELECT coalesce(sum(n - 1), 0)::int FROM (
                SELECT count(*) n FROM stock_quant q
                  JOIN stock_location l ON l.id = q.location_id
                 WHERE q.product_id = ANY(%s) AND l.usage = 'internal'
                 GROUP BY q.product_id, q.location_id, q.lot_id, q.package_id,
                          q.owner_id
                HAVING count(*) > 1) duplicates
            """,
            [product_ids],
        )[0][0]


def fight(arenas, way, number):
    """The same round in one arena after the other, the first one changing from round
    to round. :return: a Round each, in the order of ``arenas``"""
    results = {}
    for arena in arenas:
        arena.prepare(way, number)
    for arena in arenas:
        arena.wait_until_prepared()
    for arena in arenas if number % 2 else reversed(arenas):
        arena.start(way, time.time() + 1)
        results[arena] = arena.finish()
    return [results[arena] for arena in arenas]
