# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..channels import errors
from .common import StockSyncCommon, ago, naive


@tagged("post_install", "-at_install", "meets_others")
class TestOrdersIn(StockSyncCommon):
    """SS-4: what happens at the shop is in the inbox, once, whatever fails."""

    def test_new_orders_and_watermark(self):
        moments = [ago(minutes=50), ago(minutes=40)]
        for number, moment in enumerate(moments):
            self.shop.add_order(f"O{number}", moment)
        cursor = self.poll()
        rows = self.find_rows("O0", "O1")
        self.assertEqual(rows.mapped("state"), ["received", "received"])
        self.assertEqual(rows.company_id, self.company)
        self.assertEqual(cursor.watermark, naive(moments[1]))
        self.assertTrue(cursor.last_new_at)
        self.assertFalse(cursor.error)

    def test_becomes_sale_order(self):
        self.shop.add_order("O1", ago(minutes=20))
        self.poll()
        row = self.find_rows("O1")
        row.action_process()
        self.assertEqual(row.state, "imported")
        self.assertEqual(row.sale_order_id.sale_channel_id, self.channel)

    def test_pages_are_jobs(self):
        self.shop.page_size = 2
        for number in range(5):
            self.shop.add_order(f"O{number}", ago(minutes=50 - number))
        cursor = self.poll(until_done=False)
        self.assertEqual(len(self.find_rows("O0", "O1", "O2")), 2)
        self.assertFalse(cursor.watermark, "the stretch is not read yet")
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"stock_sync.poll:orders:{self.channel.id}")]
        )
        lane = f"root.stock_sync.orders.shop_{self.channel.id}"
        self.assertEqual(job.channel, lane)
        cursor = self.poll()
        self.assertEqual(len(self.find_rows(*(f"O{n}" for n in range(5)))), 5)
        self.assertEqual(cursor.watermark, naive(self.shop.updated["O4"]))

    def test_interrupted_run_goes_on(self):
        self.shop.page_size = 2
        for number in range(4):
            self.shop.add_order(f"O{number}", ago(minutes=50 - number))
        self.shop.faults["list_orders"] = [None, errors.Unavailable("gone")]
        cursor = self.poll()
        self.assertEqual(cursor.error_count, 1)
        self.assertEqual(len(self.find_rows("O0", "O1", "O2", "O3")), 2)
        cursor = self.poll()
        self.assertFalse(cursor.error)
        self.assertEqual(len(self.find_rows("O0", "O1", "O2", "O3")), 4)

    def test_page_that_is_gone_starts_over(self):
        """A page's mark may end with the channel's session."""
        self.shop.page_size = 1
        self.shop.add_order("O0", ago(minutes=50))
        self.shop.add_order("O1", ago(minutes=40))
        self.shop.faults["list_orders"] = [None] + [errors.Refused("no page")] * 3
        cursor = self.poll()
        for _try in range(3):
            self.poll()
        cursor = self.poll()
        self.assertFalse(cursor.error)
        self.assertEqual(len(self.find_rows("O0", "O1")), 2)

    def test_late_change_is_found_and_known_is_not_read(self):
        self.shop.add_order("O0", ago(minutes=30))
        self.poll()
        self.assertEqual(self.shop.calls["read_orders"], 1)
        # it became visible later than its time of change says
        self.shop.add_order("LATE", ago(minutes=35))
        self.poll()
        self.assertTrue(self.find_rows("LATE"))
        asked = [call[1] for call in self.shop.log if call[0] == "read_orders"]
        self.assertEqual(asked, [("O0",), ("LATE",)])

    def test_list_without_times(self):
        """Shopee-like: only the orders themselves tell when they changed."""
        self.shop.lists_times = False
        self.shop.add_order("O0", ago(minutes=30))
        cursor = self.poll()
        self.assertEqual(cursor.watermark, naive(self.shop.updated["O0"]))

    def test_time_of_list_is_not_of_change(self):
        """Vendure-like: the list's time is when the order was placed."""
        self.use_capabilities(reread_open_orders=True)
        placed = ago(minutes=30)
        self.shop.add_order("O0", placed)
        self.poll()
        self.shop.add_order("O0", ago(minutes=2), status="cancelled")
        self.shop.updated["O0"] = placed
        cursor = self.poll()
        self.assertEqual(self.find_rows("O0").payload["status"], "cancelled")
        self.assertEqual(cursor.watermark, naive(placed))

    def test_repeated_poll_changes_nothing(self):
        self.shop.add_order("O0", ago(minutes=1))
        self.poll()
        row = self.find_rows("O0")
        before = row.write_date, row.payload_hash, row.event_count
        self.poll()
        self.env.invalidate_all()
        self.assertEqual((row.write_date, row.payload_hash, row.event_count), before)

    def test_shop_down(self):
        self.shop.faults["list_orders"] = [errors.Unavailable("no", code="dns")] * 2
        cursor = self.poll()
        first = cursor.next_at - fields.Datetime.now()
        self.assertEqual(cursor.error_code, "dns")
        cursor = self.poll()
        self.assertEqual(cursor.error_count, 2)
        self.assertGreater(cursor.next_at - fields.Datetime.now(), first)
        self.assertEqual(self.channel.sync_state, "connected")
        self.assertEqual(self.channel.sync_health, "warning")
        logged = self.env["channel.sync.log"].search(
            [("channel_id", "=", self.channel.id), ("state", "=", "error")]
        )
        self.assertEqual(len(logged), 1, "the same trouble is told once")
        self.poll()
        self.assertEqual(self.channel.sync_health, "ok")

    def test_retry_after(self):
        wait = errors.RateLimited("slow", code="http_429", retry_after=7200)
        self.shop.faults["list_orders"] = [wait]
        cursor = self.poll()
        self.assertGreater(cursor.next_at, fields.Datetime.now() + timedelta(hours=1.9))
        before = self.env["queue.job"].search_count([])
        self.env["sale.channel"].search([("id", "!=", self.channel.id)]).filtered(
            lambda channel: channel.sync_state == "connected"
        ).sync_state = "draft"
        self.env["sale.channel"]._cron_poll()
        names = self.env["queue.job"].search([], limit=9).mapped("identity_key")
        self.assertNotIn(f"stock_sync.poll:orders:{self.channel.id}", names)
        self.assertGreaterEqual(self.env["queue.job"].search_count([]), before)

    def test_one_bad_order_stops_nobody(self):
        for number in range(3):
            self.shop.add_order(f"O{number}", ago(minutes=20 - number))
        self.shop.untranslatable["O1"] = "unknown status SOLD_TO_MARS"
        cursor = self.poll()
        self.assertEqual(cursor.watermark, naive(self.shop.updated["O2"]))
        rows = self.find_rows("O0", "O1", "O2")
        self.assertEqual(rows.mapped("state"), ["received", "error", "received"])
        self.assertIn("SOLD_TO_MARS", rows[1].error)
        self.env["sale.channel"]._cron_health()
        self.assertIn("inbox", self.channel.activity_ids.mapped("sync_kind"))
        self.assertEqual(rows[1].error_code, "untranslated")
        # the connector learned the word meanwhile
        self.shop.untranslatable.clear()
        self.shop.add_order("O1", ago(minutes=1))
        self.poll()
        rows[1].action_process()
        self.assertEqual(rows[1].state, "imported")

    def test_unknown_status_waits_for_a_person(self):
        self.shop.add_order("O1", ago(minutes=5), status="teleported")
        self.poll()
        row = self.find_rows("O1")
        row.action_process()
        self.assertEqual(row.state, "error")
        self.assertIn("status", row.error)

    def test_answer_that_breaks_a_batch(self):
        for number in range(3):
            self.shop.add_order(f"O{number}", ago(minutes=20 - number))

        def break_for_one():
            asked = self.shop.log[-1][1]
            return errors.BadAnswer("truncated") if "O1" in asked else None

        self.shop.faults["read_orders"] = [break_for_one] * 4
        self.poll()
        rows = self.find_rows("O0", "O1", "O2")
        self.assertEqual(rows.mapped("state"), ["received", "error", "received"])

    def test_shop_that_answers_nonsense_is_no_order(self):
        self.shop.add_order("O0", ago(minutes=5))
        self.shop.add_order("O1", ago(minutes=5))
        self.shop.faults["read_orders"] = [errors.BadAnswer("html")] * 3
        cursor = self.poll()
        self.assertTrue(cursor.error)
        self.assertFalse(self.find_rows("O0", "O1"))

    def test_adapter_that_crashes_on_one(self):
        self.shop.add_order("O0", ago(minutes=5))
        self.shop.add_order("O1", ago(minutes=4))

        def crash():
            return KeyError("price") if "O0" in self.shop.log[-1][1] else None

        self.shop.faults["read_orders"] = [crash] * 3
        self.poll()
        rows = self.find_rows("O0", "O1")
        self.assertEqual(rows.mapped("state"), ["error", "received"])
        self.assertIn("KeyError", rows[0].error)

    def test_adapter_that_crashes_always(self):
        self.shop.faults["list_orders"] = [KeyError("orders")]
        with mute_logger("odoo.addons.stock_sync.models.sale_channel_jobs"):
            cursor = self.poll()
        self.assertEqual(cursor.error_code, "KeyError")

    def test_missing_is_noted(self):
        self.shop.add_order("O0", ago(minutes=5))
        del self.shop.orders["O0"]
        self.poll()
        entry = self.env["channel.sync.log"].search([("external_id", "=", "O0")])
        self.assertEqual(entry.state, "warning")

    def test_login_lost(self):
        self.shop.faults["list_orders"] = [errors.AuthorisationLost("revoked")]
        self.poll()
        self.assertEqual(self.channel.sync_state, "lost")
        self.assertEqual(self.channel.sync_health, "error")
        self.assertEqual(self.channel.activity_ids.mapped("sync_kind"), ["lost"])
        calls = self.shop.calls["list_orders"]
        self.poll()
        self.assertEqual(self.shop.calls["list_orders"], calls, "nobody knocks again")

    def test_token_that_ended_early(self):
        self.shop.add_order("O0", ago(minutes=5))
        self.shop.access_token = "another"
        self.poll()
        self.assertTrue(self.find_rows("O0"))
        self.assertEqual(self.account.access_token, "access-1")
        self.assertEqual(self.shop.calls["refresh"], 1)

    def test_windows(self):
        """An outage of weeks is read in the stretches that the channel allows."""
        self.use_capabilities(order_window_days=15)
        cursor = self.get_cursor()
        cursor.watermark = naive(ago(days=40))
        for days in (39, 20, 3):
            self.shop.add_order(f"D{days}", ago(days=days))
        for _stretch in range(3):
            self.poll()
        self.assertEqual(len(self.find_rows("D39", "D20", "D3")), 3)
        stretches = [call[1:3] for call in self.shop.log if call[0] == "list_orders"]
        self.assertEqual(len(stretches), 3)
        for since, until in stretches:
            self.assertLessEqual(until - since, timedelta(days=15))

    def test_empty_windows_move_on(self):
        self.use_capabilities(order_window_days=15)
        cursor = self.get_cursor()
        cursor.watermark = naive(ago(days=40))
        for _stretch in range(4):
            self.poll()
        self.assertGreater(cursor.watermark, naive(ago(days=12)))

    def test_clock_that_runs_ahead(self):
        self.shop.add_order("O0", ago(days=-3650))
        cursor = self.poll()
        self.assertLessEqual(cursor.watermark, fields.Datetime.now())
        self.shop.add_order("O1", ago(seconds=1))
        self.poll()
        self.assertTrue(self.find_rows("O1"))

    def test_backfill(self):
        self.shop.add_order("OLD", ago(days=20))
        self.shop.add_order("NEW", ago(minutes=5))
        cursor = self.poll()
        watermark = cursor.watermark
        self.assertFalse(self.find_rows("OLD"))
        wizard = self.env["sale.channel.backfill"].create(
            {
                "channel_id": self.channel.id,
                "date_from": ago(days=21).date(),
                "date_to": ago(days=19).date(),
            }
        )
        wizard.action_start()
        cursor = self.poll()
        self.assertTrue(self.find_rows("OLD"))
        self.assertFalse(cursor.backfill_since)
        self.assertGreaterEqual(cursor.watermark, watermark)

    def test_open_orders_are_read_again(self):
        """WooCommerce-like: a payment does not touch the order's time of change."""
        self.use_capabilities(reread_open_orders=True)
        moment = ago(hours=2)
        self.shop.add_order("O0", moment, status="unpaid", payment={"state": "unpaid"})
        self.get_cursor().watermark = naive(ago(hours=3))
        self.poll()
        row = self.find_rows("O0")
        row.action_process()
        self.assertEqual(row.state, "held")
        self.shop.add_order("O0", moment)
        self.poll()
        row.action_process()
        self.assertEqual(row.state, "imported")

    def test_channel_that_only_lists_open_orders(self):
        self.use_capabilities(changes_since=False)
        self.shop.add_order("O0", ago(days=400))
        cursor = self.poll()
        self.assertTrue(self.find_rows("O0"))
        self.assertFalse(cursor.run_since)

    def test_cancellation_comes_in(self):
        self.shop.add_order("O0", ago(minutes=20))
        self.poll()
        row = self.find_rows("O0")
        row.action_process()
        self.shop.add_order("O0", ago(minutes=1), status="cancelled")
        self.poll()
        row.action_process()
        self.assertEqual(row.sale_order_id.state, "cancel")

    def test_pause_and_resume(self):
        self.shop.add_order("O0", ago(minutes=5))
        self.channel.action_pause()
        self.poll()
        self.assertFalse(self.find_rows("O0"))
        self.channel.action_resume()
        self.poll()
        self.assertTrue(self.find_rows("O0"))

    def test_big_numbers_and_long_ids(self):
        """Ids beyond 2^53 stay exact; what JSON does not know becomes text."""
        self.shop.add_order(
            "9007199254740993123", ago(minutes=5), raw={"id": 9007199254740993}
        )
        self.poll()
        row = self.find_rows("9007199254740993123")
        self.assertEqual(row.payload["raw"]["id"], 9007199254740993)
