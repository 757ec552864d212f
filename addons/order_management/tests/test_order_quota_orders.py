# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install", "meets_others")
class TestOrderQuotaOrders(QuotaCase):
    """OM-11: orders hold, consume and give back, each exactly once."""

    def test_counted_at_confirmation_without_approval(self):
        """Modes none and follow: a quotation takes nothing, a confirmed order does."""
        for mode in ("none", "follow"):
            with self.subTest(mode=mode):
                self.company.approval_mode = mode
                quota = self._create_quota(name=mode)
                order = self._order(30)
                self.assertCounted(quota, 0, 0)
                order.action_confirm()
                self.assertCounted(quota, 0, 30)
                order._action_cancel()
                self.assertCounted(quota, 0, 0)
                order.action_draft()
                order.action_confirm()
                self.assertCounted(quota, 0, 30)
                self.assertEqual(order.quota_count, 1)
                order._action_cancel()
                quota.action_close()

    def test_held_from_submission(self):
        self._explicit()
        quota = self._create_quota()
        order = self._order(30)
        order.action_submit()
        self.assertCounted(quota, 30, 0)
        line = order.order_line
        line.write({"approved_qty": 20, "cut_reason": "Scarce"})
        order.action_approve()
        # what the reviewer cut is free for others at once
        self.assertCounted(quota, 20, 0)
        order.action_confirm()
        self.assertCounted(quota, 0, 20)
        kinds = order.quota_move_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["hold", "release", "consume"])
        line.write({"approved_qty": 25, "cut_reason": "More arrived"})
        self.assertCounted(quota, 0, 25)
        order._action_cancel()
        self.assertCounted(quota, 0, 0)

    def test_released_when_refused_or_withdrawn(self):
        self._explicit()
        quota = self._create_quota()
        order = self._order(30)
        order.action_submit()
        order.action_refuse("No")
        self.assertCounted(quota, 0, 0)
        order.action_submit()
        self.assertCounted(quota, 30, 0)
        order._action_cancel()
        self.assertCounted(quota, 0, 0)
        order.action_draft()
        self.assertCounted(quota, 0, 0)
        order.action_submit()
        order.action_approve()
        order._action_cancel()
        self.assertCounted(quota, 0, 0)
        order.action_draft()
        self.assertCounted(quota, 0, 0)

    def test_repeated_settling_changes_nothing(self):
        quota = self._create_quota()
        order = self._order(30)
        order.action_confirm()
        count = quota.move_count
        for _time in range(3):
            order._settle_quotas()
        self.assertCounted(quota, 0, 30)
        self.assertEqual(quota.move_count, count)

    def test_changed_lines_follow(self):
        quota = self._create_quota()
        order = self._order(30)
        order.action_confirm()
        line = order.order_line
        line.product_uom_qty = 50
        self.assertCounted(quota, 0, 50)
        line.product_uom_qty = 20
        self.assertCounted(quota, 0, 20)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 5}),
            Command.create({"product_id": self.other_product.id}),
        ]
        self.assertCounted(quota, 0, 25)
        with self.assertRefused("has 75 left of 100"):
            line.product_uom_qty = 200
        # another channel, another quota
        channel_quota = self._create_quota(
            scope_type="channel", channel_id=self.channel.id
        )
        order.sale_channel_id = self.channel
        self.assertCounted(channel_quota, 0, 25)
        order.sale_channel_id = False
        self.assertCounted(channel_quota, 0, 0)

    def test_units_are_converted(self):
        quota = self._create_quota()
        order = self._order(2)
        order.order_line.product_uom_id = self.dozen
        order.action_confirm()
        self.assertCounted(quota, 0, 24)

    def test_amounts_and_orders(self):
        amount = self._create_quota(
            measure="amount", product_scope="all", limit=1000, name="Turnover"
        )
        orders = self._create_quota(
            measure="orders", product_scope="all", limit=2, name="Orders"
        )
        order = self._order(10, 5)
        order.order_line[0].discount = 50
        order.action_confirm()
        # 10 × 40 less half, and 5 × 40
        self.assertCounted(amount, 0, 400)
        self.assertCounted(orders, 0, 1)
        order.order_line[1].price_unit = 20
        self.assertCounted(amount, 0, 300)
        self._order(1).action_confirm()
        with self.assertRefused("0 left of 2"):
            self._order(1).action_confirm()

    def test_amount_of_another_currency(self):
        euro = self.env["res.currency"].create(
            {
                "name": "QUO",
                "symbol": "Q",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 4.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        quota = self._create_quota(measure="amount", product_scope="all", limit=1000)
        pricelist = self.env["product.pricelist"].create(
            {"name": "Q", "currency_id": euro.id, "company_id": self.company.id}
        )
        order = self._order(1, pricelist_id=pricelist.id)
        order.order_line.price_unit = 200
        order.action_confirm()
        self.assertEqual(order.currency_id, euro)
        self.assertCounted(quota, 0, 50)

    def test_history_takes_nothing(self):
        quota = self._create_quota()
        order = self._order(30)
        self.env["channel.order.importer"]._keep_history(order)
        self.assertEqual(order.state, "sale")
        self.assertCounted(quota, 0, 0)

    def test_activation_counts_what_is_there(self):
        order, waiting = self._order(30), self._order(20)
        order.action_confirm()
        self._explicit()
        waiting.action_submit()
        self._order(5)
        quota = self._create_quota()
        self.assertCounted(quota, 20, 30)
        quota.action_recount()
        self.assertCounted(quota, 20, 30)
        with self.assertRefused("already need more than its limit"):
            self._create_quota(limit=49, product_scope="all")

    def test_no_query_without_quotas(self):
        """Invariant 10: without quotas plain Odoo stays plain."""
        order = self._order(5)
        order._settle_quotas()
        self.env.flush_all()
        with self.assertQueryCount(0):
            order._settle_quotas()
            order._settle_counted()
            order._filter_counting()
            self.assertFalse(order.order_line.quota_info)
            self.assertFalse(order.quota_warning)

    def _count_confirm(self, orders):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_three_queries_for_many_lines(self):
        """OM-11: the check costs the same for any number of lines and quotas."""
        self.product.is_storable = False
        first, again = self._order(1, 1), self._order(1, 1)
        plain, counted = self._order(*[1] * 60), self._order(*[1] * 60)
        # only fills the caches of the process, as the activation empties them
        self._count_confirm(first)
        without = self._count_confirm(plain)
        quotas = self.env["order.quota"]
        for scope in ("product", "all"):
            for measure in ("quantity", "amount", "orders"):
                quotas |= self._create_quota(
                    limit=1e6,
                    product_scope=scope,
                    measure=measure,
                    name=f"{scope} {measure}",
                )
        self._count_confirm(again)
        with_quota = self._count_confirm(counted)
        # two orders of 60 lamps at 40, two of 2
        self.assertEqual(quotas.mapped("consumed_qty"), [124, 4960, 4, 124, 4960, 4])
        self.assertLessEqual(with_quota - without, 3)

    def test_many_orders_at_once(self):
        quota = self._create_quota(limit=1e6)
        self.product.is_storable = False
        first = self._create_equal_orders(3, quantity=1)  # fills caches
        few = self._create_equal_orders(2, quantity=1)
        many = self._create_equal_orders(25, quantity=1)
        self.env.flush_all()
        counts = []
        for orders in (first, few, many):
            self.env.invalidate_all()
            orders.write({"state": "sale"})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            orders.with_context(x=1)._settle_quotas(stage="none")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertCounted(quota, 0, 0)
