# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestOrderQuotaScopes(QuotaCase):
    """OM-11: customer, tag, territory, channel, company × product, category, all."""

    def _assertCounts(self, quota, order, quantity):
        before = quota.consumed_qty
        order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(quota.consumed_qty - before, quantity)
        order._action_cancel()

    def test_customer_with_contacts(self):
        company = self.env["res.partner"].create({"name": "Dealer", "is_company": True})
        contact, shop = self.env["res.partner"].create(
            [
                {"name": "Buyer", "parent_id": company.id},
                {"name": "Branch", "parent_id": company.id, "is_company": True},
            ]
        )
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": shop.id})
        quota = self._create_quota(scope_type="customer", partner_id=company.id)
        branch = self._create_quota(scope_type="customer", partner_id=shop.id)
        for partner, counted, at_branch in (
            (company, 5, 0),
            (contact, 5, 0),
            (shop, 5, 5),
            (clerk, 0, 5),
            (self.partner, 0, 0),
        ):
            with self.subTest(partner=partner.name):
                order = self._order(5, partner_id=partner.id)
                self._assertCounts(quota, order, counted)
                order.action_draft()
                self._assertCounts(branch, order, at_branch)

    def test_tag_with_tags_below(self):
        tier = self.env["res.partner.category"].create({"name": "Tier"})
        gold = self.env["res.partner.category"].create(
            {"name": "Gold", "parent_id": tier.id}
        )
        self.partner.category_id = gold
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.partner.id}
        )
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for tag in (tier, gold):
            quota = self._create_quota(
                scope_type="customer_tag", partner_category_id=tag.id
            )
            self._assertCounts(quota, self._order(5), 5)
            self._assertCounts(quota, self._order(5, partner_id=contact.id), 5)
            self._assertCounts(quota, self._order(5, partner_id=stranger.id), 0)

    def test_territory_of_the_delivery_address(self):
        state = self.env.ref("base.state_us_5")
        group = self.env["res.country.group"].create(
            {"name": "North", "country_ids": [Command.set(state.country_id.ids)]}
        )
        address = self.env["res.partner"].create(
            {
                "name": "Site",
                "type": "delivery",
                "parent_id": self.partner.id,
                "state_id": state.id,
                "country_id": state.country_id.id,
            }
        )
        quotas = (
            self._create_quota(scope_type="country_state", country_state_id=state.id),
            self._create_quota(scope_type="country_group", country_group_id=group.id),
        )
        for quota in quotas:
            order = self._order(5, partner_shipping_id=address.id)
            self._assertCounts(quota, order, 5)
            order = self._order(5, partner_shipping_id=self.partner.id)
            self._assertCounts(quota, order, 0)

    def test_channel_and_company(self):
        channel = self._create_quota(scope_type="channel", channel_id=self.channel.id)
        company = self._create_quota()
        order = self._order(5, sale_channel_id=self.channel.id)
        order.action_confirm()
        self.assertCounted(channel, 0, 5)
        self.assertCounted(company, 0, 5)
        self._order(5).action_confirm()
        self.assertCounted(channel, 0, 5)
        self.assertCounted(company, 0, 10)

    def test_neighbour_company(self):
        quota = self._create_quota()
        order = self._create_order(
            company=self.other_company.with_env(self.env(context={})), quantity=500
        )
        order.action_confirm()
        self.assertCounted(quota, 0, 0)

    def test_category_with_categories_below(self):
        goods = self.env["product.category"].create({"name": "Goods"})
        lamps = self.env["product.category"].create(
            {"name": "Lamps", "parent_id": goods.id}
        )
        self.product.categ_id = lamps
        quota = self._create_quota(product_scope="category", categ_id=goods.id)
        self._assertCounts(quota, self._order(5), 5)
        self._assertCounts(quota, self._order(5, product=self.other_product), 0)
        everything = self._create_quota(product_scope="all")
        order = self._order(5, product=self.other_product)
        order.action_confirm()
        self.assertCounted(everything, 0, 5)

    def test_costs_and_sections_do_not_count(self):
        quota = self._create_quota(product_scope="all", measure="amount", limit=1e6)
        order = self._order(5)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Extras"}),
            Command.create(
                {
                    "product_id": self.other_product.id,
                    "is_delivery": True,
                    "price_unit": 99,
                }
            ),
        ]
        order.action_confirm()
        self.assertCounted(quota, 0, 200)

    def test_unit_of_another_kind_is_not_counted(self):
        kilo = self.env.ref("uom.product_uom_kgm")
        coffee = self.env["product.product"].create(
            {"name": "Coffee", "uom_id": kilo.id, "taxes_id": False}
        )
        quota = self._create_quota(product_scope="all")
        order = self._order(5, product=coffee)
        order.action_confirm()
        self.assertCounted(quota, 0, 0)

    def test_day_border_in_the_company_zone(self):
        """23:30 in Hanoi is the same day there, whatever UTC says."""
        self.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        june = self._create_quota(
            period_type="month", date_from="2026-06-01", name="June"
        )
        july = self._create_quota(
            period_type="month", date_from="2026-07-01", name="July"
        )
        self._explicit()
        for moment, quota in (
            (datetime(2026, 6, 30, 16, 30), june),
            (datetime(2026, 6, 30, 17, 30), july),
        ):
            order = self._order(5, date_order=moment)
            order.action_submit()
            self.assertCounted(quota, 5, 0)
            # confirmed much later: consumed where it was held
            order.action_approve()
            order.action_confirm()
            self.assertCounted(quota, 0, 5)
        self.assertEqual(june.move_ids[0].counted_on.isoformat(), "2026-06-30")

    def test_order_of_a_channel_counts_when_it_was_placed(self):
        june = self._create_quota(
            period_type="month", date_from="2026-06-01", name="June"
        )
        order = self._order(
            5,
            sale_channel_id=self.channel.id,
            channel_number="A-1",
            date_order=datetime(2026, 6, 10, 8, 0),
        )
        order.action_confirm()
        self.assertCounted(june, 0, 5)
        # a quotation of the desk counts when it is confirmed
        order = self._order(5, date_order=datetime(2026, 6, 10, 8, 0))
        order.action_confirm()
        self.assertCounted(june, 0, 5)

    def test_many_quotas_one_query(self):
        quotas = self.env["order.quota"].create(
            [
                {
                    "name": f"Quota {number}",
                    "company_id": self.company.id,
                    "scope_type": "customer",
                    "partner_id": self.env["res.partner"]
                    .create({"name": f"P{number}"})
                    .id,
                    "product_scope": "all",
                    "date_from": self.today.replace(day=1),
                    "limit_qty": 10,
                }
                for number in range(50)
            ]
        )
        quotas.action_activate()
        order = self._order(5, partner_id=quotas[7].partner_id.id)
        self.env.flush_all()
        order._plan_quotas(stage="hold")
        with self.assertQueryCount(1):
            plan = order._plan_quotas(stage="hold")
        self.assertEqual([b.quota.id for b in plan.bookings], quotas[7].ids)
