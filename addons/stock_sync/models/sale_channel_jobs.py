# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import time
import zlib

import psycopg2

from odoo import api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..channels import errors

_logger = logging.getLogger(__name__)

#: minutes between two looks at a topic where the channel does not say it
_MINUTES = {"orders": 1, "returns": 15, "settlements": 360}


class SaleChannel(models.Model):
    """A way of selling; here: the jobs that read it, one a shop and topic at a time."""

    _inherit = "sale.channel"

    sync_poll_minutes = fields.Integer(
        "Look for Orders Every (Minutes)",
        default=1,
        help="Webhooks bring orders at once; this finds those whose webhook was lost.",
    )
    cursor_ids = fields.One2many(
        "channel.sync.cursor", "channel_id", "Reading", readonly=True, copy=False
    )

    _sync_poll_minutes_check = models.Constraint(
        "CHECK (sync_poll_minutes > 0)", "Look for orders every minute at most."
    )

    @api.model
    def _cron_poll(self):
        """Enqueue what is due; whatever it finds, the shops are read by jobs."""
        domain = [("sync_state", "=", "connected")]
        for channel in self.sudo().search(domain):
            channel._enqueue_due()

    def _enqueue_due(self):
        now = fields.Datetime.now()
        waiting = {cursor.topic: cursor.next_at for cursor in self.cursor_ids}
        for topic in self._get_poll_topics():
            if (waiting.get(topic) or now) <= now:
                self._enqueue_poll(topic)
        self._enqueue_hints()

    def _poll_soon(self):
        """Read now, whatever the clock says."""
        for channel in self:
            channel.sudo().cursor_ids.write({"next_at": False})
            channel.sudo()._enqueue_due()

    def action_poll(self):
        """Read the shop now."""
        self.check_access("write")
        self.filtered(lambda channel: channel.sync_state == "connected")._poll_soon()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The shop is being read. Orders appear soon."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_poll_topics(self):
        """What this channel is asked for, each with a ``_poll_<topic>(cursor)``."""
        kind = self._get_sync_kinds().get(self.channel_type)
        if not kind:
            return []
        can = kind.capabilities
        return [
            topic
            for topic in ("orders", "returns", "settlements")
            if can_read(can, topic)
        ]

    def _get_poll_minutes(self, topic):
        return self.sync_poll_minutes if topic == "orders" else _MINUTES[topic]

    def _get_lane(self, lane):
        """The queue's channel for one shop's jobs: ``orders``, ``stock``, ``other``.

        A shop without a place of its own in the configuration shares its lane's.
        """
        self.ensure_one()
        return f"root.stock_sync.{lane}.shop_{self.id}"

    def _with_lane(self, lane, **options):
        """This shop, whose next call becomes a job of that lane."""
        shop = self.with_context(lang=self._get_reading_lang())
        return shop.with_delay(channel=self._get_lane(lane), **options)

    def _get_reading_lang(self):
        """The company's language: what a job logs and why something failed is read by
        the shop's people, not by whoever set the job off."""
        return self.sudo().company_id.partner_id.lang or self.env.lang

    def _enqueue_poll(self, topic):
        self.sudo()._with_lane(
            "orders" if topic == "orders" else "other",
            description=self.env._(
                "Read %(topic)s of %(channel)s", topic=topic, channel=self.name
            ),
            identity_key=f"stock_sync.poll:{topic}:{self.id}",
        )._job_poll(topic)

    def _job_poll(self, topic):
        """Read one page of a topic; the next one is a job of its own.

        What goes wrong is kept on the cursor, which waits longer each time: a shop
        that is down fills no list of failed jobs.
        """
        self.ensure_one()
        if not self.active or self.sync_state != "connected":
            return self.env._("Not connected: nothing read")
        self._lock_topic(topic)
        cursor = self.env["channel.sync.cursor"]._get_for(self, topic)
        begin = time.monotonic()
        try:
            with self.env.cr.savepoint():
                more = getattr(self, f"_poll_{topic}")(cursor)
        except psycopg2.errors.UniqueViolation as error:
            # an order's import entered the same return meanwhile: then it is known
            raise RetryableJobError("entered meanwhile", seconds=2) from error
        except (psycopg2.Error, RetryableJobError):
            raise
        except Exception as error:
            return self._note_poll_failure(cursor, error, time.monotonic() - begin)
        cursor._note_success(self._get_poll_minutes(topic), more)
        if more:
            self._enqueue_poll(topic)
        elif topic == "orders":
            self._learn_usual_gap()
        return None

    def _note_poll_failure(self, cursor, error, duration):
        text = self._explain_error(error)
        if not isinstance(error, errors.ChannelError):
            # a defect of ours: developers need to see where
            _logger.warning("Reading %s failed", self.display_name, exc_info=True)
        if not cursor.error_count or cursor.error != text:
            self._log_sync(
                cursor.topic,
                self.env._("Reading failed"),
                direction="in",
                state="error",
                error=text,
                duration=duration,
            )
        cursor._note_failure(error, text)
        if isinstance(error, errors.AuthorisationLost):
            self._set_lost(text)
        return text

    def _lock_topic(self, topic):
        """One job a shop and topic; the lock ends with the transaction.

        :raises RetryableJobError: when another one is at it
        """
        self.ensure_one()
        key = zlib.crc32(f"stock_sync.{topic}".encode()) - 2**31
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [key, self.id])
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError(
                f"{topic} of channel {self.id} is being worked on",
                seconds=5,
                ignore_retry=True,
            )

    def _log_sync(self, kind, name, **values):
        """Add an entry to the shop's log; see ``channel.sync.log``."""
        self.ensure_one()
        return self.env["channel.sync.log"]._add(
            [{"channel_id": self.id, "kind": kind, "name": name, **values}]
        )


def can_read(capabilities, topic):
    """Whether a channel has ``topic``."""
    return bool(getattr(capabilities, topic))
