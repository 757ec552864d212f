# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import os
import random
import threading
import time
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY, retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .fake_channel import KIND

SEEDS = int(os.environ.get("SUITE_SEEDS", "3"))
_WORKERS = 4


@tagged("post_install", "-at_install", "stock_sync_concurrency")
class TestAccountRace(BaseCase):
    """SS-2: whoever is a shop's first, it has one account and one webhook address.

    Real transactions that commit; what is made here is taken away at the end.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.channel_ids = []
        self.addCleanup(self._remove)

    def _create_channel(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            channel = env["sale.channel"].create(
                {
                    "name": "First",
                    "channel_type": KIND,
                    "company_id": env.company.id,
                }
            )
            self.channel_ids.append(channel.id)
            return channel.id

    def _remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.channel"].browse(self.channel_ids).unlink()

    def _read_accounts(self, channel_id):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id, webhook_token, state, company_id FROM sale_channel_account"
                " WHERE channel_id = %s",
                [channel_id],
            )
            return cr.fetchall()

    def test_the_later_one_begins_again(self):
        """What escapes is what requests and jobs are tried again after."""
        channel_id = self._create_channel()
        with self.registry.cursor() as first, self.registry.cursor() as second:
            here, there = (
                api.Environment(cr, SUPERUSER_ID, {})["sale.channel"].browse(channel_id)
                for cr in (first, second)
            )
            # what the second one sees was there before the first one's row
            there.mapped("name")
            account = here._get_account()
            self.assertEqual(account.company_id, here.company_id)
            self.assertEqual(here.account_ids, account)
            self.assertEqual(account.state, "none")
            self.assertGreater(len(account.webhook_token), 30)
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure) as caught:
                there._get_account()
            self.assertIn(caught.exception.pgcode, PG_CONCURRENCY_ERRORS_TO_RETRY)
            second.rollback()
            there.env.clear()
            self.assertEqual(there._get_account().id, account.id)
        self.assertEqual(len(self._read_accounts(channel_id)), 1)

    def test_first_workers_of_a_shop(self):
        for seed in range(SEEDS):
            with self.subTest(seed=seed):
                self._race(random.Random(seed))

    def _race(self, chance):
        channel_id = self._create_channel()
        barrier = threading.Barrier(_WORKERS, timeout=30)
        delays = [chance.choice((0, 0, chance.random() / 50)) for _n in range(_WORKERS)]
        lasts = [chance.random() / 20 for _n in range(_WORKERS)]
        found, failed, tries = [], [], []

        def work(number):
            def call():
                channel = env["sale.channel"].browse(channel_id)
                # everybody has looked before anybody makes one
                channel.mapped("name")
                if not tries.count(number):
                    barrier.wait()
                    time.sleep(delays[number])
                tries.append(number)
                account = channel._get_account()
                # the transaction lasts a little longer than the row is new
                time.sleep(lasts[number])
                return account.id, account.webhook_token

            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    found.append(retrying(call, env))
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(_WORKERS)]
        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            # a retry waits up to two seconds for those it met
            patch("odoo.service.model.random.uniform", lambda low, _high: low),
            # the thread that runs the tests holds the registry's lock, but waits here
            patch.object(Registry, "_lock", threading.RLock()),
        ):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertFalse(failed)
        [row] = self._read_accounts(channel_id)
        self.assertEqual(found, [row[:2]] * _WORKERS)
        self.assertGreater(len(tries), _WORKERS, "somebody lost and began again")
