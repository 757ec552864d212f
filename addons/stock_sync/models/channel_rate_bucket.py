# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..channels.errors import QuotaExhausted, RateLimited

#: seconds a call waits for its turn; who would wait longer is sent away
MAX_WAIT = 10.0


class ChannelRateBucket(models.Model):
    """A token bucket of one shop, shared by all workers of all machines.

    Every call takes its tokens in a short transaction of its own. The count may go
    below zero: that is the queue, and how far below tells how long to wait.
    """

    _name = "channel.rate.bucket"
    _description = "Rate Limit of a Shop"
    _order = "channel_id, name"

    channel_id = fields.Many2one("sale.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True
    )
    name = fields.Char("Limit", required=True, readonly=True)
    capacity = fields.Float("Calls at Once", readonly=True)
    per_second = fields.Float("Calls a Second", digits=(16, 4), readonly=True)
    tokens = fields.Float("Free Calls", readonly=True, aggregator=False)
    updated_at = fields.Datetime(readonly=True)
    blocked_until = fields.Datetime(
        readonly=True, help="The channel asked us to wait until then."
    )
    day = fields.Date(readonly=True)
    day_count = fields.Float("Calls Today", digits=(16, 0), readonly=True)
    refused_count = fields.Integer("Sent Away Today", readonly=True)

    _channel_name_uniq = models.UniqueIndex(
        "(channel_id, name)", "This limit of the shop is known already."
    )

    @api.model
    def _throttle(self, channel):
        """``Throttle`` of a shop: waits for the turn of a call, or raises.

        :return: function (name of the bucket, cost) that raises ``RateLimited`` with
            ``retry_after`` when the turn is too far off
        """
        limits = {one.name: one for one in channel._get_capabilities().buckets}
        registry, channel_id = self.env.registry, channel.id

        def take(name="default", cost=1.0):
            limit = limits.get(name) or next(iter(limits.values()))
            with registry.cursor() as cr:
                wait = _take(cr, channel_id, limit, cost)
            if wait > 0:
                time.sleep(wait)

        return take

    @api.model
    def _block(self, channel, error, name="default"):
        """Keep what the channel said: nobody calls before ``retry_after`` is over."""
        seconds = error.retry_after
        if seconds is None:
            seconds = 3600.0 if isinstance(error, QuotaExhausted) else 5.0
        until = fields.Datetime.now() + timedelta(seconds=seconds)
        with self.env.registry.cursor() as cr:
            _set_read_committed(cr)
            cr.execute(
                SQL(
                    "UPDATE channel_rate_bucket SET blocked_until ="
                    " GREATEST(blocked_until, %s), refused_count = refused_count + 1"
                    " WHERE channel_id = %s AND name = %s",
                    until,
                    channel.id,
                    name,
                )
            )
        self.invalidate_model(flush=False)
        return seconds


def _set_read_committed(cr):
    """Counters are updated one after the other, so that nobody has to start over."""
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")


def _take(cr, channel_id, limit, cost):
    """Take tokens; seconds to wait for them.

    :raises RateLimited: blocked, or too long a queue: nothing is taken
    """
    _set_read_committed(cr)
    cr.execute(
        SQL(
            """
            INSERT INTO channel_rate_bucket AS bucket (channel_id, company_id, name,
                capacity, per_second, tokens, updated_at, day, day_count, refused_count)
            SELECT id, company_id, %(name)s, %(capacity)s, %(rate)s,
                %(capacity)s - %(cost)s, clock_timestamp() AT TIME ZONE 'UTC',
                CURRENT_DATE, %(cost)s, 0
            FROM sale_channel WHERE id = %(channel)s
            ON CONFLICT (channel_id, name) DO UPDATE SET
                capacity = %(capacity)s, per_second = %(rate)s,
                tokens = LEAST(%(capacity)s, bucket.tokens + %(rate)s * GREATEST(0,
                    extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC'
                        - bucket.updated_at)::float8)) - %(cost)s,
                updated_at = clock_timestamp() AT TIME ZONE 'UTC',
                day = CURRENT_DATE,
                day_count = CASE WHEN bucket.day = CURRENT_DATE
                    THEN bucket.day_count ELSE 0 END + %(cost)s,
                refused_count = CASE WHEN bucket.day = CURRENT_DATE
                    THEN bucket.refused_count ELSE 0 END
            RETURNING tokens, extract(epoch FROM
                blocked_until - clock_timestamp() AT TIME ZONE 'UTC')::float8
            """,
            name=limit.name,
            capacity=limit.capacity,
            rate=limit.per_second,
            cost=cost,
            channel=channel_id,
        )
    )
    tokens, blocked = cr.fetchone()
    wait = max(0.0, -float(tokens) / limit.per_second, float(blocked or 0.0))
    if wait > MAX_WAIT:
        cr.rollback()
        raise RateLimited("our own limit", code="throttle", retry_after=wait)
    return wait
