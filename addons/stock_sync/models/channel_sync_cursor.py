# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

_MAX_WAIT = 3600


class ChannelSyncCursor(models.Model):
    """How far one topic of one shop was read, and how that goes.

    A run reads the stretch from ``run_since`` to ``run_until`` page by page, one page a
    transaction; the watermark moves when the stretch is read.
    """

    _name = "channel.sync.cursor"
    _inherit = "channel.shop.mixin"
    _description = "Reading of a Shop"
    _order = "channel_id, topic"
    _rec_name = "topic"

    topic = fields.Selection(
        [
            ("orders", "Orders"),
            ("returns", "Returns"),
            ("settlements", "Settlements"),
            ("webhooks", "Webhooks"),
        ],
        required=True,
        readonly=True,
    )
    watermark = fields.Datetime(
        "Read Up To",
        readonly=True,
        help="The latest change that was read, by the channel's clock.",
    )
    run_since = fields.Datetime("This Run: From", readonly=True)
    run_until = fields.Datetime("This Run: To", readonly=True)
    run_high = fields.Datetime("This Run: Latest", readonly=True)
    page_cursor = fields.Char("This Run: Next Page", readonly=True)
    is_backfill = fields.Boolean("This Run: Backfill", readonly=True)
    backfill_since = fields.Datetime("Backfill From", readonly=True)
    backfill_until = fields.Datetime("Backfill To", readonly=True)
    read_count = fields.Integer("Read", readonly=True)
    reread_after = fields.Integer(readonly=True)
    last_run_at = fields.Datetime("Last Try", readonly=True)
    last_ok_at = fields.Datetime("Last Success", readonly=True)
    last_new_at = fields.Datetime(
        "Last News", readonly=True, help="When something new was last found."
    )
    usual_gap = fields.Float(
        "Usual Gap (Seconds)",
        readonly=True,
        help="Business time between two orders, over four weeks.",
    )
    usual_gap_at = fields.Datetime(readonly=True)
    next_at = fields.Datetime("Next Try", readonly=True, index=True)
    error = fields.Text(readonly=True)
    error_code = fields.Char(readonly=True)
    error_count = fields.Integer("Failures in a Row", readonly=True)
    first_error_at = fields.Datetime("Failing Since", readonly=True)
    refused_count = fields.Integer(
        "Refused", readonly=True, help="Webhooks without a good signature."
    )
    refused_at = fields.Datetime("Last Refused", readonly=True)
    refused_hour_count = fields.Integer("Refused Within an Hour", readonly=True)
    refused_hour_at = fields.Datetime(
        readonly=True, help="When the hour began that refused webhooks are counted in."
    )

    _topic_uniq = models.UniqueIndex(
        "(channel_id, topic)", "A topic of a shop is read once."
    )

    @api.model
    def _get_for(self, channel, topic):
        """The row of a topic, made when there is none (called with sudo).

        A webhook's job and the one that reads may both be a shop's first: the later
        one begins again, as after any other race, instead of failing for good.

        :raises psycopg2.errors.SerializationFailure: when somebody made it meanwhile
        """
        domain = [("channel_id", "=", channel.id), ("topic", "=", topic)]
        if found := self.search(domain, limit=1):
            return found
        now = fields.Datetime.now()
        values = {
            "channel_id": channel.id,
            "company_id": channel.company_id.id or None,
            "topic": topic,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO channel_sync_cursor (%s) VALUES %s"
                " ON CONFLICT (channel_id, topic) DO NOTHING",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            ),
            # losing the race is no error
            log_exceptions=False,
        )
        channel.invalidate_recordset(["cursor_ids"])
        return self.search(domain, limit=1)

    def _note_failure(self, error, text):
        """Remember what went wrong and when to try again, later each time."""
        self.ensure_one()
        now = fields.Datetime.now()
        wait = min(30 * 2 ** min(self.error_count, 10), _MAX_WAIT)
        wait = max(wait, getattr(error, "retry_after", None) or 0)
        self.write(
            {
                "error": text,
                "error_code": getattr(error, "code", "") or type(error).__name__,
                "error_count": self.error_count + 1,
                "first_error_at": self.first_error_at or now,
                "last_run_at": now,
                "next_at": now + timedelta(seconds=wait),
            }
        )

    def _note_success(self, minutes, more=False):
        """Remember that it worked; ``more``: the next page follows at once."""
        self.ensure_one()
        now = fields.Datetime.now()
        self.write(
            {
                "error": False,
                "error_code": False,
                "error_count": 0,
                "first_error_at": False,
                "last_run_at": now,
                "last_ok_at": now,
                "next_at": now if more else now + timedelta(minutes=minutes),
            }
        )

    def _end_run(self, watermark=False):
        """The stretch is read: the next one begins where the channel was last seen."""
        vals = {
            "run_since": False,
            "run_until": False,
            "run_high": False,
            "page_cursor": False,
            "is_backfill": False,
        }
        if watermark:
            vals["watermark"] = max(watermark, self.watermark or watermark)
        self.write(vals)
