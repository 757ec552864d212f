# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import logging
import tempfile
import uuid
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..neutral.spreadsheet import SpreadsheetError, inspect, read_orders, reject_writer
from ..tools.spreadsheet_text import describe_cell, describe_file_error
from .channel_order_receive import MAX_PAYLOADS

_logger = logging.getLogger(__name__)

#: Orders that are handed over in one transaction.
CHUNK = 500
_MAX_ATTEMPTS = 5
_STALE_MINUTES = 15


class ChannelOrderUpload(models.Model):
    """A file of orders; here: how its orders get into the inbox.

    One pass through the file, a transaction a chunk. A run that dies is taken up by
    another: it goes through the file again, for the refused rows, and hands over only
    the orders behind those that were handed over. Of two runs the later one goes on.
    """

    _inherit = "channel.order.upload"

    def _start_import(self):
        """Begin from the first row, in a job."""
        self_sudo = self.sudo()
        for upload in self_sudo:
            upload._transition("importing")
        self_sudo.write(
            {
                "row_count": 0,
                "order_count": 0,
                "bad_row_count": 0,
                "attempt_count": 0,
                "reject_file": False,
                "finished_at": False,
            }
        )
        self_sudo._enqueue_import()

    def _enqueue_import(self):
        for upload in self:
            upload.with_delay(
                channel="root.order_management.inbox",
                description=self.env._("Import “%(name)s”", name=upload.name),
                identity_key=f"order_management.upload:{upload.id}",
            )._job_import(commit=True)

    def _job_import(self, commit=False):
        """Import one file; repeatable.

        :param bool commit: whether the transaction is the job's own
        """
        upload = self.sudo().exists()
        if not upload or upload.state != "importing":
            return
        upload._import_file(commit)

    @api.model
    def _cron_import(self):
        """Take up files whose job was lost with its worker, or that no runner ran."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=_STALE_MINUTES)
        stale = self.search([("state", "=", "importing"), ("write_date", "<", limit)])
        for done, upload in enumerate(stale, start=1):
            upload._import_file(commit=True)
            left = self.env["ir.cron"]._commit_progress(1, remaining=len(stale) - done)
            if not left:
                break

    def _import_file(self, commit=False):
        """Go through the file once.

        Concurrency errors escape, so that the job is tried again.
        """
        self.ensure_one()
        if self.attempt_count >= _MAX_ATTEMPTS:
            self._transition(
                "failed",
                self.env._(
                    "The import broke off %(count)s times. See the server's log; what "
                    "was imported stays, and “Import” tries again.",
                    count=self.attempt_count,
                ),
            )
            return
        token = uuid.uuid4().hex
        self.write({"run_token": token, "attempt_count": self.attempt_count + 1})
        self._end_chunk(commit)
        try:
            with (
                self._open_file() as path,
                tempfile.NamedTemporaryFile(prefix="order-rejects-") as rejects,
            ):
                layout = inspect(path, **self._get_layout())
                bad_rows = self._import_rows(path, layout, rejects.name, token, commit)
                if bad_rows is None:
                    _logger.info("Import of %s goes on elsewhere or was stopped", self)
                    return
                self.reject_file = (
                    base64.b64encode(rejects.read()) if bad_rows else False
                )
        except SpreadsheetError as error:
            self._transition("failed", describe_file_error(self.env, error))
        else:
            self._transition("done")
        self._end_chunk(commit)

    def _import_rows(self, path, layout, reject_path, token, commit):
        """Hand over the good orders, write the bad rows to ``reject_path``.

        :return: how many rows were refused; None when this run is to stop
        """
        mapping = self._get_mapping()
        self._remember_mapping(layout, mapping)
        handed_over = self.order_count
        orders = 0
        titles = (self.env._("Row"), self.env._("Problems"))
        say = partial(describe_cell, self.env)
        with reject_writer(reject_path, layout, say=say, titles=titles) as writer:
            for batch in read_orders(path, layout, mapping, batch_size=CHUNK):
                writer.add(batch.bad_rows)
                # an earlier run has handed over the first ones
                skip = max(handed_over - orders, 0)
                payloads = [payload for payload, _rows in batch.orders[skip:]]
                orders += len(batch.orders)
                if orders < handed_over:
                    continue
                if not self._save_progress(token, batch, orders, writer.count):
                    return None
                self._hand_over(payloads)
                self._end_chunk(commit)
            return writer.count

    def _hand_over(self, payloads):
        """Give orders to the inbox and note there which file they came with."""
        inbox_sudo = self.env["channel.order"].sudo()
        for part in split_every(MAX_PAYLOADS, payloads):
            answers = inbox_sudo.receive(self.channel_id.id, list(part))
            ids = sorted({answer["id"] for answer in answers})
            # the first file that brought an order stays its source
            self.env.execute_query(
                SQL(
                    "UPDATE channel_order SET upload_id = %s"
                    " WHERE id = ANY(%s) AND upload_id IS NULL RETURNING id",
                    self.id,
                    ids,
                )
            )
        inbox_sudo.invalidate_model(["upload_id"])

    def _save_progress(self, token, batch, orders, bad_rows):
        """Note how far this run is; False when it was stopped or another took over."""
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE channel_order_upload SET row_count = %s, order_count = %s,
                    bad_row_count = %s, write_date = now() AT TIME ZONE 'UTC'
                WHERE id = %s AND run_token = %s AND state = 'importing' RETURNING id
                """,
                batch.rows_done,
                orders,
                bad_rows,
                self.id,
                token,
            )
        )
        self.invalidate_recordset()
        return bool(rows)

    def _end_chunk(self, commit):
        """Make a chunk last; what was read for it need not stay in memory."""
        self.env.flush_all()
        if commit:
            # the job function allows it: each chunk stands by itself
            self.env.cr.commit()  # pylint: disable=invalid-commit
            self.env.invalidate_all()

    def _after_done(self):
        """Hook: the whole file went through."""

    def _after_failed(self):
        """Hook: the import was stopped or broke off."""
