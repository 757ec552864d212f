# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import threading
import time
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..channels.errors import RateLimited
from ..channels.types import Bucket
from ..models import channel_rate_bucket
from .fake_channel import KIND, patch_fake


@tagged("post_install", "-at_install", "stock_sync_concurrency")
class TestRateBucket(BaseCase):
    """SS-5: one limit a shop for all workers. Real transactions, real threads."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.channel_id = (
                env["sale.channel"]
                .create(
                    {
                        "name": "Limited",
                        "company_id": env.company.id,
                        "channel_type": KIND,
                    }
                )
                .id
            )
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.channel"].browse(self.channel_id).unlink()

    def _take_at_once(self, bucket, calls):
        """Seconds that each of some simultaneous calls is told to wait."""
        waits, failed = [], []

        def call(take):
            try:
                take("default", 1.0)
            except RateLimited as error:
                failed.append(error.retry_after)

        with (
            patch_fake(buckets=(bucket,)),
            self.registry.cursor() as cr,
            patch.object(time, "sleep", waits.append),
            # threads inside a test: the registry's lock is the test's own
            patch.object(Registry, "_lock", threading.RLock()),
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["sale.channel"].browse(self.channel_id)
            take = env["channel.rate.bucket"]._throttle(channel)
            threads = [
                threading.Thread(target=call, args=(take,)) for _n in range(calls)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        return sorted(waits), failed

    def test_all_workers_share_one_bucket(self):
        # slow enough for twelve threads on a busy machine: nothing comes in meanwhile
        with patch.object(channel_rate_bucket, "MAX_WAIT", 100):
            waits, failed = self._take_at_once(Bucket("default", 5, 0.1), 12)
        self.assertFalse(failed)
        # five at once, then one each ten seconds, in a queue
        self.assertEqual(len(waits), 7)
        self.assertAlmostEqual(waits[-1], 70, delta=8)

    def test_too_long_a_queue_sends_away_and_takes_nothing(self):
        waits, failed = self._take_at_once(Bucket("default", 1, 0.2), 8)
        self.assertEqual(len(waits) + len(failed), 7)
        self.assertEqual(len(failed), 5, "ten seconds are two calls")
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT day_count FROM channel_rate_bucket WHERE channel_id = %s",
                [self.channel_id],
            )
            self.assertEqual(cr.fetchone()[0], 3)

    def test_what_the_channel_says_counts_for_all(self):
        self._take_at_once(Bucket("default", 5, 5), 1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["sale.channel"].browse(self.channel_id)
            error = RateLimited("slow", retry_after=300)
            env["channel.rate.bucket"]._block(channel, error)
        _waits, [retry_after] = self._take_at_once(Bucket("default", 5, 5), 1)
        self.assertAlmostEqual(retry_after, 300, delta=10)
