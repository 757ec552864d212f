# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .sale_channel_health import ERROR, WARNING

_DAY = timedelta(hours=24)
_HOUR = timedelta(hours=1)
#: fewer than these say nothing about a rate
_LEAST = 10
_MANY, _MOST = 20.0, 50.0


class SaleChannel(models.Model):
    """A way of selling; here: how much of the talk with its shop fails."""

    _inherit = "sale.channel"

    sync_error_rate = fields.Float(
        "Errors (%)",
        compute="_compute_sync_error_rate",
        digits=(5, 1),
        help="Of what the log of the last 24 hours says was read, sent or told.",
    )
    sync_talk_count = fields.Integer(compute="_compute_sync_error_rate")
    sync_refused_limit = fields.Integer(
        "Alarm After Refused Webhooks",
        default=20,
        help="Somebody is told when so many webhooks without a good signature came "
        "within an hour. 0: never.",
    )

    _sync_refused_limit_check = models.Constraint(
        "CHECK (sync_refused_limit >= 0)",
        "The alarm comes after some refused webhooks, or never (0).",
    )

    def _compute_sync_error_rate(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT channel_id, count(*), count(*) FILTER (
                    WHERE state = 'error' OR state = 'warning' AND error IS NOT NULL)
                FROM channel_sync_log
                WHERE channel_id = ANY(%s) AND logged_at >= %s
                  AND direction IN ('in', 'out')
                GROUP BY channel_id
                """,
                self._origin.ids,
                fields.Datetime.now() - _DAY,
                to_flush=self.env["channel.sync.log"]._fields["state"],
            )
        )
        counts = {channel_id: (total, bad) for channel_id, total, bad in rows}
        for channel in self:
            total, bad = counts.get(channel._origin.id, (0, 0))
            channel.sync_talk_count = total
            channel.sync_error_rate = 100.0 * bad / total if total else 0.0

    def action_view_failures(self):
        """Open what failed in the last 24 hours: what the rate is made of."""
        action = self.action_view_log()
        return {
            **action,
            "name": self.env._("What Failed in 24 Hours"),
            "domain": [
                *action["domain"],
                ("logged_at", ">=", fields.Datetime.now() - _DAY),
                ("direction", "in", ("in", "out")),
                "|",
                ("state", "=", "error"),
                "&",
                ("state", "=", "warning"),
                ("error", "!=", False),
            ],
        }

    def _get_health_problems(self, dead=0, failed_jobs=0):
        """Override: many errors, and many webhooks that nobody can verify."""
        problems = super()._get_health_problems(dead, failed_jobs)
        if self.sync_state not in ("connected", "lost"):
            return problems
        rate = self.sync_error_rate
        if self.sync_talk_count >= _LEAST and rate >= _MANY:
            text = self.env._(
                "%(rate)d %% of what was read from the shop or sent to it in the last "
                "24 hours failed: the log says why.",
                rate=rate,
            )
            problems.append(("errors", ERROR if rate >= _MOST else WARNING, text))
        return problems + self._get_refused_problems()

    def _get_refused_problems(self):
        cursor = self.cursor_ids.filtered(lambda one: one.topic == "webhooks")
        since = fields.Datetime.now() - _HOUR
        limit = self.sync_refused_limit
        if (
            not limit
            or cursor.refused_hour_count < limit
            or not cursor.refused_at
            or cursor.refused_at < since
        ):
            return []
        text = self.env._(
            "%(count)s webhooks within an hour had no good signature. Compare the "
            "webhook secret with the shop's; if it is right, somebody else sends them, "
            "and nothing of it is believed.",
            count=cursor.refused_hour_count,
        )
        return [("refused", WARNING, text)]

    def _get_webhook_text(self):
        return self.env._(
            "The shop's webhooks do not all arrive (%(why)s). “Test the Connection” "
            "asks the shop for them again; orders are found without them, a minute "
            "later.",
            why=", ".join(self.sync_webhook_problems.splitlines()),
        )
