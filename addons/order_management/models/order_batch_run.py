# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..tools.transient import is_transient

_logger = logging.getLogger(__name__)

#: orders that are done in one transaction
CHUNK = 100
_STALE_MINUTES = 15


class OrderBatch(models.Model):
    """A bulk step; here: how it is run, in parts that each are one transaction.

    A part locks its lines, does its orders and writes what became of each before it
    commits: a worker that is killed leaves lines that wait, and nothing is done twice.
    Two batches that share orders meet at the orders' rows: the later one starts its
    part over and sees what the earlier one did.
    """

    _inherit = "order.batch"

    @api.model
    def _run_or_start(self, kind, records, **vals):
        """A hundred at once and now, more in jobs with progress.

        :return: a notification, or the action that opens the result
        """
        batch = self._make(kind, records, **vals)
        if len(records) > CHUNK or batch._get_alone(batch.line_ids):
            batch._start()
            return batch._get_result_action()
        batch._run_part(batch.line_ids.ids)
        batch.invalidate_recordset()
        if batch.failed_count or not batch.done_count:
            return batch._get_result_action()
        return batch._get_done_notification()

    def _start(self):
        """Run what waits in jobs, as the user who asked for it."""
        self.ensure_one()
        lines_sudo = self.env["order.batch.line"].sudo()
        waiting_sudo = lines_sudo.search(
            [("batch_id", "=", self.id), ("state", "=", "waiting")], order="id"
        )
        for number, part in enumerate(self._get_parts(waiting_sudo), start=1):
            self.with_delay(
                channel="root.order_management.bulk",
                description=self.env._(
                    "%(step)s, %(batch)s, part %(number)s",
                    step=self._get_step_name(),
                    batch=self.name,
                    number=number,
                ),
                identity_key=f"order_management.batch:{self.id}:{part[0]}:{len(part)}",
            )._job_run(part)

    def _get_alone(self, lines):
        """Hook: lines that have to be a transaction of their own, because what they
        do outside the database could not be taken back with the others."""
        return lines.browse()

    def _job_run(self, line_ids):
        """Do these lines of the batch in a job; repeatable.

        :return: what happened, for the list of jobs
        :raises RetryableJobError: somebody else is working on the same orders
        """
        try:
            return self._run_part(line_ids)
        except ConcurrencyError as error:
            raise RetryableJobError(str(error), ignore_retry=True) from error

    def _run_part(self, line_ids):
        """Do these lines in this transaction, and leave alone what others have done
        or are doing; never commits."""
        self_sudo = self.sudo().exists()
        if not self_sudo or self_sudo.state != "running":
            return self.env._("Nothing to do: paused, stopped or done.")
        lines_sudo = self.env["order.batch.line"].sudo().browse(line_ids).exists()
        lines_sudo = lines_sudo.try_lock_for_update()
        lines_sudo = lines_sudo.filtered(lambda line: line.state == "waiting")
        if not lines_sudo:
            return self.env._("Nothing to do: these orders were done before.")
        records = lines_sudo._get_records().with_env(self.env)
        try:
            self._check_kind_allowed(self_sudo.kind)
        except AccessError as error:  # a right that was taken away meanwhile
            failed = {"state": "failed", "message": str(error)}
            outcomes, seconds = dict.fromkeys(records.ids, failed), {}
        else:
            outcomes, seconds = self._work_off(records)
        lines_sudo._settle(outcomes, seconds)
        self_sudo._finish_soon()
        self.invalidate_recordset()
        failed = sum(outcome["state"] == "failed" for outcome in outcomes.values())
        return self.env._(
            "%(count)s orders, %(failed)s of them failed",
            count=len(lines_sudo),
            failed=failed,
        )

    def _work_off(self, records):
        """Do this step with these orders or inbox rows, each company's in turn.

        :return: ``{record id: {field of the line: value}}, {record id: seconds}``
        """
        outcomes, seconds = {}, {}
        if records._name == "sale.order":
            # whoever else changes these orders now meets us, and starts over
            records._touch_approval()
        for company, part in records.grouped("company_id").items():
            part = part.with_company(company)
            ready, skipped = self._sort_out(part)
            outcomes |= skipped
            for record in part - ready:
                if record.id not in outcomes:
                    # says itself why it cannot be done
                    self._run_each(record, outcomes, seconds)
            if ready:
                self._run_each(ready, outcomes, seconds)
        return outcomes, seconds

    def _sort_out(self, records):
        """Which of these are ready for the step, and which need nothing.

        :return: records, ``{record id: {field of the line: value}}``
        """
        ready = records.filtered_domain(self._get_ready_domain())
        skipped = {}
        for record in records - ready:
            if text := self._get_skip_text(record):
                skipped[record.id] = {"state": "skipped", "message": text}
        return ready, skipped

    def _run_each(self, records, outcomes, seconds):
        """All at once; where that fails in halves, so that an order which cannot be
        done stops only itself. Adds to ``outcomes`` and ``seconds``."""
        begun = time.monotonic()
        try:
            with self.env.cr.savepoint():
                special = self._run(records) or {}
                self.env.flush_all()
        except Exception as error:  # pylint: disable=broad-except
            if is_transient(error):
                raise  # the whole part is tried again
            if len(records) == 1:
                message = self._describe_error(error, records)
                outcomes[records.id] = {"state": "failed", "message": message}
                return
            _logger.info("%s of %d failed (%s)", self, len(records), error)
        else:
            share = (time.monotonic() - begun) / len(records)
            for record in records:
                outcomes[record.id] = {"state": "done", **special.get(record.id, {})}
                seconds[record.id] = share
            return
        half = len(records) // 2
        self._run_each(records[:half], outcomes, seconds)
        self._run_each(records[half:], outcomes, seconds)

    def _run(self, records):
        """Do the step, or undo it, with all of these records.

        :return: ``{record id: {field of the line: value}}`` where more is to be said
            than that it is done
        """
        prefix = "_run_undo" if self.undone_batch_id else "_run"
        return getattr(self, f"{prefix}_{self.kind}")(records)

    def _describe_error(self, error, record):
        """The reason in words for people."""
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("Bulk step %s failed for %s", self.kind, record)
        return self.env._(
            "Unexpected problem (%(type)s). Try again; if it stays, send the server's "
            "log to whoever maintains the system.",
            type=type(error).__name__,
        )

    # ------------------------------------------------------------- the end

    def _finish_soon(self):
        """Finish when nothing waits any more.

        Two parts that end at the same moment each see the other's lines wait: whoever
        commits looks again.
        """
        if not self._try_to_finish():
            self.env.cr.postcommit.add(self.sudo().browse(self.id)._finish_after_commit)

    def _finish_after_commit(self):
        try:
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._try_to_finish()
        except Exception as error:  # pylint: disable=broad-except
            _logger.info("%s is finished by the scheduled action: %s", self, error)

    def _try_to_finish(self):
        """:return: whether it is finished now"""
        self.ensure_one()
        self.env.flush_all()
        waiting = self.env["order.batch.line"].search_count(
            [("batch_id", "=", self.id), ("state", "=", "waiting")], limit=1
        )
        if waiting or self.state != "running":
            return not waiting
        self.write({"state": "done", "finished_at": fields.Datetime.now()})
        self.invalidate_recordset()
        self._notify_done()
        return True

    def _notify_done(self):
        """Tell who started it, and leave a task where something is to be looked at."""
        self = self.with_context(lang=self.user_id.lang)
        step = self._get_step_name()
        counts = self.env._(
            "%(done)s done, %(failed)s failed, %(skipped)s left alone",
            done=self.done_count,
            failed=self.failed_count,
            skipped=self.skipped_count,
        )
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.failed_count else "success",
                "title": f"{step}: {self.name}",
                "message": counts,
            },
        )
        if self.failed_count and self.order_count > CHUNK:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=f"{step}: {counts}",
                user_id=self.user_id.id,
            )

    @api.model
    def _cron_run(self):
        """Take up parts whose job was lost with its worker, or that no runner ran."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=_STALE_MINUTES)
        for batch in self.search([("state", "=", "running")]):
            batch._try_to_finish()
        stale = self.env["order.batch.line"].search(
            [
                ("state", "=", "waiting"),
                ("batch_id.state", "=", "running"),
                ("write_date", "<", limit),
            ],
            limit=100 * CHUNK,
        )
        parts = [
            (batch, part)
            for batch, lines in stale.grouped("batch_id").items()
            for part in batch._get_parts(lines)
        ]
        remaining = len(stale)
        for batch, part in parts:
            remaining -= len(part)
            if not batch._run_part_of_cron(part, remaining):
                return

    def _get_parts(self, lines):
        """The ids of these lines as they are to be done in one transaction each."""
        alone = self._get_alone(lines)
        parts = [[line_id] for line_id in alone.ids]
        return parts + [list(part) for part in split_every(CHUNK, (lines - alone).ids)]

    def _run_part_of_cron(self, line_ids, remaining):
        """:return: whether there is time for more"""
        as_user = self.with_user(self.user_id).with_context(
            allowed_company_ids=self.company_ids.ids, lang=self.user_id.lang
        )
        try:
            as_user._run_part(line_ids)
            self.env.flush_all()
        except Exception as error:  # pylint: disable=broad-except
            if not is_transient(error):
                raise
            # somebody else has these orders at hand: next time
            self.env.cr.rollback()
        return self.env["ir.cron"]._commit_progress(len(line_ids), remaining=remaining)
