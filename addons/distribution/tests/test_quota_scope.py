# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DistributionCommon


@tagged("post_install", "-at_install", "meets_others")
class TestQuotaScope(DistributionCommon):
    """DS-9: quotas down the network, on the engine of OM-11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.tier = cls.env["distribution.tier"].create({"name": "Gold"})
        cls.dealer.tier_id = cls.tier

    def _quota(self, scope_type, field, record, limit=100, **values):
        quota = self.env["order.quota"].create(
            {
                "name": f"{scope_type} {record.display_name}",
                "company_id": self.company.id,
                "scope_type": scope_type,
                field: record.id,
                "product_scope": "product",
                "product_id": self.product.id,
                "period_type": "season",
                "date_from": fields.Date.add(self.today, days=-10),
                "date_to": fields.Date.add(self.today, days=10),
                "limit_qty": limit,
                **values,
            }
        )
        quota.action_activate()
        return quota

    def _buy(self, member, quantity=10):
        order = self._create_order(partner_id=member.partner_id.id, quantity=quantity)
        order.action_confirm()
        return order

    def _assert_counted(self, quota, quantity):
        self.env.flush_all()
        quota.invalidate_recordset()
        self.assertEqual(quota.consumed_qty, quantity)

    def test_territory_with_those_below(self):
        region = self._quota("territory", "territory_id", self.region)
        area = self._quota("territory", "territory_id", self.area)
        north = self.env["distribution.territory"].create(
            {"name": "North", "company_id": self.company.id}
        )
        elsewhere = self._quota("territory", "territory_id", north)
        self._buy(self.dealer)
        for quota, quantity in ((region, 10), (area, 10), (elsewhere, 0)):
            self._assert_counted(quota, quantity)

    def test_tier_and_member(self):
        tier = self._quota("tier", "tier_id", self.tier)
        dealer = self._quota("member", "member_id", self.dealer)
        self._buy(self.dealer)
        self._buy(self.outlet, 3)
        self._assert_counted(tier, 10)
        self._assert_counted(dealer, 10)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.dealer.partner_id.id}
        )
        self._create_order(partner_id=contact.id, quantity=5).action_confirm()
        self._assert_counted(dealer, 15)

    def test_tree(self):
        tree = self._quota("member_tree", "tree_member_id", self.distributor)
        part = self._quota(
            "member_tree",
            "tree_member_id",
            self.dealer,
            limit=15,
            parent_id=tree.id,
        )
        other = self._quota("member_tree", "tree_member_id", self.neighbour)
        self._buy(self.distributor, 1)
        self._buy(self.dealer, 2)
        self._buy(self.outlet, 4)
        self._assert_counted(tree, 7)
        self._assert_counted(part, 6)
        self._assert_counted(other, 0)
        with self.assertRefusedWith(UserError, "9"):
            self._buy(self.outlet, 10)
        with self.assertRaises(ValidationError):
            part.limit_qty = 101

    def test_tree_counts_a_member_once(self):
        """Two ways up to the same distributor are one order."""
        category = self.env["product.category"].create({"name": "Drinks"})
        self.env["distribution.supply.link"].create(
            {
                "buyer_id": self.outlet.id,
                "supplier_id": self.distributor.id,
                "categ_id": category.id,
            }
        )
        tree = self._quota("member_tree", "tree_member_id", self.distributor)
        self._buy(self.outlet, 4)
        self._assert_counted(tree, 4)

    def test_other_company(self):
        quota = self._quota("member", "member_id", self.dealer)
        self._create_order(
            self.other_company, partner_id=self.dealer.partner_id.id
        ).action_confirm()
        self._assert_counted(quota, 0)

    def test_scope_is_exact(self):
        with self.assertRefusedByDatabase("order_quota_network_scope_check"):
            self._quota("tier", "tier_id", self.tier, territory_id=self.area.id)

    def test_many_lines_cost_no_more(self):
        """200 lines and four scopes ask no more than two lines."""
        for scope in (
            ("territory", "territory_id", self.region),
            ("tier", "tier_id", self.tier),
            ("member", "member_id", self.dealer),
            ("member_tree", "tree_member_id", self.distributor),
        ):
            self._quota(*scope, limit=100_000)
        counts = []
        for lines in (2, 2, 200):
            order = self._create_order(
                partner_id=self.dealer.partner_id.id,
                order_line=[
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 1}
                    )
                ]
                * lines,
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order._settle_quotas("hold")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1)

    def test_members_show_their_quotas(self):
        quota = self._quota("member_tree", "tree_member_id", self.distributor)
        self.assertEqual(self.distributor.quota_count, 1)
        action = self.distributor.action_view_quotas()
        self.assertEqual(self.env["order.quota"].search(action["domain"]), quota)
