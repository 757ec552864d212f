# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import time
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools import SQL, split_every

from ..channels import errors
from ..channels.types import ListingRef, StockChange

_logger = logging.getLogger(__name__)

#: a shop's orders count as read when that was not longer ago
RAISE_WITHIN = timedelta(minutes=10)
#: seconds after which a push makes place for other shops
_MAX_TIME = 120
_MAX_WAIT = 3600


class SaleChannel(models.Model):
    """A way of selling; here: its stock is sent, one job a shop at a time."""

    _inherit = "sale.channel"

    stock_is_published = fields.Boolean(
        "Send Stock",
        copy=False,
        tracking=True,
        help="Show in this shop what can be sold, and keep it so.",
    )
    stock_oversold_hold = fields.Boolean(
        "Hold Orders Beyond Stock",
        tracking=True,
        help="An imported order that asks for more than can be promised waits in the "
        "inbox for a decision and reserves nothing. Always so in shops that stock is "
        "sent to; choose it for orders that other systems and files bring.",
    )
    stock_drift_fix = fields.Selection(
        [("manual", "Show it to a person"), ("auto", "Send ours again")],
        "When a Shop Shows Something Else",
        default="manual",
        required=True,
        help="What the nightly drift check does about quantities changed in the shop.",
    )
    stock_ok_at = fields.Datetime("Stock Last Sent", readonly=True, copy=False)
    stock_error = fields.Text("Sending Stock Failed", readonly=True, copy=False)
    stock_error_count = fields.Integer(readonly=True, copy=False)
    stock_retry_at = fields.Datetime(readonly=True, copy=False)

    def write(self, vals):
        """Shops that begin or stop to take part are counted again."""
        watched = {"stock_is_published", "sequence", "active"} & set(vals)
        result = super().write(vals)
        if watched:
            for channel in self:
                self.env["channel.stock.dirty"]._insert_scope(
                    [("channel_id", "=", channel.id)], "shop"
                )
        return result

    def _is_oversold_held(self):
        """Whether orders of this channel that ask for too much wait for somebody."""
        self.ensure_one()
        is_shown = self.stock_is_published and self.sync_state != "draft"
        return is_shown or self.stock_oversold_hold

    @api.model
    def _commit_apart(self, records, method, *args):
        """Call a method of some records in a short transaction of its own.

        What the channel is told, and what it answers, must stay whatever becomes of
        the job: nothing that was sent may be rolled back here.
        """
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            env = self.env(cr=cr)
            call = partial(getattr(records.with_env(env), method), *args)
            result = retrying(call, env)
        self.env.invalidate_all(flush=False)
        return result

    def _push_stock_soon(self, seconds=0):
        """Send what these shops should show."""
        for channel in self.sudo().filtered(lambda one: not one._get_no_push_reason()):
            channel._with_lane(
                "stock",
                eta=fields.Datetime.now() + timedelta(seconds=seconds)
                if seconds
                else None,
                description=self.env._(
                    "Send stock to %(channel)s", channel=channel.name
                ),
                identity_key=f"stock_sync.push:{channel.id}",
            )._job_push_stock()

    @api.model
    def _push_stock_where_due(self):
        """Enqueue the shops that have something to send and are not waiting."""
        now = fields.Datetime.now()
        self.env["channel.listing"]._retry_refused()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT channel_id FROM channel_listing
                WHERE push_state IN ('pending', 'sent', 'unknown') AND active
                  AND (push_retry_at IS NULL OR push_retry_at <= %s)
                """,
                now,
                to_flush=self.env["channel.listing"]._fields["push_state"],
            )
        )
        channels = self.sudo().browse(sorted(row[0] for row in rows)).exists()
        channels.filtered(
            lambda one: not one.stock_retry_at or one.stock_retry_at <= now
        )._push_stock_soon()

    def _get_no_push_reason(self):
        """Why nothing is sent to this shop now, or an empty text."""
        self.ensure_one()
        if not self.stock_is_published or not self.active:
            return self.env._("Stock is not sent to this shop")
        if self.sync_state != "connected":
            return self.env._("Not connected: nothing sent")
        if self.stock_stop:
            return self.env._("Sending is stopped: %(why)s", why=self.stock_stop_reason)
        if not self._get_sync_kinds().get(self.channel_type):
            return self.env._("No shop that can be connected")
        return "" if self._get_capabilities().stock else self.env._("Takes no stock")

    def _job_push_stock(self):
        """Send what this shop should show: zeros and decreases first. Repeatable.

        Errors are kept on the shop, which waits longer each time.
        """
        self.ensure_one()
        if reason := self._get_no_push_reason():
            return reason
        self._lock_topic("stock")
        apart = partial(self._commit_apart, self)
        if apart("_stop_if_restored") or apart("_stop_if_massive"):
            return self.env._("Stopped")
        try:
            self._resolve_unknown()
            can_raise = apart("_can_raise_stock")
            is_done = self._with_fresh_token(
                partial(self._push_batches, can_raise=can_raise)
            )
        except errors.ChannelError as error:
            return self._note_push_failure(error)
        apart("_note_push_success")
        if not is_done:
            self._push_stock_soon()
        elif not can_raise and apart("_has_raises_waiting"):
            apart("_poll_soon")
            self._push_stock_soon(30)
        return None

    def _push_batches(self, adapter, can_raise):
        """Send batch after batch.

        :return: whether that was all
        :raises ChannelError: what stops the rest, after it was noted
        """
        listings = self.env["channel.listing"]
        stop = time.monotonic() + _MAX_TIME
        size = max(1, adapter.capabilities.stock_batch)
        while time.monotonic() < stop:
            claim = partial(self._commit_apart, listings, "_claim")
            batch = claim(self.id, size, can_raise)
            if not batch:
                return True
            begin = time.monotonic()
            try:
                results = adapter.push_stock(self._prepare_changes(batch, adapter))
            except errors.ChannelError as error:
                self._commit_apart(self, "_store_call_failed", batch, error)
                raise
            except Exception as error:
                # a defect of the adapter's; what the shop took, nobody knows
                _logger.warning("Sending stock to %s failed", self, exc_info=True)
                unknown = errors.Unavailable(type(error).__name__, code="defect")
                self._commit_apart(self, "_store_call_failed", batch, unknown)
                raise unknown from error
            duration = time.monotonic() - begin
            self._commit_apart(self, "_store_results", batch, results, duration)
        return False

    @api.model
    def _prepare_changes(self, batch, adapter):
        compare = adapter.capabilities.compare_and_set
        return [
            StockChange(
                _get_ref(row),
                row["sent_qty"],
                key=f"{row['id']}-{row['target_number']}",
                expected=row["acked_qty"] if compare and row["is_known"] else None,
            )
            for row in batch
        ]

    def _store_call_failed(self, batch, error):
        """A call that failed as a whole: unknown, or as if it never was."""
        listings = self.env["channel.listing"]
        rows = [(row["id"], 0, self._explain_error(error)) for row in batch]
        if isinstance(error, errors.Unavailable):
            listings._store_unknown(rows)
        elif error.is_temporary or isinstance(
            error, errors.TokenExpired | errors.AuthorisationLost
        ):
            listings._store_back([(row[0], 0, "") for row in rows])
        else:
            listings._store_back(rows, seconds=300)

    def _store_results(self, batch, results, duration=0.0):
        """What became of each change, and the log of it."""
        listings = self.env["channel.listing"]
        sorted_out = {"taken": [], "stale": [], "unknown": [], "gone": []}
        sorted_out |= {"back": [], "refused": []}
        log = []
        for row in batch:
            result = results.get(_get_ref(row))
            outcome, quantity, text = self._judge_result(row, result)
            sorted_out[outcome].append((row["id"], quantity, text))
            log.append(self._prepare_push_log(row, outcome, quantity, text, duration))
        for outcome, rows in sorted_out.items():
            getattr(listings, f"_store_{outcome}")(rows)
        self.env["channel.sync.log"]._add(log)
        if sorted_out["stale"]:
            # somebody bought or changed something there: read that first
            self._poll_soon()
            stale_ids = {row[0] for row in sorted_out["stale"]}
            products = {r["product_id"] for r in batch if r["id"] in stale_ids}
            self.env["channel.stock.dirty"]._collect_products(products, "order")

    def _judge_result(self, row, result):
        """(what to store, quantity, text) of one change."""
        if result is None:
            return "unknown", 0, self.env._("The shop did not say what became of it.")
        error = result.error
        if error is None or isinstance(error, errors.AlreadyDone):
            quantity = row["sent_qty"] if result.quantity is None else result.quantity
            if quantity != row["sent_qty"]:
                text = self.env._("The shop shows %s instead.", quantity)
                return "refused", max(0, quantity), text
            return "taken", quantity, result.version
        text = self._explain_error(error)
        if isinstance(error, errors.Stale):
            return "stale", -1 if error.current is None else error.current, text
        if isinstance(error, errors.NotFound):
            return "gone", 0, f"{self._get_gone_text()} ({error})"
        if isinstance(error, errors.Unavailable):
            return "unknown", 0, text
        if getattr(error, "is_temporary", False):
            return "back", 0, text
        return "refused", -1, text

    @api.model
    def _get_gone_text(self):
        return self.env._(
            "The shop does not have this listing any more. If it was removed there, "
            "archive it here; if it is back, fetch the listings."
        )

    def _prepare_push_log(self, row, outcome, quantity, text, duration):
        taken = outcome == "taken"
        publisher = self.env["channel.stock.publisher"]
        return {
            "channel_id": self.id,
            "kind": "stock",
            "direction": "out",
            "name": self.env._("Stock sent") if taken else self.env._("Stock not sent"),
            "external_id": _get_ref(row).key,
            "product_id": row["product_id"],
            "old_qty": row["acked_qty"] or 0,
            "new_qty": row["sent_qty"],
            "reason": publisher._get_reason_text(row["target_reason"]),
            "trace": row["target_steps"],
            "user_id": row["target_user_id"] or self.env.uid,
            "state": "ok" if taken else "warning",
            "error": False if taken else text,
            "duration": duration,
        }

    def _resolve_unknown(self):
        """Ask the shop what it has where nobody knows.

        :raises ChannelError: as the shop does
        """
        listings = self.env["channel.listing"]
        # the job's own snapshot is older than what was just found out
        unknown_ids = self._commit_apart(listings, "_recover_sent", self.id)
        size = max(1, self._get_capabilities().stock_batch)
        for some in split_every(size, unknown_ids):
            refs = listings._get_refs(listings.browse(some))
            levels = self._with_fresh_token(
                lambda adapter, refs=refs: adapter.read_stock(list(refs))
            )
            known = [
                (refs[ref].id, max(0, level.quantity), level.version)
                for ref, level in levels.items()
                if ref in refs
            ]
            gone = [
                (listing.id, 0, self._get_gone_text())
                for ref, listing in refs.items()
                if ref not in levels
            ]
            self._commit_apart(listings, "_store_taken", known)
            self._commit_apart(listings, "_store_gone", gone)

    def _can_raise_stock(self):
        """Whether more may be shown: only right after the shop's orders were read.

        Orders that were read and are not in the books yet count as not read.
        """
        self.ensure_one()
        if not self._get_capabilities().orders:
            return True
        cursor = self.env["channel.sync.cursor"].search(
            [("channel_id", "=", self.id), ("topic", "=", "orders")], limit=1
        )
        since = fields.Datetime.now() - RAISE_WITHIN
        if not cursor.last_ok_at or cursor.last_ok_at < since or cursor.run_since:
            return False
        return not self.env["channel.order"].search_count(
            [("channel_id", "=", self.id), ("to_process", "=", True)], limit=1
        )

    def _has_raises_waiting(self):
        return bool(
            self.env["channel.listing"].search_count(
                [("channel_id", "=", self.id), ("push_state", "=", "pending")], limit=1
            )
        )

    def _note_push_success(self):
        vals = {"stock_ok_at": fields.Datetime.now()}
        if self.stock_error:
            vals |= {"stock_error": False, "stock_error_count": 0}
        if self.stock_retry_at:
            vals["stock_retry_at"] = False
        self.write(vals)

    def _note_push_failure(self, error):
        """Keep what went wrong and when to try again, later each time."""
        text = self._explain_error(error)
        self._commit_apart(self, "_write_push_failure", text, error)
        if isinstance(error, errors.AuthorisationLost):
            self._commit_apart(self, "_set_lost", text)
        return text

    def _write_push_failure(self, text, error):
        if isinstance(error, errors.RateLimited):
            wait = self.env["channel.rate.bucket"]._block(self, error)
        else:
            wait = min(10 * 2 ** min(self.stock_error_count, 10), _MAX_WAIT)
            wait = max(wait, error.retry_after or 0)
            if text != self.stock_error:
                self._log_sync(
                    "stock",
                    self.env._("Sending stock failed"),
                    direction="out",
                    state="error",
                    error=text,
                )
        self.write(
            {
                "stock_error": text,
                "stock_error_count": self.stock_error_count + 1,
                "stock_retry_at": fields.Datetime.now() + timedelta(seconds=wait),
            }
        )
        if error.is_temporary:
            self._push_stock_soon(max(1, int(wait)))


def _get_ref(row):
    return ListingRef(
        row["item_ref"],
        row["variant_ref"] or "",
        row["location_ref"] or "",
        row["inventory_ref"] or "",
    )
