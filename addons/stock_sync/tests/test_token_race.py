# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
import random
import threading
import time
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from .fake_channel import KIND, FakeShop, patch_fake

SEEDS = int(os.environ.get("SUITE_SEEDS", "3"))


@tagged("post_install", "-at_install", "stock_sync_concurrency")
class TestTokenRace(BaseCase):
    """SS-2: of many workers one renews the tokens, all use the new pair.

    Real transactions that commit; what is made here is taken away at the end.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["sale.channel"].create(
                {"name": "Race", "channel_type": KIND, "sync_state": "connected"}
            )
            self.channel_id = channel.id
            account = env["sale.channel.account"]._get_for(channel)
            self.account_id = account.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM channel_sync_log WHERE channel_id = %s", [self.channel_id]
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.channel"].browse(self.channel_id).unlink()

    def _prepare(self, shop):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.channel.account"].browse(self.account_id).write(
                {
                    "access_token": shop.access_token,
                    "refresh_token": shop.refresh_token,
                    "access_expires_at": fields.Datetime.now() + timedelta(minutes=1),
                    "refreshed_at": fields.Datetime.now() - timedelta(hours=4),
                }
            )

    def test_one_job_a_shop_and_topic(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            here, there = (
                api.Environment(cr, SUPERUSER_ID, {})["sale.channel"].browse(
                    self.channel_id
                )
                for cr in (first, second)
            )
            here._lock_topic("orders")
            with self.assertRaises(RetryableJobError):
                there._lock_topic("orders")
            there._lock_topic("returns")
            # the lock ends with its transaction
            first.rollback()
            there._lock_topic("orders")

    def test_who_reads_a_shop_first(self):
        """The first webhook's job and the first reading: one begins again."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            here, there = (
                api.Environment(cr, SUPERUSER_ID, {})["channel.sync.cursor"]
                for cr in (first, second)
            )
            channel = here.env["sale.channel"].browse(self.channel_id)
            # what the second one sees was there before the first one's row
            there.env["sale.channel"].browse(self.channel_id).mapped("name")
            row = here._get_for(channel, "orders")
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                there._get_for(channel.with_env(there.env), "orders")
            second.rollback()
            again = there._get_for(channel.with_env(there.env), "orders")
            self.assertEqual(again.id, row.id)
            self.assertEqual(again.company_id, again.channel_id.company_id)
            self.assertEqual((again.read_count, again.error_count), (0, 0))

    def test_one_renews(self):
        for seed in range(SEEDS):
            with self.subTest(seed=seed):
                self._race(random.Random(seed))

    def _race(self, chance):
        shop = FakeShop()
        self._prepare(shop)
        barrier = threading.Barrier(4, timeout=30)
        found, failed = [], []
        delays = [chance.random() / 20 for _number in range(4)]

        def work(number):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    channel = env["sale.channel"].browse(self.channel_id)
                    # everybody has seen the old pair
                    channel._get_account()._get_credentials()
                    barrier.wait()
                    time.sleep(delays[number])
                    with channel._open_adapter() as adapter:
                        adapter.check()
                        found.append(adapter.credentials.access_token)
            except Exception as error:
                failed.append(error)

        real = FakeShop.asked

        def slowly(shop, method, *what):
            if method == "refresh":
                time.sleep(0.1)
            return real(shop, method, *what)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        with (
            mute_logger("odoo.sql_db"),
            patch_fake(shop),
            patch.object(FakeShop, "asked", slowly),
            # the thread that runs the tests holds the registry's lock, but waits here
            patch.object(Registry, "_lock", threading.RLock()),
        ):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertFalse(failed)
        self.assertEqual(shop.calls["refresh"], 1)
        self.assertEqual(found, ["access-1"] * 4)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT refresh_token FROM sale_channel_account WHERE id = %s",
                [self.account_id],
            )
            self.assertEqual(cr.fetchone()[0], "refresh-1")
