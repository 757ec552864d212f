# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta, timezone

from odoo import fields, models
from odoo.tools import split_every

from ..channels import errors

#: a shop that cannot answer is asked so often again, first after so many seconds
_TRIES, _FIRST_WAIT, _MAX_WAIT = 10, 5, 1800


class SaleChannel(models.Model):
    """A way of selling; here: its orders compared with the inbox."""

    _inherit = "sale.channel"

    def _compare_orders(self, check, since, cursor="", attempt=0, seconds=0):
        """Enqueue the reading of one page of the shop's orders.

        :param since: begin of the stretch (naive UTC)
        :param int attempt: how often it was tried in vain
        :param seconds: to wait before
        """
        self.ensure_one()
        text = fields.Datetime.to_string(since)
        self.sudo()._with_lane(
            "other",
            eta=fields.Datetime.now() + timedelta(seconds=seconds) if seconds else None,
            description=self.env._("Compare orders of %(channel)s", channel=self.name),
            identity_key=f"stock_sync.compare:{check.id}:{text}:{cursor}:{self.id}",
        )._job_compare_orders(check.id, text, cursor, attempt)

    def _job_compare_orders(self, check_id, since, cursor="", attempt=0):
        """Read one page; the next one is a job of its own."""
        self.ensure_one()
        self._lock_topic("compare")
        check = self.env["channel.drift.check"].browse(check_id).exists()
        if check.orders_state != "running":
            return self.env._("Another check was started.")
        if self.sync_state == "paused":
            text = self.env._("Not connected: nothing read")
            check._fail_orders(text)
            return text
        can = self._get_capabilities()
        start = fields.Datetime.to_datetime(since)
        end = check.started_at
        if can.order_window_days:
            end = min(end, start + timedelta(days=can.order_window_days))
        try:
            page = self._read_list_page(can, start, end, cursor)
            self._take_compared(check, page, can)
        except errors.ChannelError as error:
            text = self._explain_error(error)
            if error.is_temporary and attempt < _TRIES:
                seconds = error.retry_after or min(_FIRST_WAIT * 2**attempt, _MAX_WAIT)
                self._compare_orders(check, start, cursor, attempt + 1, seconds)
            else:
                check._fail_orders(text)
            return text
        if page.cursor:
            self._compare_orders(check, start, page.cursor)
        elif can.changes_since and end < check.started_at:
            self._compare_orders(check, end)
        else:
            check._finish_orders(is_complete=can.changes_since)
        return None

    def _read_list_page(self, can, start, end, cursor):
        """One page of the order list: of a stretch, or of all that is open."""
        since = until = None
        if can.changes_since:
            since = start.replace(tzinfo=timezone.utc)
            until = end.replace(tzinfo=timezone.utc) if can.order_window_days else None
        return self._with_fresh_token(
            lambda adapter: adapter.list_orders(since, until, cursor)
        )

    def _take_compared(self, check, page, can):
        whole, failed = dict(page.orders), {}
        wanted = [r.external_id for r in page.refs if r.external_id not in whole]
        for ids in split_every(can.order_batch, wanted, list):
            read = self._read_orders(ids)
            whole.update(read.orders)
            failed.update(read.failed)
        check._take_orders(whole, failed, page.refs)

    def _fetch_orders(self, external_ids):
        """Enqueue the reading of some orders, whatever the list says about them."""
        self.ensure_one()
        for ids in split_every(500, sorted(set(external_ids)), list):
            self.sudo()._with_lane(
                "orders",
                description=self.env._(
                    "Fetch %(count)s orders of %(channel)s",
                    count=len(ids),
                    channel=self.name,
                ),
            )._job_fetch_orders(ids)

    def _job_fetch_orders(self, external_ids):
        """Read some orders and put them into the inbox. Repeatable.

        :raises RetryableJobError: while the shop's orders are being read anyway
        """
        self.ensure_one()
        if self.sync_state != "connected":
            return self.env._("Not connected: nothing read")
        self._lock_topic("orders")
        batch = self._get_capabilities().order_batch
        for ids in split_every(batch, external_ids, list):
            read = self._read_orders(ids)
            self._store_orders(read.orders, read.failed, read.missing)
        return None
