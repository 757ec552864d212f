# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import logging
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..channels import errors

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
#: after this long a call that was begun is taken for one that was cut off
_CUT_OFF = timedelta(minutes=10)
_OPEN = ("planned", "sent", "unknown")


class ChannelIntent(models.Model):
    """Something that is to happen at a shop, once.

    The row is there before the call and says so before the call: whatever dies in
    between, the next try knows that it has to look first.
    """

    _name = "channel.intent"
    _inherit = "channel.shop.mixin"
    _description = "Message to a Shop"
    _order = "id desc"
    _check_company_auto = True

    channel_id = fields.Many2one(index=True)
    kind = fields.Selection(
        [
            ("ship", "Shipment"),
            ("track", "Tracking number"),
            ("cancel", "Cancellation"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(
        required=True, readonly=True, help="The same at every try of the same effect."
    )
    order_external_id = fields.Char("Channel Order", readonly=True)
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Transfer",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    payload = fields.Json(readonly=True)
    payload_text = fields.Text(compute="_compute_payload_text")
    state = fields.Selection(
        [
            ("planned", "Scheduled"),
            ("sent", "Being sent"),
            ("unknown", "Not sure"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="planned",
        index=True,
        help="Not sure: the shop did not answer, so it is asked before the next try.",
    )
    attempts = fields.Integer(readonly=True)
    next_at = fields.Datetime("Next Try", readonly=True)
    sent_at = fields.Datetime("Last Try", readonly=True)
    done_at = fields.Datetime("Done On", readonly=True)
    result_ref = fields.Char("Channel's Answer", readonly=True)
    error = fields.Text(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(channel_id, key)", "This message to the shop is there already."
    )
    _open_idx = models.Index("(next_at) WHERE state IN ('planned', 'sent', 'unknown')")

    @api.depends("payload")
    def _compute_payload_text(self):
        for intent in self:
            intent.payload_text = json.dumps(
                intent.payload, ensure_ascii=False, indent=2
            )

    @api.depends("kind", "order_external_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for intent in self:
            label = labels.get(intent.kind, "")
            intent.display_name = f"{label} {intent.order_external_id or ''}".strip()

    @api.model
    def _plan(self, vals_list):
        """Make rows for what is to happen; those that are there already are kept.

        :return: the new rows, whose jobs are enqueued
        """
        if not vals_list:
            return self.browse()
        # whoever ships or cancels need not have rights on messages
        intents_sudo = self.sudo()
        known = {
            (row.channel_id.id, row.key)
            for row in intents_sudo.search(
                [("key", "in", [vals["key"] for vals in vals_list])]
            )
        }
        new = [v for v in vals_list if (v["channel_id"], v["key"]) not in known]
        intents = intents_sudo.create(new)
        intents._enqueue()
        return intents

    def _enqueue(self):
        for intent in self:
            channel = intent.channel_id
            intent.with_context(lang=channel._get_reading_lang()).with_delay(
                channel=channel._get_lane("other"),
                description=self.env._(
                    "Tell the shop: %(what)s", what=intent.display_name
                ),
                identity_key=f"stock_sync.intent:{intent.id}",
            )._job_send()

    @api.model
    def _cron_send(self):
        """Take up what jobs left: lost jobs, and calls that were cut off."""
        now = fields.Datetime.now()
        domain = [
            ("channel_id.sync_state", "=", "connected"),
            "|",
            "&",
            ("state", "in", ("planned", "unknown")),
            "|",
            ("next_at", "=", False),
            ("next_at", "<=", now),
            "&",
            ("state", "=", "sent"),
            ("sent_at", "<=", now - _CUT_OFF),
        ]
        self.sudo().search(domain, limit=1000, order="id")._enqueue()

    def _job_send(self):
        """Tell the shop. Each step is a short transaction of its own.

        What was begun is committed before the call and what came of it after it, by
        other cursors than the job's: a job may not commit.
        """
        self.ensure_one()
        if not self.exists() or self.state not in _OPEN:
            return self.env._("Done already")
        if self.channel_id.sync_state != "connected":
            return self.env._("Not connected: it waits")
        claim = self._claim()
        if not claim:
            return self.env._("Another job is at it, or it is not its time yet")
        begin = time.monotonic()
        try:
            with self.env.cr.savepoint():
                vals = self._call(look_first=claim["look_first"])
        except Exception as error:
            vals = self._prepare_failure(error, claim["attempts"])
        self._settle_call(vals, time.monotonic() - begin)
        return vals.get("error")

    def _claim(self):
        """Mark the call as begun and commit that; None when it is not ours to make."""
        now = fields.Datetime.now()
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute(
                "SELECT state, attempts FROM channel_intent WHERE id = %s"
                " AND (state IN ('planned', 'unknown')"
                "      AND (next_at IS NULL OR next_at <= %s)"
                "   OR state = 'sent' AND sent_at <= %s)"
                " FOR UPDATE SKIP LOCKED",
                [self.id, now, now - _CUT_OFF],
            )
            row = cr.fetchone()
            if not row:
                return None
            env.execute_query(
                SQL(
                    "UPDATE channel_intent SET state = 'sent', sent_at = %s,"
                    " attempts = %s WHERE id = %s RETURNING id",
                    now,
                    (row[1] or 0) + 1,
                    self.id,
                )
            )
        return {"look_first": row[0] != "planned", "attempts": (row[1] or 0) + 1}

    def _call(self, look_first):
        """Do it; what to write about it.

        :raises ChannelError: when it was not done, or nobody knows
        """
        send = getattr(self.channel_id, f"_send_{self.kind}")
        return {"state": "done", "error": False, **send(self, look_first)}

    def _prepare_failure(self, error, attempts):
        now = fields.Datetime.now()
        if isinstance(error, errors.AlreadyDone):
            # somebody asked twice: the effect is there, which is what counts
            return {"state": "done", "error": False, "done_at": now}
        if not isinstance(error, errors.ChannelError):
            _logger.warning("Message %s to a shop failed", self.id, exc_info=True)
        text = self.channel_id._explain_error(error)
        wait = max(30 * 2 ** min(attempts, 7), getattr(error, "retry_after", 0) or 0)
        lost = isinstance(error, (errors.AuthorisationLost, errors.TokenExpired))
        temporary = lost or getattr(error, "is_temporary", False)
        unsure = isinstance(error, errors.Unavailable)
        vals = {"error": text, "next_at": now + timedelta(seconds=wait)}
        if temporary and (attempts < MAX_ATTEMPTS or lost):
            return {**vals, "state": "unknown" if unsure else "planned"}
        return {**vals, "state": "failed", "is_new_failure": True}

    def _settle_call(self, vals, duration):
        """Commit what came of it, by another cursor than the job's."""
        is_new_failure = vals.pop("is_new_failure", False)
        tracking = vals.pop("shop_tracking", "")
        with self.env.registry.cursor() as cr:
            intent = self.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            if vals["state"] == "done":
                vals.setdefault("done_at", fields.Datetime.now())
            intent.write(vals)
            if tracking and not intent.picking_id.carrier_tracking_ref:
                intent._enter_tracking(tracking)
            intent._log_call(duration)
            if is_new_failure:
                intent._tell_failure()
        self.invalidate_recordset()

    def _enter_tracking(self, tracking):
        """Enter the shop's number; what was told stays told, whatever comes of it."""
        try:
            with self.env.cr.savepoint():
                self.picking_id._take_shop_tracking(tracking)
        except Exception:
            # somebody works on the delivery: the order, when read again, tells it again
            _logger.warning("A tracking number was not entered", exc_info=True)

    def _log_call(self, duration):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        states = {"done": "ok", "failed": "error"}
        self.channel_id._log_sync(
            "ship" if self.kind == "track" else self.kind,
            kinds[self.kind],
            direction="out",
            external_id=self.order_external_id,
            state=states.get(self.state, "warning"),
            error=self.error,
            duration=duration,
        )

    def _tell_failure(self):
        self.channel_id._warn(
            "intent",
            self.env._(
                "%(what)s could not be told to the shop: %(error)s",
                what=self.display_name,
                error=self.error,
            ),
        )

    def action_retry(self):
        """Try what failed again, now; the shop is asked first.

        :raises UserError: when nothing of it can be tried again
        """
        self.check_access("read")
        waiting = self.filtered(lambda intent: intent.state in ("failed", "unknown"))
        if not waiting:
            raise UserError(
                self.env._("Nothing here failed: there is nothing to try again.")
            )
        # the right to see it is the right to try again
        waiting.sudo().write({"state": "unknown", "attempts": 0, "next_at": False})
        waiting.sudo()._enqueue()
        return True
