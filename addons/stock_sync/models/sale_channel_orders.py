# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta, timezone

from odoo import fields, models
from odoo.tools import SQL, split_every

from odoo.addons.order_management.neutral.identity import moment_of

from ..channels import errors
from ..channels.types import Orders

#: what is read again although it was read already: changes that arrive late
OVERLAP = timedelta(minutes=10)
#: how far back the first look goes; a backfill goes further
FIRST_LOOK = timedelta(days=1)
_BACKFILL_DAYS = 7
#: after so many failures a run's page is forgotten: it may not exist any more
_PAGE_TRIES = 3
_REREAD_DAYS = 60
_REREAD_BATCHES = 5
#: an order read this long after its change is known whole
_SETTLED = timedelta(minutes=2)


class SaleChannel(models.Model):
    """A way of selling; here: its orders, read from the shop into the inbox."""

    _inherit = "sale.channel"

    def _poll_orders(self, cursor):
        """Read one page of changed orders; whether there is more at once."""
        can = self._get_capabilities()
        page_cursor = cursor.page_cursor or ""
        if page_cursor and cursor.error_count >= _PAGE_TRIES:
            page_cursor = ""
        elif not page_cursor and not cursor.is_backfill:
            self._begin_run(cursor, can)
        since, until = _aware(cursor.run_since), _aware(cursor.run_until)
        page = self._with_fresh_token(
            lambda adapter: adapter.list_orders(since, until, page_cursor)
        )
        self._take_order_page(cursor, page, can)
        if page.cursor:
            cursor.page_cursor = page.cursor
            return True
        return self._end_order_run(cursor, can)

    def _begin_run(self, cursor, can):
        """From a little before the watermark to as far as the channel allows."""
        if not can.changes_since:
            cursor.write({"run_since": False, "run_until": False, "run_high": False})
            return
        now = fields.Datetime.now()
        start = self.sync_connected_at or now
        since = (cursor.watermark or start - FIRST_LOOK) - OVERLAP
        until = False
        if can.order_window_days:
            end = since + timedelta(days=can.order_window_days)
            until = min(end, now + OVERLAP)
        cursor.write({"run_since": since, "run_until": until, "run_high": False})

    def _end_order_run(self, cursor, can):
        """Move the watermark; whether another stretch follows at once."""
        if cursor.is_backfill:
            done = cursor.run_until >= cursor.backfill_until
            cursor.backfill_since = False if done else cursor.run_until
            if done:
                cursor.backfill_until = False
                self._log_sync(
                    "orders", self.env._("Backfill finished"), direction="in"
                )
            cursor._end_run()
            return True
        now = fields.Datetime.now()
        # a clock that runs ahead must not make us skip what comes
        high = cursor.run_high and min(cursor.run_high, now)
        sliced = cursor.run_until and cursor.run_until < now - OVERLAP
        if sliced:
            high = max(high or cursor.run_until, cursor.run_until)
        cursor._end_run(high)
        if can.reread_open_orders:
            self._reread_open_orders(cursor, can)
        return bool(sliced) or self._begin_backfill(cursor, can)

    def _begin_backfill(self, cursor, can):
        """Prepare the next stretch of a backfill; whether there is one."""
        if not cursor.backfill_since or not can.changes_since:
            return False
        days = min(can.order_window_days or _BACKFILL_DAYS, _BACKFILL_DAYS)
        cursor.write(
            {
                "is_backfill": True,
                "run_since": cursor.backfill_since,
                "run_until": min(
                    cursor.backfill_since + timedelta(days=days), cursor.backfill_until
                ),
            }
        )
        return True

    def _take_order_page(self, cursor, page, can):
        whole = dict(page.orders)
        refs = [ref for ref in page.refs if ref.external_id not in whole]
        # a list whose time is not that of the last change tells nothing about it
        known = set() if can.reread_open_orders else self._get_known(refs)
        wanted = list(
            dict.fromkeys(r.external_id for r in refs if r.external_id not in known)
        )
        failed, missing = {}, []
        for ids in split_every(can.order_batch, wanted):
            read = self._read_orders(list(ids))
            whole.update(read.orders)
            failed.update(read.failed)
            missing += read.missing
        if not cursor.is_backfill:
            self._raise_high(cursor, page, whole)
        new = self._store_orders(whole, failed, missing)
        cursor.read_count += len(whole) + len(failed)
        if new:
            cursor.last_new_at = fields.Datetime.now()

    def _raise_high(self, cursor, page, whole):
        """The latest time of change of this run: the list's own, which is what it is
        asked by; the orders' where the list tells none."""
        moments = [cursor.run_high] if cursor.run_high else []
        for ref in page.refs:
            moment = ref.updated_at
            if not moment:
                moment = moment_of(whole.get(ref.external_id), "updated_at")
            if moment:
                moments.append(_naive(moment))
        cursor.run_high = max(moments, default=False)

    def _get_known(self, refs):
        """Ids of those that are known as they are: an overlap lists them again."""
        ids = [ref.external_id for ref in refs]
        known = dict(
            (row[0], row[1:])
            for row in self.env.execute_query(
                SQL(
                    "SELECT external_id, external_updated_at, write_date"
                    " FROM channel_order WHERE channel_id = %s"
                    " AND external_id = ANY(%s) AND external_updated_at IS NOT NULL",
                    self.id,
                    ids,
                )
            )
        )

        def is_known(ref):
            stored, written = known.get(ref.external_id, (None, None))
            told = ref.updated_at and _naive(ref.updated_at)
            return (
                bool(stored and told)
                and stored.replace(microsecond=0) == told
                and written > told + _SETTLED
            )

        return {ref.external_id for ref in refs if is_known(ref)}

    def _read_orders(self, ids):
        """Read orders whole; one that cannot be read does not hold up the others."""
        try:
            return self._with_fresh_token(lambda adapter: adapter.read_orders(ids))
        except errors.ChannelError as error:
            if len(ids) == 1 or not _may_be_one_order(error):
                raise
        except (ValueError, TypeError, LookupError, AttributeError):
            if len(ids) == 1:
                raise
        return self._read_one_by_one(ids)

    def _read_one_by_one(self, ids):
        orders, failed, missing, last = {}, {}, [], None
        for external_id in ids:
            try:
                read = self._read_orders([external_id])
            except errors.NotFound:
                missing.append(external_id)
                continue
            except errors.ChannelError as error:
                if not _may_be_one_order(error):
                    raise
                failed[external_id], last = self._explain_error(error), error
                continue
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                # the adapter met something that nobody thought of
                failed[external_id] = f"{type(error).__name__}: {error}"
                continue
            orders.update(read.orders)
            failed.update(read.failed)
            missing += read.missing
        if last and not orders and not missing:
            # it is not one order: the shop itself answers nonsense
            raise last
        return Orders(orders, tuple(missing), failed)

    def _store_orders(self, orders, failed=None, missing=()):
        """Put what was read into the inbox; how many were never seen before."""
        self.ensure_one()
        # the shop's own keys opened the way: no user stands behind it
        inbox = self.env["channel.order"].sudo().with_company(self.company_id)
        ids = [*orders, *(failed or ())]
        domain = [("channel_id", "=", self.id), ("external_id", "in", ids)]
        known = inbox.search_count(domain) if ids else 0
        for part in split_every(1000, orders.values()):
            inbox.receive(self.id, [_plain(payload) for payload in part])
        if failed:
            inbox._receive_untranslated(self.sudo(), failed)
        for external_id in missing:
            self._log_sync(
                "orders",
                self.env._("The shop lists an order that it does not have"),
                direction="in",
                external_id=external_id,
                state="warning",
            )
        return max(len(ids) - known, 0)

    def _reread_open_orders(self, cursor, can):
        """Orders whose changes the list does not tell are read again, in turn."""
        limit = _REREAD_BATCHES * can.order_batch
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, external_id FROM channel_order
                WHERE channel_id = %s AND id > %s AND state <> 'ignored'
                AND NOT COALESCE(is_test, FALSE) AND external_id IS NOT NULL
                AND received_at > %s
                AND COALESCE(applied->>'status', '')
                    NOT IN ('cancelled', 'delivered', 'returned')
                ORDER BY id LIMIT %s
                """,
                self.id,
                cursor.reread_after,
                fields.Datetime.now() - timedelta(days=_REREAD_DAYS),
                limit,
            )
        )
        cursor.reread_after = rows[-1][0] if len(rows) == limit else 0
        for ids in split_every(can.order_batch, [row[1] for row in rows]):
            read = self._read_orders(list(ids))
            self._store_orders(read.orders, read.failed)

    def _start_backfill(self, since, until):
        """Read again what changed between two moments (naive UTC), in the background.

        A backfill that runs already is widened.
        """
        cursor_model = self.env["channel.sync.cursor"].sudo()
        for channel in self:
            cursor = cursor_model._get_for(channel, "orders")
            old_until = cursor.backfill_until or until
            cursor.write(
                {
                    "backfill_since": min(since, cursor.backfill_since or since),
                    "backfill_until": max(until, old_until),
                    "next_at": False,
                }
            )
            channel._enqueue_poll("orders")


def _may_be_one_order(error):
    """Whether the order, not the way to the shop, may be what is wrong."""
    return isinstance(
        error, (errors.BadAnswer, errors.Refused, errors.NotFound, errors.Misconfigured)
    )


def _plain(payload):
    """Only what JSON knows: adapters may leave exact numbers in ``raw``."""
    return json.loads(json.dumps(payload, default=str))


def _aware(moment):
    return moment.replace(tzinfo=timezone.utc) if moment else None


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
