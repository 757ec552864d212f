# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .stock_common import StockSyncCommon


@tagged("post_install", "-at_install", "meets_others")
class TestPublish(StockSyncCommon):
    """SS-5, SS-13: what every listing shows, by rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(20)
        cls.listing = cls._create_listing()
        cls.second = cls._connect(
            cls._create_channel("Second shop", cls.company, sequence=20)
        )
        cls.other_listing = cls._create_listing(channel=cls.second)

    def _create_rule(self, **values):
        return self.env["channel.publish.rule"].create(
            {"company_id": self.company.id, **values}
        )

    def _shown(self, *listings):
        shown = self.publisher._publish(self.product.ids)
        found = [shown[one.id].quantity for one in listings or [self.listing]]
        return found if listings else found[0]

    def test_without_rules_all_of_the_company(self):
        self.assertEqual(self._shown(), 20)
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SYN2", "company_id": self.company.id}
        )
        self._add_stock(5, warehouse=second)
        self.assertEqual(self._shown(), 25)
        second.is_channel_stock = True
        self.assertEqual(self._shown(), 20)

    def test_holds_and_demand_are_not_there(self):
        self.env["stock.hold"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "quantity": 3,
            }
        )
        self.assertEqual(self._shown(), 17)
        self._create_order().action_confirm()
        self.assertEqual(self._shown(), 15)

    def test_the_most_special_rule_counts(self):
        category = self.env["product.category"].create({"name": "Light"})
        below = self.env["product.category"].create(
            {"name": "Lamps", "parent_id": category.id}
        )
        self.product.categ_id = below
        for values, shown in (
            ({"share": 90}, 18),
            ({"share": 80, "channel_id": self.channel.id}, 16),
            ({"share": 70, "categ_id": category.id}, 14),
            ({"share": 65, "categ_id": category.id, "channel_id": self.channel.id}, 13),
            ({"share": 60, "categ_id": below.id}, 12),
            ({"share": 50, "product_id": self.product.id}, 10),
            (
                {
                    "share": 40,
                    "product_id": self.product.id,
                    "channel_id": self.channel.id,
                },
                8,
            ),
            (
                {
                    "share": 30,
                    "listing_id": self.listing.id,
                    "channel_id": self.channel.id,
                },
                6,
            ),
        ):
            self._create_rule(**values)
            self.assertEqual(self._shown(), shown, values)

    def test_rule_of_chosen_warehouses(self):
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SYN2", "company_id": self.company.id}
        )
        self._add_stock(5, warehouse=second)
        self._create_rule(
            channel_id=self.channel.id, warehouse_ids=[Command.set(second.ids)]
        )
        self.assertEqual(self._shown(self.listing, self.other_listing), [5, 25])

    def test_units_set_aside(self):
        rule = self._create_rule(
            channel_id=self.second.id,
            product_id=self.product.id,
            is_pool=True,
            pool_qty=6,
        )
        self.assertEqual(self._shown(self.listing, self.other_listing), [14, 6])
        order = self._create_order(sale_channel_id=self.second.id)
        order.action_confirm()
        self.assertEqual(rule.pool_left, 4)
        self.assertEqual(self._shown(self.listing, self.other_listing), [14, 4])
        self._create_order(sale_channel_id=self.channel.id).action_confirm()
        self.assertEqual(self._shown(self.listing, self.other_listing), [12, 4])

    def test_no_more_set_aside_than_is_there(self):
        values = {"product_id": self.product.id, "is_pool": True}
        self._create_rule(channel_id=self.second.id, pool_qty=12, **values)
        with self.assertRaisesRegex(ValidationError, "only 20 can be promised"):
            self._create_rule(channel_id=self.channel.id, pool_qty=9, **values)

    def test_campaign_lasts_from_start_to_end(self):
        now = fields.Datetime.now()
        rule = self._create_rule(
            channel_id=self.second.id,
            product_id=self.product.id,
            is_pool=True,
            pool_qty=6,
            date_start=now + timedelta(hours=1),
            date_end=now + timedelta(hours=2),
        )
        self.assertFalse(rule.in_force)
        self.assertEqual(self._shown(self.listing, self.other_listing), [20, 20])
        rule.date_start = now - timedelta(hours=1)
        self.assertEqual(self._shown(self.listing, self.other_listing), [14, 6])
        # time goes on: the cron tells the shops
        self._sync()
        rule.flush_recordset()
        self.env.cr.execute(
            "UPDATE channel_publish_rule SET date_end = %s WHERE id = %s",
            [now - timedelta(seconds=1), rule.id],
        )
        rule.invalidate_recordset()
        self.env["channel.publish.rule"]._cron_dates()
        self.assertFalse(rule.in_force)
        self._flush()
        self.assertEqual(self.listing.target_qty, 20)

    def test_last_units_in_the_first_shop(self):
        self.company.channel_last_units = 20
        self.assertEqual(self._shown(self.listing, self.other_listing), [20, 0])
        self.second.sequence = -1
        self.assertEqual(self._shown(self.listing, self.other_listing), [0, 20])

    def test_stock_of_the_channel_is_never_written(self):
        self.listing.fulfilled_by_channel = True
        shown = self.publisher._publish(self.product.ids)[self.listing.id]
        self.assertEqual(shown.steps[0].code, "not_written")

    def test_neighbour_shows_its_own(self):
        neighbour = self._connect(self.other_channel)
        listing = self._create_listing(channel=neighbour)
        self.assertEqual(self._shown(listing), [0])
        self._add_stock(4, warehouse=self._get_warehouse(self.other_company))
        self.assertEqual(self._shown(listing, self.listing), [4, 20])

    def test_every_step_has_its_sentence(self):
        texts = self.publisher._get_step_texts()
        for text in texts.values():
            self.assertTrue(text % {"value": 1.0, "left": 2.0})
        self._create_rule(share=50, buffer=3)
        shown = self.publisher._publish(self.product.ids)[self.listing.id]
        self.assertEqual(
            self.publisher._explain(shown),
            [
                "20 units can be promised.",
                "3 units are kept back as a buffer: 17 left.",
                "50 % of it is this shop's share: 8.5.",
                "Whole pieces, never below zero: 8.",
            ],
        )

    def test_queries_do_not_grow(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "is_storable": True} for n in range(60)]
        )
        for product in products:
            self._create_listing(f"p{product.id}", product=product)
        counts = []
        for some in (products[2:5], products[:2], products):  # the first fills caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.publisher._publish(some.ids)), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 10)
