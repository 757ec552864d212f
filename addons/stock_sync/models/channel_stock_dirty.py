# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.modules.registry import Registry
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)

_KEY = "stock_sync.dirty"
#: seconds that changes are collected before they are looked at
DEBOUNCE = 3
#: rows that one transaction folds
_CHUNK = 5000
#: seconds after which a flush makes place for others
_MAX_TIME = 60
#: advisory lock: one flush at a time, whoever runs it
_LOCK = 7_300_019

#: {database: monotonic time until which a flush is asked for already}
_asked = {}


class ChannelStockDirty(models.Model):
    """Products whose listings have to be looked at again.

    A set kept as an append-only table: whoever changes stock inserts, once in a
    transaction, without reading or locking anything; the flush deletes what it saw and
    folds it. No unique index and no foreign key: both would make stock moves wait for
    each other.
    """

    _name = "channel.stock.dirty"
    _description = "Products to Publish Again"
    _log_access = False

    product_id = fields.Integer(required=True)
    reason = fields.Char()
    user_id = fields.Integer()
    created_at = fields.Datetime()

    @api.model
    def _collect_products(self, product_ids, reason):
        """Note products; what is noted is written once, with the transaction."""
        cr = self.env.cr
        noted = cr.precommit.data.get(_KEY)
        if noted is None:
            noted = cr.precommit.data[_KEY] = {}
            cr.precommit.add(self._insert_collected)
        for product_id in product_ids:
            noted.setdefault(product_id, reason)

    def _insert_collected(self):
        noted = self.env.cr.precommit.data.pop(_KEY, None)
        if not noted:
            return
        by_reason = {}
        for product_id, reason in noted.items():
            by_reason.setdefault(reason, []).append(product_id)
        parts = [
            SQL(
                "SELECT product_id, %s AS reason FROM (%s) AS shown",
                reason,
                self._sql_shown_products(ids),
            )
            for reason, ids in by_reason.items()
        ]
        self._insert(SQL(" UNION ALL ").join(parts))

    @api.model
    def _insert_scope(self, domain, reason):
        """Note all products with listings in a domain."""
        # rules are the company's: what the user may see does not matter
        listings_sudo = self.env["channel.listing"].sudo()
        listings_sudo.flush_model()
        query = listings_sudo._search(
            Domain(domain) & Domain("state", "=", "matched"), order=None
        )
        self._insert(
            SQL(
                "SELECT DISTINCT product_id, %s FROM channel_listing"
                " WHERE product_id IS NOT NULL AND id IN %s",
                reason,
                query.subselect(),
            )
        )

    @api.model
    def _insert(self, query):
        """Insert rows (product, reason); a flush follows when any were."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                INSERT INTO channel_stock_dirty
                    (product_id, reason, user_id, created_at)
                SELECT product_id, reason, %s, now() AT TIME ZONE 'UTC'
                FROM (%s) AS dirty (product_id, reason)
                """,
                self.env.uid,
                query,
            )
        )
        if cr.rowcount and not cr.postcommit.data.get(_KEY):
            cr.postcommit.data[_KEY] = True
            cr.postcommit.add(self._get_flush_asker(cr.dbname))

    @api.model
    def _sql_shown_products(self, product_ids):
        """Hook: which of these products shops show; addons add kits made of them."""
        return SQL(
            "SELECT DISTINCT product_id FROM channel_listing"
            " WHERE product_id = ANY(%s) AND active AND state = 'matched'",
            list(product_ids),
        )

    @api.model
    def _get_flush_asker(self, dbname):
        """After the commit: a flush, unless one is asked for already.

        The first change after a while is looked at at once; those that follow are
        collected for a moment. What this process forgets, or does not live to ask for,
        the cron finds within a minute.
        """

        def ask():
            now = time.monotonic()
            # a flush that may have begun already did not see this transaction
            last = _asked.get(dbname, -DEBOUNCE)
            if last > now + DEBOUNCE / 2:
                return
            delay = DEBOUNCE if now < last + DEBOUNCE else 0
            _asked[dbname] = now + delay
            try:
                with Registry(dbname).cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["channel.stock.dirty"]._enqueue_flush(delay)
            except Exception:
                # what was asked for is committed: nobody is to see an error here
                _logger.warning("A flush was not enqueued", exc_info=True)

        return ask

    @api.model
    def _enqueue_flush(self, seconds=0):
        self.with_delay(
            eta=fields.Datetime.now() + timedelta(seconds=seconds),
            description=self.env._("Stock of changed products"),
            identity_key="stock_sync.flush",
        )._job_flush()

    @api.model
    def _job_flush(self):
        """Look at what changed; then send it, shop by shop. Repeatable.

        :raises RetryableJobError: while another flush is at work
        """
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("Another flush is at work", 2, ignore_retry=True)
        stop = time.monotonic() + _MAX_TIME
        channel_ids, is_done = set(), False
        while not is_done and time.monotonic() < stop:
            # a fresh snapshot for each chunk, taken after the lock
            found, is_done = self._call_apart("_flush_chunk")
            channel_ids.update(found)
        if not is_done:
            self._enqueue_flush()
        self.env["sale.channel"].browse(sorted(channel_ids))._push_stock_soon()

    @api.model
    def _call_apart(self, method, *args):
        """Call a method in a short transaction of its own."""
        return self.env["sale.channel"]._commit_apart(self, method, *args)

    @api.model
    def _flush_chunk(self, limit=_CHUNK):
        """Fold the oldest rows into targets.

        :return: (ids of shops that have something to send, whether that was all)
        """
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM channel_stock_dirty WHERE id IN (
                    SELECT id FROM channel_stock_dirty ORDER BY id LIMIT %s)
                RETURNING product_id, reason, user_id
                """,
                limit,
            )
        )
        why = {product_id: (reason, uid) for product_id, reason, uid in rows}
        channel_ids = self.env["channel.listing"]._set_targets(why)
        return list(channel_ids), len(rows) < limit

    @api.model
    def _cron_flush(self):
        """What nobody asked for: flushes, shops with something to send, dates."""
        self.env["channel.publish.rule"]._cron_dates()
        self.flush_model()
        self.env.cr.flush()
        self.env.cr.execute("SELECT EXISTS (SELECT FROM channel_stock_dirty)")
        if self.env.cr.fetchone()[0]:
            self._enqueue_flush()
        self.env["sale.channel"]._push_stock_where_due()
