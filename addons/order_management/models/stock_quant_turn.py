# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib

import psycopg2.errors

from odoo import api, models
from odoo.http import request

#: what PostgreSQL raises when another transaction was there first; Odoo retries a
#: request that ends with one of them
CONCURRENCY_ERRORS = (
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.SerializationFailure,
)
#: first key of the advisory locks "stock of product X" (the second is its id)
_LOCK_SPACE = 1_919_251_315
#: above this many products a transaction takes no advisory locks: PostgreSQL's table
#: of locks is finite, and the row locks alone keep reservations exact
_MAX_PRODUCTS = 100
#: seconds
_MAX_WAIT = 10


class StockQuant(models.Model):
    """Turns: who may change the stock of a product next.

    Row locks keep the figures right, but at REPEATABLE READ whoever waited for one
    has lost: its snapshot is older than the change. An advisory lock taken *before*
    the snapshot makes the second attempt succeed. Nothing depends on it for its
    correctness.

    - reserving: exclusive, if it is free at once (else the reservation is deferred)
    - other changes of stock: shared
    - deferred reservations and retried requests: exclusive, in a queue
    """

    _inherit = "stock.quant"

    @api.model
    def _try_product_locks(self, product_ids):
        """Take the products' turn until the end of this transaction, where free.

        :return: set of the product ids whose turn somebody else has
        """
        if not product_ids or len(product_ids) > _MAX_PRODUCTS:
            return set()
        self.env.cr.execute(
            "SELECT id FROM unnest(%s) id WHERE NOT pg_try_advisory_xact_lock(%s, id)",
            [sorted(product_ids), _LOCK_SPACE],
        )
        return {product_id for (product_id,) in self.env.cr.fetchall()}

    @api.model
    def _share_product_locks(self, product_ids):
        """Let those go first who queue for these products."""
        if product_ids and len(product_ids) <= _MAX_PRODUCTS:
            self.env.cr.execute(
                "SELECT pg_advisory_xact_lock_shared(%s, id) FROM unnest(%s) id",
                [_LOCK_SPACE, sorted(product_ids)],
                log_exceptions=False,
            )

    @api.model
    @contextlib.contextmanager
    def _turn_of_products(self, product_ids):
        """Queue for the products, then own their turn inside the `with` block.

        Only where this cursor's transaction is one's own and empty: it is rolled
        back, and the block begins with a snapshot from after the locks were granted.
        They are session locks and given back on every exit.

        :raises psycopg2.errors.LockNotAvailable: not granted within some seconds
        """
        cr, granted = self.env.cr, []
        cr.rollback()
        try:
            self._limit_lock_waits()
            for product_id in sorted(product_ids):  # the order prevents deadlocks
                cr.execute(
                    "SELECT pg_advisory_lock(%s, %s)",
                    [_LOCK_SPACE, product_id],
                    log_exceptions=False,
                )
                granted.append(product_id)
            cr.rollback()
            yield
        except BaseException:
            cr.rollback()  # a failed transaction could not give the locks back
            raise
        finally:
            if granted:
                cr.execute(
                    "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s) id",
                    [_LOCK_SPACE, granted],
                )

    @api.model
    def _begin_in_turn(self, product_ids):
        """Begin this cursor's transaction again, owning the products' turn until its
        end; what is waited for in the queue is older than its snapshot."""
        if len(product_ids) > _MAX_PRODUCTS:
            return
        with self._turn_of_products(product_ids):
            # granted at once, since this session has them already
            self._try_product_locks(product_ids)

    @api.model
    def _limit_lock_waits(self):
        """Until the end of this transaction, refuse rather than wait for long."""
        self.env.cr.execute(
            "SELECT set_config('lock_timeout', %s, true)", [f"{_MAX_WAIT}s"]
        )

    @api.model
    @contextlib.contextmanager
    def _remember_lost_races(self, product_ids):
        """When a race for these products is lost, the retry of this request queues
        for them first (see `ir.http`)."""
        try:
            yield
        except CONCURRENCY_ERRORS:
            if request:
                request.order_management_contended_products = {
                    *getattr(request, "order_management_contended_products", ()),
                    *product_ids,
                }
            raise
