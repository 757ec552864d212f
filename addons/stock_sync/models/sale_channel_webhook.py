# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hmac
import logging
from datetime import datetime, timedelta, timezone

import psycopg2

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..channels import errors
from ..channels.types import WebhookRequest

_logger = logging.getLogger(__name__)

_AT_ONCE = 200
_KEPT_BODY = 100_000
_TOPICS = frozenset(
    ("order", "return", "listing", "stock", "settlement", "token", "ping", "other")
)


class SaleChannel(models.Model):
    """A way of selling; here: its webhooks, which are hints and never believed."""

    _inherit = "sale.channel"

    def _check_manager(self):
        if not self.env.user.has_group("order_management.group_manager"):
            raise AccessError(self.env._("This needs the right Order Hub: Manager."))

    def _get_webhook_url(self):
        """Where the channel has to send its webhooks (called with sudo)."""
        token = self._get_account().webhook_token
        return f"{self.get_base_url()}/stock_sync/webhook/{self.id}/{token}"

    def _take_webhook(self, token, headers, query, body):
        """Verify and store one webhook (called with sudo, by anybody at all).

        :return: ``WebhookAnswer``, or None when it is not the channel's
        """
        self.ensure_one()
        kind = self._get_sync_kinds().get(self.channel_type)
        if not kind or self.sync_state == "draft":
            return self._refuse_webhook()
        account = self._get_account()
        if not hmac.compare_digest(
            (account.webhook_token or "").encode(), token.encode()
        ):
            return self._refuse_webhook()
        request = WebhookRequest(
            self._get_webhook_url(), headers, body, datetime.now(timezone.utc), query
        )
        adapter = kind(self._prepare_shop(), account._get_credentials(), None)
        try:
            hints = list(adapter.verify_webhook(request))
        except Exception as error:
            # whatever a stranger sends, there is one answer; the reason may quote the
            # message, which is a stranger's
            _logger.info("Webhook of channel %s: %s", self.id, type(error).__name__)
            return self._refuse_webhook()
        self._store_hints(hints, body)
        return adapter.webhook_answer(hints)

    def _refuse_webhook(self):
        """Count it and nothing else: in one statement, as many may come at once."""
        now = fields.Datetime.now()
        self.env["channel.sync.cursor"].flush_model()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_sync_cursor
                    (channel_id, company_id, topic, refused_count, refused_at,
                     refused_hour_count, refused_hour_at, create_date, write_date)
                VALUES (%(channel)s, %(company)s, 'webhooks', 1, %(now)s, 1, %(now)s,
                    %(now)s, %(now)s)
                ON CONFLICT (channel_id, topic) DO UPDATE SET
                    refused_count = COALESCE(
                        channel_sync_cursor.refused_count, 0) + 1,
                    refused_at = EXCLUDED.refused_at,
                    refused_hour_count = CASE
                        WHEN channel_sync_cursor.refused_hour_at > %(hour)s
                        THEN channel_sync_cursor.refused_hour_count + 1 ELSE 1 END,
                    refused_hour_at = CASE
                        WHEN channel_sync_cursor.refused_hour_at > %(hour)s
                        THEN channel_sync_cursor.refused_hour_at
                        ELSE EXCLUDED.refused_hour_at END
                RETURNING id
                """,
                channel=self.id,
                company=self.company_id.id,
                now=now,
                hour=now - timedelta(hours=1),
            )
        )
        self.env["channel.sync.cursor"].invalidate_model()

    def _store_hints(self, hints, body):
        """Store what a webhook is about; one that came before is left out."""
        if not hints:
            return
        now = fields.Datetime.now()
        text = body[:_KEPT_BODY].decode("utf-8", "replace").replace("\0", "\ufffd")
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, 'new', 0, %s, %s)",
                self.id,
                self.company_id.id,
                hint.topic if hint.topic in _TOPICS else "other",
                _text(hint.external_id),
                # one webhook may be about several things
                _text(hint.event_id) and _text(f"{hint.event_id}:{number}"),
                text,
                now,
                now,
                now,
            )
            for number, hint in enumerate(hints)
        ]
        inserted = self.env.execute_query(
            SQL(
                "INSERT INTO channel_webhook_hint (channel_id, company_id, topic,"
                " external_id, event_id, body, received_at, state, attempts,"
                " create_date, write_date)"
                " VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                SQL(", ").join(rows),
            )
        )
        if inserted:
            self._enqueue_hints(again=True)

    def _enqueue_hints(self, again=False):
        """One job for all that waits.

        :param bool again: whether something just came; else it is looked for first
        """
        self.ensure_one()
        if not again and not self.env["channel.webhook.hint"].search_count(
            self._get_waiting_hints_domain(), limit=1
        ):
            return
        self._with_lane(
            "orders",
            priority=5,
            description=self.env._("Webhooks of %(channel)s", channel=self.name),
            identity_key=f"stock_sync.hints:{self.id}",
        )._job_take_hints()

    def _get_waiting_hints_domain(self):
        return [
            ("channel_id", "=", self.id),
            ("state", "=", "new"),
            "|",
            ("next_at", "=", False),
            ("next_at", "<=", fields.Datetime.now()),
        ]

    def _job_take_hints(self):
        """Read again at the shop what webhooks told about."""
        self.ensure_one()
        if not self.active or self.sync_state != "connected":
            return self.env._("Not connected: the webhooks wait")
        self._lock_topic("webhooks")
        hints = self.env["channel.webhook.hint"].search(
            self._get_waiting_hints_domain(), limit=_AT_ONCE, order="id"
        )
        for topic, some in hints.grouped("topic").items():
            take = getattr(self, f"_take_{topic}_hints", None)
            try:
                with self.env.cr.savepoint():
                    if take:
                        take(some)
                    some._note_done()
            except (psycopg2.Error, RetryableJobError):
                raise
            except Exception as error:
                self._note_hint_failure(some, error)
        if len(hints) == _AT_ONCE:
            self._enqueue_hints(again=True)
        return None

    def _note_hint_failure(self, hints, error):
        if not isinstance(error, errors.ChannelError):
            _logger.warning("Webhooks of %s failed", self.display_name, exc_info=True)
        text = self._explain_error(error)
        hints._note_failure(text, getattr(error, "retry_after", None))
        if isinstance(error, errors.AuthorisationLost):
            self._set_lost(text)

    def _take_order_hints(self, hints):
        """Orders are read as they are now: order and number of hints do not matter."""
        ids = list(dict.fromkeys(hints.filtered("external_id").mapped("external_id")))
        new = 0
        for part in split_every(self._get_capabilities().order_batch, ids):
            read = self._read_orders(list(part))
            new += self._store_orders(read.orders, read.failed, read.missing)
        if new:
            cursor = self.env["channel.sync.cursor"]._get_for(self, "orders")
            cursor.last_new_at = fields.Datetime.now()

    def _take_return_hints(self, hints):
        """Returns are listed again."""
        if "returns" in self._get_poll_topics():
            self._enqueue_poll("returns")

    def _take_settlement_hints(self, hints):
        """Statements are listed again."""
        if "settlements" in self._get_poll_topics():
            self._enqueue_poll("settlements")

    def _take_token_hints(self, hints):
        """The channel says that the log-in ended, or soon will: ask it."""
        self._with_fresh_token(lambda adapter: adapter.check())


def _text(value):
    return (str(value)[:255].replace("\0", "") if value else None) or None
