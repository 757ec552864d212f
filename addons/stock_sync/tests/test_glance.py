# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .stock_common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestGlance(StockSyncCommon):
    """What the card of a shop tells, and what a comparison leaves to look at."""

    def _create_check(self, *listings):
        check = self.env["channel.drift.check"].create(
            {"channel_id": self.shop_channel.id}
        )
        self.env["channel.drift.line"].create(
            [check._prepare_line(listing, 9, "edited") for listing in listings]
        )
        return check

    def test_ago(self):
        now = fields.Datetime.now()
        cursor = self._set_orders_read(self.shop_channel, now - timedelta(minutes=3))
        cursor.last_new_at = now - timedelta(hours=5)
        self.shop_channel.stock_ok_at = now + timedelta(minutes=5)
        self.assertEqual(self.shop_channel.sync_read_ago, "3 minutes ago")
        self.assertEqual(self.shop_channel.sync_order_ago, "5 hours ago")
        self.assertEqual(self.shop_channel.stock_sent_ago, "1 second ago")
        cursor.last_new_at = False
        self.assertFalse(self.shop_channel.sync_order_ago)

    def test_a_difference_is_told_by_the_last_comparison(self):
        listing, other = self._create_listing("1"), self._create_listing("2")
        first = self._create_check(listing, other)
        first._finish(self.listings)
        self.assertEqual(self.shop_channel.drift_open_count, 2)
        second = self._create_check(listing)
        second._finish(self.listings)
        self.shop_channel.invalidate_recordset(["drift_open_count"])
        self.assertEqual(self.shop_channel.drift_open_count, 1)
        self.assertEqual(set(first.line_ids.mapped("state")), {"again"})
        action = self.shop_channel.action_view_differences()
        shown = self.env["channel.drift.line"].search(
            [*action["domain"], ("state", "=", "open")]
        )
        self.assertEqual(shown, second.line_ids)

    def test_a_glance_at_many_costs_no_more(self):
        channels = self.shop_channel
        for number in range(12):
            channels += self._connect(
                self._create_channel(f"Shop {number}", self.company)
            )

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("sync_order_ago")
            some.mapped("drift_open_count")
            some.mapped("sync_error_rate")
            return self.env.cr.sql_log_count - before

        count(channels)
        self.assertEqual(count(channels), count(channels[0]))

    def test_what_is_to_match_is_edited_in_the_list(self):
        action = self.shop_channel.with_context(
            listing_filter="todo"
        ).action_view_listings()
        arch = self.listings.get_view(action["views"][0][0], "list")["arch"]
        self.assertIn('editable="bottom"', arch)
        plain = self.shop_channel.action_view_listings()
        arch = self.listings.get_view(plain["views"][0][0], "list")["arch"]
        self.assertNotIn("editable", arch)

    def test_duplicates_are_opened_together(self):
        some = self._create_listing("1", sku="TWICE")
        some += self._create_listing("2", sku="TWICE")
        self._create_listing("3", sku="ONCE")
        domain = some[0].action_view_duplicates()["domain"]
        self.assertEqual(self.listings.search(domain), some.sorted())

    def test_a_log_entry_says_how_its_quantity_came_about(self):
        steps = [["available", 7.0, 7.0], ["end_when", 0.0, 0.0]]
        entry = self.env["channel.sync.log"]._add(
            [
                {
                    "channel_id": self.shop_channel.id,
                    "kind": "stock",
                    "name": "Stock sent",
                    "trace": trace,
                }
                for trace in (steps, {"any": "thing"}, [["unknown", 1, 1]], False)
            ]
        )
        self.assertIn("7 units can be promised", entry[0].steps_html)
        self.assertEqual(entry[0].steps_html.count("<li>"), 2)
        self.assertFalse(any(one.steps_html for one in entry[1:]))
