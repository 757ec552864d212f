# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import logging
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ..tools.import_item import Item
from ..tools.transient import is_transient
from .channel_order_receive import JOB_SIZE

_logger = logging.getLogger(__name__)

_WAITING = ("received", "held", "error")
#: Holds that a person may decide about without changing anything else.
ACCEPTABLE_CODES = (
    "unpaid",
    "already_shipped",
    "already_returned",
    "total_differs",
    "no_rate",
    "oversold",
)


class ChannelOrder(models.Model):
    """A row of the inbox; here: how it becomes an order.

    Everybody who may press the button gets the same result: processing runs with the
    system's rights inside the channel's company, because a clerk or an API key needs
    no right of its own to make customers or price lists. Who pressed stays on record:
    the user of the environment is the author of what is made.
    """

    _inherit = "channel.order"

    accepted_codes = fields.Char(
        "Accepted",
        readonly=True,
        copy=False,
        help="Problems in spite of which a person decided to import the order.",
    )
    applied = fields.Json(
        readonly=True,
        copy=False,
        groups="order_management.group_manager",
        help="The version that the order was last brought to, without personal data.",
    )

    _accepted_idx = models.Index("(sale_order_id) WHERE accepted_codes IS NOT NULL")

    def action_process(self):
        """Process these rows now, in this transaction.

        Rows that another worker has at hand are left to it. What cannot be imported
        becomes held or error with a text that says what to do; nothing is raised for
        it and the other rows go on.

        :return: a notification with the counts
        :raises AccessError: for everybody but clerks
        """
        self._check_process_allowed()
        claimed_sudo = self.sudo().try_lock_for_update(allow_referencing=True)
        results = claimed_sudo.filtered(lambda row: row._is_processable())._process()
        return self._prepare_notification(results, len(self) - len(results))

    def action_retry(self):
        """Try again, any number of rows: few at once, many by jobs with progress.

        :return: a notification, or the action that opens the result
        :raises AccessError: for everybody but clerks
        """
        self._check_process_allowed()
        if len(self) <= JOB_SIZE:
            return self.action_process()
        return self.env["order.batch"]._run_or_start("process", self)

    def action_accept(self, reason=None):
        """Decide that these held orders are to be imported as they are.

        :raises AccessError: for everybody but reviewers
        :raises UserError: without a reason, or when something else is missing
        """
        if not self.env.user.has_group("order_management.group_reviewer"):
            raise AccessError(
                self.env._("Only reviewers may accept held orders. Ask one of them.")
            )
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why these orders are to be imported."))
        if any(row.error_code not in ACCEPTABLE_CODES for row in self):
            raise UserError(
                self.env._(
                    "Only orders that are unpaid, already shipped or returned, without "
                    "exchange rate, without stock or of a differing total can be "
                    "accepted. For the others, do what their text says and try again."
                )
            )
        for row in self.sudo():
            codes = set(filter(None, (row.accepted_codes or "").split(",")))
            row.accepted_codes = ",".join(sorted(codes | {row.error_code}))
        self.sudo()._log_event("accept", reason=reason)
        return self.action_process()

    def action_view_missing_products(self):
        """Open the products that these orders wait for, to be mapped."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_product_map_action"
        )
        domain = [("waiting_order_ids", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    @api.model
    def _cron_process(self, limit=JOB_SIZE):
        """Process what no job took up: jobs lost with their worker, or no job runner.

        Also releases orders whose unknown products have got the SKU meanwhile.
        """
        self.env["channel.product.map"]._release_found()
        while True:
            rows = self.search([("to_process", "=", True)], order="id", limit=limit)
            claimed = rows.try_lock_for_update(allow_referencing=True)
            claimed = claimed.filtered("to_process")
            try:
                claimed.with_context(order_management_source="channel")._process()
            except Exception as error:
                if not is_transient(error):
                    raise
                # somebody was faster: a cron that fails again and again is switched
                # off, a job is tried again
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                rows._enqueue_processing()
                break
            remaining = self.search_count([("to_process", "=", True)], limit=10 * limit)
            if not self.env["ir.cron"]._commit_progress(
                len(claimed), remaining=remaining if claimed else 0
            ):
                break
            if not claimed or not remaining:
                break

    def _job_process(self):
        """Process the rows of a job that still wait; repeatable."""
        rows = self.sudo().exists().try_lock_for_update(allow_referencing=True)
        rows = rows.filtered("to_process")
        rows = rows.with_context(order_management_source="channel")
        try:
            return self._describe_counts(rows._process())
        except ConcurrencyError as error:
            raise RetryableJobError(str(error), ignore_retry=True) from error

    def _release(self):
        """Have jobs try these rows again."""
        if self:
            self.write({"to_process": True})
            self.flush_recordset()
            self._enqueue_processing()

    def _check_process_allowed(self):
        if not self.env.user.has_group("order_management.group_clerk"):
            raise AccessError(
                self.env._(
                    "Processing the inbox needs the right Order Hub: Clerk. Ask an "
                    "administrator for it."
                )
            )
        self.check_access("read")

    def _is_processable(self):
        return self.state in _WAITING or (
            self.to_process and self.state in ("imported", "updated")
        )

    def _process(self):
        """Import or update these rows, which the caller has locked.

        :return: the items, one a row
        """
        items = []
        for channel, rows in self.grouped("channel_id").items():
            importer = self.env["channel.order.importer"]._for_channel(channel)
            items += rows._process_batch(importer, channel)
        self._settle(items)
        return items

    def _process_batch(self, importer, channel):
        """All at once; if that fails unexpectedly one by one, so that a single order
        nobody foresaw stops only itself."""
        try:
            with self.env.cr.savepoint():
                return importer._import(channel, self)
        except Exception as error:  # pylint: disable=broad-except
            if is_transient(error):
                raise
            if len(self) == 1:
                return [self._prepare_unexpected(error)]
            _logger.info(
                "Batch of %d inbox rows failed (%s): one by one", len(self), error
            )
        return [item for row in self for item in row._process_batch(importer, channel)]

    def _prepare_unexpected(self, error):
        item = Item(self)
        if isinstance(error, UserError):
            item.fail("refused", self.env._("Odoo refused: %(error)s", error=error))
            return item
        _logger.exception("Inbox row %s failed", self.id)
        item.fail(
            "unexpected",
            self.env._(
                "Unexpected problem (%(type)s). Try again; if it stays, send the "
                "server's log and the message to whoever maintains the system.",
                type=type(error).__name__,
            ),
        )
        return item

    def _settle(self, items):
        """Write what became of each row: the batch form of ``_transition``, with a
        reason a row and one statement for all.

        A row that is held or in error stays so when it fails again in another way;
        only text and code change. An order that was imported stays imported when its
        newer version cannot be used; the text says so.
        """
        if not items:
            return
        moves = {}
        for item in items:
            before, target = item.row.state, item.state
            if target in self._TRANSITIONS.get(before, ()):
                moves.setdefault(target, {})[item.row.id] = before
        now = fields.Datetime.now()
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_order row SET state = new.state,
                    error = new.error, error_code = new.code,
                    sale_order_id = COALESCE(
                        new.sale_order::integer, row.sale_order_id),
                    applied = COALESCE(new.applied::jsonb, row.applied),
                    processed_at = %(now)s, attempt_count = attempt_count + 1,
                    to_process = FALSE, write_date = %(now)s, write_uid = %(uid)s
                FROM (VALUES %(values)s)
                    AS new (id, state, error, code, sale_order, applied)
                WHERE row.id = new.id RETURNING row.id
                """,
                now=now,
                uid=self.env.uid,
                values=SQL(", ").join(self._sql_settled(i, moves) for i in items),
            )
        )
        self.invalidate_model()
        self._log_settled(items, moves)
        for target, states in moves.items():
            self.browse(states)._after_transition(target)

    def _sql_settled(self, item, moves):
        row = item.row
        moved = row.id in moves.get(item.state, ())
        return SQL(
            "(%s, %s, %s, %s, %s, %s)",
            row.id,
            item.state if moved else row.state,
            item.text or None,
            item.code or None,
            item.sale_order.id if item.sale_order else None,
            json.dumps(item.snapshot) if item.snapshot else None,
        )

    def _log_settled(self, items, moves):
        """One event for each row that moved, in one insert."""
        events = self.env["order.event"]
        common = {
            "kind": "state",
            "source": events._get_source(),
            "user_id": self.env.uid,
            "event_at": fields.Datetime.now(),
        }
        events.sudo().create(
            [
                {
                    **common,
                    "from_state": moves[item.state][item.row.id],
                    "to_state": item.state,
                    "reason": item.text or " ".join(item.notes) or False,
                    **item.row._prepare_event_vals(),
                }
                for item in items
                if item.row.id in moves.get(item.state, ())
            ]
        )

    def _describe_counts(self, items):
        counts = Counter(item.state for item in items)
        labels = ((state, self._get_state_label(state)) for state in counts)
        return ", ".join(f"{label}: {counts[state]}" for state, label in labels)

    def _prepare_notification(self, items, skipped):
        text = self._describe_counts(items) or self.env._("Nothing to process.")
        if skipped:
            text += " " + self.env._(
                "%(count)s rows were left alone: done already, ignored, or at hand "
                "elsewhere.",
                count=skipped,
            )
        bad = any(item.state in ("held", "error") for item in items)
        return self._notify(text, "warning" if bad else "success")

    def _notify(self, text, kind="info"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": kind,
                "sticky": False,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
