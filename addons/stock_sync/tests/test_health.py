# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import StockSyncCommon, ago


@tagged("post_install", "-at_install", "meets_others")
class TestHealth(StockSyncCommon):
    """SS-9, SS-14: somebody is told, and sees why."""

    def test_business_seconds(self):
        self.channel.write(
            {
                "sync_timezone": "Asia/Ho_Chi_Minh",
                "sync_business_from": 8,
                "sync_business_to": 20,
            }
        )
        # 18:00 to 09:00 of the next day there: two hours and one hour
        start = datetime(2026, 3, 2, 11, 0)
        end = datetime(2026, 3, 3, 2, 0)
        self.assertEqual(self.channel._get_business_seconds(start, end), 3 * 3600)
        self.assertEqual(self.channel._get_business_seconds(end, start), 0)

    def _let_read(self, **delta):
        cursor = self.get_cursor()
        cursor.write(
            {
                "last_ok_at": fields.Datetime.now(),
                "usual_gap": 600,
                "usual_gap_at": fields.Datetime.now(),
                "last_new_at": fields.Datetime.now() - timedelta(**delta),
            }
        )
        self.channel.write({"sync_business_from": 0, "sync_business_to": 24})

    def test_silence(self):
        self._let_read(hours=3)
        self.env["sale.channel"]._cron_health()
        self.assertIn("silence", self.channel.activity_ids.mapped("sync_kind"))
        self.assertEqual(self.channel.sync_health, "warning")
        self.env["sale.channel"]._cron_health()
        self.assertEqual(len(self.channel.activity_ids), 1, "told once")
        self._let_read(minutes=3)
        self.channel.invalidate_recordset()
        self.env["sale.channel"]._cron_health()
        self.assertFalse(self.channel.activity_ids)
        self.assertEqual(self.channel.sync_health, "ok")

    def test_silence_can_be_off(self):
        self._let_read(hours=30)
        self.channel.sync_silence_factor = 0
        self.assertEqual(self.channel.sync_health, "ok")

    def test_usual_gap(self):
        for number in range(24):
            self._create_row(f"G{number}")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE channel_order SET received_at = now() at time zone 'UTC'"
            " - interval '1 hour' * substr(external_id, 2)::int"
            " WHERE channel_id = %s",
            [self.channel.id],
        )
        self.channel.write({"sync_business_from": 0, "sync_business_to": 24})
        self.channel._learn_usual_gap()
        self.assertAlmostEqual(self.get_cursor().usual_gap, 23 * 3600 / 24, delta=5)

    def test_usual_gap_is_learnt_while_reading(self):
        """Not by the scheduled action, which would race with it for the row."""
        cursor = self.get_cursor()
        self.env["sale.channel"]._cron_health()
        self.assertFalse(cursor.usual_gap_at)
        self.channel._job_poll("orders")
        self.assertFalse(cursor.error)
        self.assertTrue(cursor.usual_gap_at)

    def test_nobody_reads(self):
        """The scheduled action is off, or there is no job runner."""
        self.get_cursor().last_ok_at = fields.Datetime.now() - timedelta(hours=2)
        self.assertEqual(self.channel.sync_health, "error")
        self.assertIn("job runner", self.channel.sync_health_text)

    def test_failed_jobs_are_told(self):
        self.get_cursor().last_ok_at = fields.Datetime.now()
        self.channel._enqueue_poll("orders")
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"stock_sync.poll:orders:{self.channel.id}")]
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE queue_job SET state='failed' WHERE id=%s", [job.id])
        self.env.invalidate_all()
        self.assertEqual(self.channel.sync_health, "warning")
        self.assertIn("Job Queue", self.channel.sync_health_text)

    def test_webhook_problems(self):
        kind = self.channel._get_adapter_class()
        kind.webhook_problems = lambda adapter, url: ("switched off",)
        self.channel._job_look_after()
        self.assertEqual(self.channel.sync_webhook_problems, "switched off")
        self.assertIn("switched off", self.channel.sync_health_text)

    def test_log_is_append_only(self):
        entry = self.channel._log_sync("other", "Something")
        self.assertEqual(entry.user_id, self.env.user)
        with self.assertRaises(UserError):
            entry.name = "Something else"
        with self.assertRaises(UserError):
            entry.unlink()

    def test_health_of_many_in_few_queries(self):
        channels = self.channel
        for number in range(8):
            channels += self._create_channel(
                f"Shop {number}",
                self.company,
                channel_type=self.channel.channel_type,
                sync_state="connected",
            )
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("sync_health")
            return self.env.cr.sql_log_count - before

        count(channels)
        self.assertLessEqual(count(channels), count(channels[:1]) + 3)

    def test_pause_reason_and_order(self):
        self.channel.action_pause()
        self.assertEqual(self.channel.sync_health, "off")
        self.assertIn(self.env.user.name, self.channel.sync_pause_reason)

    def test_paused_compares_nothing(self):
        """A comparison that is on its way ends, and the shop is not called."""
        drift = self.env["channel.drift.check"]
        drift._start(self.channel)
        check = drift.search([("channel_id", "=", self.channel.id)], limit=1)
        check.orders_state = "running"
        self.channel.action_pause()
        kind = self.channel._get_adapter_class()
        for name in ("list_listings", "list_orders"):
            self.patch(kind, name, lambda *_args, **_kwargs: self.fail("called"))
        now = fields.Datetime.to_string(fields.Datetime.now())
        self.channel._job_fetch_listings("", now, check.id)
        self.channel._job_compare_orders(check.id, now)
        self.assertEqual(check.state, "failed")
        self.assertEqual(check.orders_state, "failed")

    def test_cron_enqueues_and_never_raises(self):
        self.env["sale.channel"]._cron_poll()
        self.env["channel.intent"]._cron_send()
        self.env["sale.channel"]._cron_health()
        self.env["channel.webhook.hint"]._cron_forget()
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"stock_sync.poll:orders:{self.channel.id}")]
        )
        self.assertEqual(len(job), 1)
        self.env["sale.channel"]._cron_poll()
        self.assertEqual(
            self.env["queue.job"].search_count(
                [("identity_key", "=", job.identity_key)]
            ),
            1,
        )

    def test_done_webhooks_are_forgotten(self):
        old = fields.Datetime.now() - timedelta(days=30)
        hints = self.env["channel.webhook.hint"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "topic": "order",
                    "state": state,
                    "received_at": old,
                }
                for state in ("done", "failed")
            ]
        )
        hints._cron_forget()
        self.assertEqual(hints.exists().state, "failed")

    def test_late_orders_are_not_silence(self):
        """What a backfill finds is no news, but what is new is."""
        self.shop.add_order("O1", ago(minutes=1))
        self.poll()
        self.assertGreater(
            self.get_cursor().last_new_at, fields.Datetime.now() - timedelta(minutes=1)
        )

    def test_error_rate(self):
        self._let_read(minutes=3)
        for _number in range(6):
            self.channel._log_sync("stock", "Stock sent", direction="out")
        for _number in range(4):
            self.channel._log_sync(
                "stock", "Stock not sent", direction="out", state="error", error="No"
            )
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.sync_error_rate, 40)
        action = self.channel.action_view_failures()
        shown = self.env["channel.sync.log"].search(action["domain"])
        self.assertEqual(len(shown), 0.4 * self.channel.sync_talk_count)
        self.assertIn("40 %", self.channel.sync_health_text)
        self.assertEqual(self.channel.sync_health, "warning")
        self.env["sale.channel"]._cron_health()
        self.assertIn("errors", self.channel.activity_ids.mapped("sync_kind"))

    def test_many_refused_webhooks(self):
        """SS-11, SS-14: some are nothing; many within an hour are told."""
        self.channel.sync_refused_limit = 5
        for _number in range(4):
            self.channel._refuse_webhook()
        self.env["sale.channel"]._cron_health()
        self.assertNotIn("refused", self.channel.activity_ids.mapped("sync_kind"))
        self.channel._refuse_webhook()
        self.env["sale.channel"]._cron_health()
        self.assertIn("refused", self.channel.activity_ids.mapped("sync_kind"))
        self.channel.invalidate_recordset()
        self.assertIn("Compare the webhook secret", self.channel.sync_health_text)
        # an hour later it begins anew
        cursor = self.get_cursor("webhooks")
        past = fields.Datetime.now() - timedelta(minutes=61)
        cursor.write({"refused_at": past, "refused_hour_at": past})
        self.env.flush_all()
        self.env["sale.channel"]._cron_health()
        self.assertNotIn("refused", self.channel.activity_ids.mapped("sync_kind"))
        self.channel._refuse_webhook()
        self.assertEqual(self.get_cursor("webhooks").refused_hour_count, 1)
        self.assertEqual(self.get_cursor("webhooks").refused_count, 6)

    # --- stock ---
    def _tell(self):
        # each run of the cron begins with empty caches
        self.channel.invalidate_recordset()
        self.env["sale.channel"]._cron_health()
        self.channel.invalidate_recordset()
        return self.channel.activity_ids.mapped("sync_kind")

    def test_stock_that_cannot_be_sent(self):
        """One call that fails is nothing; a shop that keeps failing is told."""
        self._let_read(minutes=3)
        self.channel.write(
            {
                "stock_is_published": True,
                "stock_error": "The shop does not answer.",
                "stock_error_count": 2,
            }
        )
        self.assertNotIn("stock_error", self._tell())
        self.assertEqual(self.channel.sync_health, "ok")
        self.channel.stock_error_count = 3
        self.assertIn("stock_error", self._tell())
        self.assertEqual(self.channel.sync_health, "warning")
        self.assertIn("does not answer", self.channel.sync_health_text)
        self.channel.stock_error_count = 6
        self._tell()
        self.assertEqual(self.channel.sync_health, "error")
        self.channel._note_push_success()
        self.assertNotIn("stock_error", self._tell())

    def test_refused_listings_are_told(self):
        self._let_read(minutes=3)
        self.channel.stock_is_published = True
        listings = self.env["channel.listing"].create(
            [
                {"channel_id": self.channel.id, "item_ref": str(number)}
                for number in range(3)
            ]
        )
        listings[:2].write({"push_state": "failed", "push_error": "No"})
        self.assertIn("stock_refused", self._tell())
        self.assertEqual(self.channel.listing_refused_count, 2)
        self.assertIn("2 listings", self.channel.sync_health_text)
        action = self.channel.with_context(
            listing_filter="failed"
        ).action_view_listings()
        self.assertTrue(action["context"]["search_default_failed"])
        # what was removed there is archived here: nobody has to look again
        listings.active = False
        self.assertNotIn("stock_refused", self._tell())

    def test_a_stop_is_told_until_somebody_agrees(self):
        """The large change waits for a person: the activity stays as long."""
        self._let_read(minutes=3)
        self.channel.stock_is_published = True
        self.channel._stop_stock("brake", "3 of 4 listings would show 0")
        self.assertIn("stock", self._tell())
        self.assertEqual(self.channel.sync_health, "error")
        self.assertIn("would show 0", self.channel.sync_health_text)
        self.channel.action_approve_stock()
        self.assertFalse(self.channel.activity_ids)

    def test_listings_that_cannot_be_fetched(self):
        self._let_read(minutes=3)
        self.channel.listing_error = "The shop does not answer."
        self.assertIn("listings", self._tell())
        self.assertIn("cannot be fetched", self.channel.sync_health_text)
        self.channel.listing_error = False
        self.assertNotIn("listings", self._tell())
