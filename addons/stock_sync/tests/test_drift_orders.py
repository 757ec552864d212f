# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..channels import errors
from .common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestDriftOrders(StockSyncCommon):
    """SS-8: orders are compared by count and sum of each day; none is missing."""

    def _place(self, external_id, days=1, total="80", **payload):
        placed = datetime.now(timezone.utc) - timedelta(days=days)
        placed = placed.replace(hour=12, minute=0, second=0, microsecond=0)
        self.shop.add_order(
            external_id,
            placed,
            placed_at=placed.isoformat(),
            lines=[
                {
                    "external_id": f"{external_id}-1",
                    "sku": self.shop.sku,
                    "quantity": "2",
                    "unit_price": str(float(total) / 2),
                }
            ],
            payment={"state": "paid", "amount": total},
            total=total,
            **payload,
        )

    def _read(self, *external_ids):
        read = self.channel._read_orders(list(external_ids))
        self.channel._store_orders(read.orders, read.failed)

    def _compare(self):
        """A check with its jobs, one after the other."""
        checks = self.env["channel.drift.check"]
        with trap_jobs() as jobs:
            check = checks._start(self.channel)
            while True:
                jobs_now = [
                    job
                    for job in jobs.enqueued_jobs
                    if job.method_name == "_job_compare_orders"
                ]
                if not jobs_now:
                    break
                jobs.enqueued_jobs = []
                for job in jobs_now:
                    job.perform()
                if check.orders_state != "running":
                    break
        self.env.invalidate_all()
        return check

    def _by_day(self, check):
        return [
            (line.shop_count, line.our_count, line.shop_total, line.our_total)
            for line in check.day_ids.sorted("day")
        ]

    def test_all_there(self):
        self._place("O1", 2)
        self._place("O2", 1)
        self._read("O1", "O2")
        check = self._compare()
        self.assertEqual((check.orders_state, check.order_count), ("done", 2))
        self.assertEqual(self._by_day(check), [(1, 1, 80, 80), (1, 1, 80, 80)])
        self.assertFalse(check.order_ids, "what is equal leaves no row")
        self.assertTrue(all(check.day_ids.mapped("is_equal")))

    def test_missing_and_fetched(self):
        for number in range(3):
            self._place(f"O{number}", 1, total=str(10 * (number + 1)))
        self._read("O0")
        check = self._compare()
        self.assertEqual(self._by_day(check), [(3, 1, 60, 10)])
        self.assertEqual(check.order_missing_count, 2)
        self.assertEqual(check.day_ids.missing_text, "NO-O1, NO-O2")
        self.assertFalse(check.day_ids.is_equal)
        self.assertEqual(self.channel.drift_order_count, 2)
        self.assertIn("2 orders of the shop are missing", self.channel.sync_health_text)
        with trap_jobs() as jobs:
            check.action_fetch_orders()
            jobs.perform_enqueued_jobs()
        self.assertEqual(len(self.find_rows("O1", "O2")), 2)
        self.assertEqual(set(check.order_ids.mapped("state")), {"fetched"})
        self.channel.invalidate_recordset()
        self.assertFalse(self.channel.drift_order_count)
        self.assertEqual(check.order_ids[0].row_id, self.find_rows("O1"))
        self.assertFalse(self._compare().order_ids)

    def test_another_total(self):
        self._place("O1", 1)
        self._read("O1")
        self._place("O1", 1, total="100")
        check = self._compare()
        line = check.order_ids
        self.assertEqual(
            (line.kind, line.shop_total, line.our_total), ("total", 100, 80)
        )
        self.assertEqual(self._by_day(check), [(1, 1, 100, 80)])

    def test_unknown_to_the_shop(self):
        self._place("O1", 1)
        self._read("O1")
        del self.shop.orders["O1"], self.shop.updated["O1"]
        check = self._compare()
        self.assertEqual(check.order_ids.kind, "extra")
        self.assertEqual(self._by_day(check), [(0, 1, 0, 80)])
        with self.assertRaisesRegex(UserError, "Nothing to fetch"):
            check.order_ids.action_fetch()
        check.order_ids.action_leave()
        self.assertEqual(check.order_ids.state, "left")

    def test_older_and_very_young_orders_are_left_out(self):
        self._place("OLD", 20)
        self._place("O1", 1)
        now = datetime.now(timezone.utc)
        self.shop.add_order("NEW", now, placed_at=now.isoformat())
        # an old order that changed lately is listed, and not of these days
        self.shop.updated["OLD"] = now - timedelta(hours=1)
        check = self._compare()
        self.assertEqual(check.order_ids.mapped("external_id"), ["O1"])

    def test_pages_and_stretches(self):
        self.use_capabilities(order_window_days=2)
        self.shop.page_size = 2
        for number in range(7):
            self._place(f"O{number}", number % 5 + 1)
        check = self._compare()
        self.assertEqual(check.order_missing_count, 7)

    def test_day_is_the_shops(self):
        self.channel.sync_timezone = "Asia/Ho_Chi_Minh"
        self._place("O1", 1)
        placed = datetime.fromisoformat(self.shop.orders["O1"]["placed_at"])
        late = placed.replace(hour=20)
        self.shop.orders["O1"]["placed_at"] = late.isoformat()
        check = self._compare()
        self.assertEqual(check.day_ids.day, late.date() + timedelta(days=1))

    def test_shop_that_does_not_answer(self):
        self._place("O1", 1)
        self.shop.faults["list_orders"] = [errors.PermissionMissing("no orders")]
        check = self._compare()
        self.assertEqual(check.orders_state, "failed")
        self.assertIn("no orders", check.orders_error)
        self.shop.faults["list_orders"] = [errors.Unavailable("down")]
        self.assertEqual(self._compare().order_missing_count, 1, "asked again")

    def test_another_check_takes_over(self):
        first = self.env["channel.drift.check"]._start(self.channel)
        second = self.env["channel.drift.check"]._start(self.channel)
        self.assertEqual(first.orders_state, "failed")
        self.assertEqual(second.orders_state, "running")

    def test_started_while_listings_are_read(self):
        """It has a job of its own, and does not wait for what never ends it."""
        self.channel.action_fetch_listings()
        check = self.env["channel.drift.check"]._start(self.channel)
        jobs = self.env["queue.job"].search(
            [("identity_key", "=like", f"stock_sync.listings:%:{self.channel.id}")]
        )
        self.assertEqual({job.args[2] for job in jobs}, {False, check.id})

    def test_clerks_look_and_managers_fetch(self):
        self._place("O1", 1)
        check = self._compare()
        clerk = self._create_user("clerk")
        line = check.order_ids.with_user(clerk)
        self.assertEqual(line.number, "NO-O1")
        with self.assertRaises(AccessError):
            line.action_fetch()

    def test_every_night_every_shop(self):
        self.channel.stock_is_published = False
        before = fields.Datetime.now() - timedelta(seconds=1)
        self.env["channel.drift.check"]._cron_check()
        check = self.env["channel.drift.check"].search(
            [("channel_id", "=", self.channel.id), ("started_at", ">=", before)]
        )
        self.assertEqual(check.orders_state, "running")
