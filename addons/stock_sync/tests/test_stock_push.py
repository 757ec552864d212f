# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..channels import errors
from ..channels.types import ItemResult
from .stock_common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestStockPush(StockSyncCommon):
    """SS-5, SS-6, SS-13: what is sent, in which order, and what never is."""

    def _prepare_shop(self, shop, *quantities, stock=20, **values):
        """Listings with products of their own; what the shop shows of each now."""
        listings = self.listings
        for number, quantity in enumerate(quantities):
            product = self.env["product.product"].create(
                {"name": f"Thing {number}", "is_storable": True}
            )
            if stock:
                self._add_stock(stock, product=product)
            listing = self._create_listing(
                f"i{number}",
                product=product,
                acked_qty=quantity or 0,
                acked_at=quantity is not None and fields.Datetime.now(),
                **values,
            )
            shop.stock[self._ref(listing)] = quantity or 0
            listings += listing
        return listings

    def _quantities(self, shop, listings):
        return [shop.stock[self._ref(listing)] for listing in listings]

    def test_shop_shows_what_is_there(self):
        with self._fake() as shop:
            listings = self._prepare_shop(shop, None, 5, 50)
            self._sync()
            self.assertEqual(self._quantities(shop, listings), [20, 20, 20])
            self.assertEqual(set(listings.mapped("push_state")), {"done"})
            self.assertEqual(listings.mapped("acked_qty"), [20, 20, 20])
            calls = shop.calls["push_stock"]
            self._sync()
            self.assertEqual(shop.calls["push_stock"], calls, "nothing is sent twice")

    def test_who_and_why_is_kept(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            self._sync()
        log = self.env["channel.sync.log"].search(
            [("product_id", "=", listing.product_id.id), ("kind", "=", "stock")]
        )
        self.assertEqual((log.old_qty, log.new_qty, log.state), (5, 20, "ok"))
        self.assertEqual(log.user_id, self.env.user)
        self.assertEqual(log.trace, [["available", 20.0, 20.0]])

    def test_zeros_and_decreases_first(self):
        with self._fake(stock_batch=1) as shop:
            listings = self._prepare_shop(shop, 1, 40, 3)
            self.env["stock.quant"]._update_available_quantity(
                listings[2].product_id, self.warehouse.lot_stock_id, -20
            )
            self._sync()
            sent = [
                what[0][0].ref.item_id
                for name, *what in shop.log
                if name == "push_stock"
            ]
        self.assertEqual(sent, ["i2", "i1", "i0"])

    def test_nothing_grows_before_the_orders_were_read(self):
        with self._fake() as shop:
            listings = self._prepare_shop(shop, 5, 50, None)
            late = fields.Datetime.now() - timedelta(minutes=11)
            self._set_orders_read(self.shop_channel, late)
            _result, jobs = self._sync()
            self.assertEqual(self._quantities(shop, listings), [5, 20, 0])
            self.assertEqual(
                listings.mapped("push_state"), ["pending", "done", "pending"]
            )
            jobs.assert_enqueued_job(self.shop_channel._job_poll, args=("orders",))
            self._set_orders_read(self.shop_channel)
            self._push()
            self.assertEqual(self._quantities(shop, listings), [20, 20, 20])

    def test_nothing_grows_while_orders_wait_in_the_inbox(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            row = self._create_row(channel=self.shop_channel)
            row.to_process = True
            self._sync()
            self.assertEqual(self._quantities(shop, listing), [5])
            row.to_process = False
            self._push()
            self.assertEqual(self._quantities(shop, listing), [20])

    def test_no_answer_is_asked_about_first(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            shop.faults["push_stock"] = [errors.Unavailable("cut", code="network")]
            result, _jobs = self._sync()
            self.assertIn("does not answer", result)
            self.assertEqual(listing.push_state, "unknown")
            self.assertTrue(self.shop_channel.stock_retry_at)
            # it was taken all the same: nothing is sent again
            shop.stock[self._ref(listing)] = 20
            self._push()
            self.assertEqual(shop.calls["push_stock"], 1)
            self.assertEqual((listing.push_state, listing.acked_qty), ("done", 20))
            self.assertFalse(self.shop_channel.stock_error)

    def test_a_listing_that_was_deleted_there(self):
        """It says what to do, and the others are sent."""
        with self._fake() as shop:
            listings = self._prepare_shop(shop, 5, 5)
            del shop.stock[self._ref(listings[0])]
            self._sync()
        self.assertEqual(listings.mapped("push_state"), ["failed", "done"])
        self.assertTrue(listings[0].missing_since)
        self.assertIn("archive it here", listings[0].push_error)
        self.assertEqual(self.shop_channel.listing_refused_count, 1)

    def test_what_a_dead_job_had_sent_is_asked_about(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            self._flush()
            self.listings._claim(self.shop_channel.id, 10, True)
            self.assertEqual(listing.push_state, "sent")
            self._push()
            self.assertEqual(shop.log[0][0], "read_stock")
            self.assertEqual(self._quantities(shop, listing), [20])

    def test_change_while_on_its_way_is_sent_next(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            self._flush()
            batch = self.listings._claim(self.shop_channel.id, 10, True)
            self._add_stock(-8, product=listing.product_id)
            self._flush()
            results = {self._ref(listing): ItemResult(quantity=20)}
            self.shop_channel._store_results(batch, results)
            self.assertEqual((listing.push_state, listing.acked_qty), ("pending", 20))
            self._push()
            self.assertEqual(self._quantities(shop, listing), [12])

    def test_one_refused_item_stops_nobody(self):
        with self._fake() as shop:
            listings = self._prepare_shop(shop, 5, 5)
            del shop.stock[self._ref(listings[0])]
            self._sync()
            self.assertEqual(listings.mapped("push_state"), ["failed", "done"])
            self.assertTrue(listings[0].missing_since)
            self.assertIn("no such listing", listings[0].push_error)

    def test_too_many_calls_wait(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            shop.faults["push_stock"] = [
                errors.RateLimited("slow", code="x", retry_after=77)
            ]
            _result, jobs = self._sync()
            self.assertEqual(listing.push_state, "pending")
            wait = self.shop_channel.stock_retry_at - fields.Datetime.now()
            self.assertAlmostEqual(wait.total_seconds(), 77, delta=10)
            jobs.assert_jobs_count(1, only=self.shop_channel._job_push_stock)

    def test_lost_login_stops_the_shop(self):
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            shop.faults["push_stock"] = [errors.AuthorisationLost("revoked")]
            self._sync()
            self.assertEqual(self.shop_channel.sync_state, "lost")
            self.assertEqual(listing.push_state, "pending")
            self.assertTrue(self._push()[0], "says why nothing is sent")

    def test_changed_in_between_is_read_and_counted_again(self):
        with self._fake(compare_and_set=True) as shop:
            listing = self._prepare_shop(shop, 5)
            self._flush()
            [row] = self.listings._claim(self.shop_channel.id, 10, True)
            with self.enter_registry_test_mode():
                [change] = self.shop_channel._prepare_changes(
                    [row], self._get_adapter(shop, compare_and_set=True)
                )
            self.assertEqual(change.expected, 5)
            for number in range(3):
                stale = ItemResult(errors.Stale("changed", current=3))
                self.shop_channel._store_results([row], {self._ref(listing): stale})
                self.env.invalidate_all()
                self.assertEqual(listing.acked_qty, 3)
                state = "failed" if number == 2 else "pending"
                self.assertEqual(listing.push_state, state)

    def _get_adapter(self, shop, **_capabilities):
        kind = self.shop_channel._get_adapter_class()
        return kind.__new__(kind)

    def test_large_change_waits_for_a_person(self):
        with self._fake() as shop:
            self.shop_channel.write({"stock_brake_zero": 30, "stock_brake_least": 3})
            listings = self._prepare_shop(shop, *([20] * 10))
            self._sync()
            for listing in listings[:4]:
                self._add_stock(-20, product=listing.product_id)
            self._sync()
            self.assertEqual(self.shop_channel.stock_stop, "brake")
            self.assertIn("4 of 10", self.shop_channel.stock_stop_reason)
            self.assertEqual(self._quantities(shop, listings), [20] * 10)
            self.shop_channel.action_approve_stock()
            self._push()
            self.assertEqual(self._quantities(shop, listings), [0] * 4 + [20] * 6)

    def test_small_change_goes_through_the_brake(self):
        with self._fake() as shop:
            self.shop_channel.write({"stock_brake_zero": 30, "stock_brake_units": 50})
            listings = self._prepare_shop(shop, *([20] * 10))
            self._add_stock(-20, product=listings[0].product_id)
            self._sync()
            self.assertFalse(self.shop_channel.stock_stop)
            self.assertEqual(self._quantities(shop, listings)[0], 0)

    def test_restored_database_waits_for_a_comparison(self):
        self.env["ir.config_parameter"].set_param("stock_sync.database", "other/1/1")
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            self._sync()
            self.assertEqual(self.shop_channel.stock_stop, "check")
            self.assertEqual(self._quantities(shop, listing), [5])
            shop.stock[self._ref(listing)] = 9
            shop.listings[1] = self._prepare_remote("i0", quantity=9)
            with self.enter_registry_test_mode():
                check = self.env["channel.drift.check"]._start(self.shop_channel)
                self.shop_channel._job_fetch_listings(
                    "", fields.Datetime.to_string(fields.Datetime.now()), check.id
                )
            self.assertEqual((check.state, check.difference_count), ("done", 1))
            self.assertEqual(listing.acked_qty, 9)
            self.assertFalse(self.shop_channel.stock_stop)
            self._push()
            self.assertEqual(self._quantities(shop, listing), [20])

    def test_shop_that_does_not_take_part_is_left_alone(self):
        self.shop_channel.stock_is_published = False
        with self._fake() as shop:
            listing = self._prepare_shop(shop, 5)
            self._sync()
            self.assertEqual(self._quantities(shop, listing), [5])
            self.assertEqual(listing.push_state, "none")
            self.shop_channel.stock_is_published = True
            self._sync()
            self.assertEqual(self._quantities(shop, listing), [20])

    def test_drift_is_found_and_fixed(self):
        with self._fake() as shop:
            listings = self._prepare_shop(shop, 5, 5, 5)
            self._sync()
            refs = [self._ref(one) for one in listings]
            shop.stock[refs[1]] = 33
            for place, ref in enumerate(refs[:2]):
                shop.listings[place] = self._prepare_remote(
                    ref.item_id, quantity=shop.stock[ref]
                )
            with self.enter_registry_test_mode():
                check = self.env["channel.drift.check"]._start(self.shop_channel)
                later = fields.Datetime.now() + timedelta(seconds=2)
                self.shop_channel._job_fetch_listings(
                    "", fields.Datetime.to_string(later), check.id
                )
            self.assertEqual(check.equal_count, 1)
            self.assertEqual(
                [(one.kind, one.their_qty) for one in check.line_ids],
                [("edited", 33), ("missing", 0)],
            )
            self.assertTrue(listings[2].missing_since)
            with trap_jobs() as jobs:
                check.action_fix_all()
                jobs.assert_enqueued_job(self.shop_channel._job_push_stock)
            self._sync()
            self.assertEqual(shop.stock[refs[1]], 20)
            self.assertEqual(check.open_count, 1, "what is gone needs a person")
