# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DistributionCommon


@tagged("post_install", "-at_install")
class TestSupplyLink(DistributionCommon):
    """DS-1: who supplies whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Link = cls.env["distribution.supply.link"]
        cls.today = fields.Date.today()
        Category = cls.env["product.category"]
        cls.drinks = Category.create({"name": "Drinks"})
        cls.juice = Category.create({"name": "Juice", "parent_id": cls.drinks.id})
        cls.product_juice = cls.env["product.product"].create(
            {"name": "Juice", "categ_id": cls.juice.id}
        )

    def _link(self, buyer, supplier, **values):
        return self.Link.create(
            {
                "buyer_id": buyer.id,
                "supplier_id": supplier.id if supplier else False,
                "date_from": "2020-01-01",
                **values,
            }
        )

    def test_nearest_category_counts(self):
        self._link(self.outlet, self.neighbour, categ_id=self.drinks.id)
        products = self.product + self.product_juice
        members = self.outlet + self.dealer
        members._get_suppliers(products)  # caches filled
        self.env.invalidate_all()
        members.mapped("name"), products.categ_id.mapped("parent_path")
        with self.assertQueryCount(2):  # the links, and their columns
            found = members._get_suppliers(products)
        self.assertEqual(found[self.outlet, self.product], self.dealer)
        self.assertEqual(found[self.outlet, self.product_juice], self.neighbour)
        self.assertEqual(found[self.dealer, self.product_juice], self.distributor)
        nobody = self.distributor._get_suppliers(self.product)
        self.assertFalse(nobody[self.distributor, self.product])

    def test_link_without_supplier_is_the_company(self):
        self._link(self.outlet, None, categ_id=self.drinks.id)
        found = self.outlet._get_suppliers(self.product_juice)
        self.assertFalse(found[self.outlet, self.product_juice])

    def test_another_day_another_supplier(self):
        link = self.outlet.supply_link_ids
        link.date_to = "2024-12-31"
        self._link(self.outlet, self.neighbour, date_from="2025-01-01")
        for day, supplier in (
            ("2024-12-31", self.dealer),
            ("2025-01-01", self.neighbour),
        ):
            found = self.outlet._get_suppliers(self.product, fields.Date.to_date(day))
            self.assertEqual(found[self.outlet, self.product], supplier)
        self.assertEqual(self.outlet.supplier_id, self.neighbour)

    def test_overlap(self):
        with self.assertRefusedWith(ValidationError, "already buys everything"):
            self._link(self.outlet, self.neighbour, date_from="2025-01-01")
        link = self._link(self.outlet, self.neighbour, categ_id=self.drinks.id)
        with self.assertRefusedWith(ValidationError, "already buys Drinks"):
            self._link(self.outlet, self.dealer, categ_id=self.drinks.id)
        with self.assertRefusedWith(ValidationError, "already buys everything"):
            link.categ_id = False

    def test_level_order(self):
        with self.assertRefusedWith(ValidationError, "level comes before"):
            self._link(self.dealer, self.outlet, categ_id=self.drinks.id)
        with self.assertRefusedWith(ValidationError, "level comes before"):
            self.dealer.level_id = self.env.ref("distribution.level_outlet")
        with self.assertRefusedWith(ValidationError, "level comes before"):
            self.env.ref("distribution.level_dealer").sequence = 60

    def test_circle_through_many_levels(self):
        """The query of circles by itself: levels would have refused it before."""
        self.env.cr.execute(
            "UPDATE distribution_supply_link SET supplier_id = %s WHERE buyer_id = %s",
            [self.outlet.id, self.distributor.id],
        )
        self.env.invalidate_all()
        with self.assertRefusedWith(ValidationError, "directly or through others"):
            self.distributor.supply_link_ids._check_circle()
        # ended before the others begin, it is no circle
        self.env.cr.execute(
            "UPDATE distribution_supply_link SET date_from = '2019-01-01',"
            " date_to = '2019-12-31' WHERE buyer_id = %s",
            [self.distributor.id],
        )
        self.env.invalidate_all()
        self.distributor.supply_link_ids._check_circle()

    def test_closed_and_archived_suppliers(self):
        self.neighbour.action_close()
        with self.assertRefusedWith(ValidationError, "closed or archived"):
            self._link(self.outlet, self.neighbour, categ_id=self.drinks.id)

    def test_leaving_with_buyers(self):
        with self.assertRefusedWith(UserError, "supplies 1 members"):
            self.dealer.action_close()
        with self.assertRefusedWith(UserError, "supplies 1 members"):
            self.dealer.action_archive()
        with self.assertRefusedWith(UserError, "supplies 1 members"):
            self.dealer.partner_id.action_archive()
        self.outlet.supply_link_ids.supplier_id = self.neighbour
        self.dealer.action_close()
        self.assertEqual(self.dealer.state, "closed")
        self.assertEqual(self.dealer.supply_link_ids.date_to, self.today)

    def test_leaving_in_mid_order(self):
        order = self._create_order(partner_id=self.outlet.partner_id.id)
        order.action_confirm()
        with self.assertRefusedWith(UserError, "has 1 open orders"):
            self.outlet.action_close()
        with self.assertRefusedWith(UserError, "has 1 open orders"):
            self.outlet.partner_id.active = False
        order._action_cancel()
        self.outlet.partner_id.action_archive()
        self.assertFalse(self.outlet.active)

    def test_hand_over(self):
        wizard = (
            self.env["distribution.member.handover"]
            .with_context(active_model=self.dealer._name, active_ids=self.dealer.ids)
            .create({"supplier_id": self.neighbour.id, "close_members": True})
        )
        self.assertEqual(wizard.link_ids, self.outlet.supply_link_ids)
        wizard.action_hand_over()
        self.assertEqual(self.outlet.supplier_id, self.neighbour)
        self.assertEqual(len(self.outlet.supply_link_ids), 2)
        self.assertEqual(self.dealer.state, "closed")

    def test_visible_members(self):
        self._link(self.outlet, self.neighbour, categ_id=self.drinks.id)
        with self.assertQueryCount(1):
            seen = self.distributor._get_visible_members()
        self.assertEqual(seen, self.distributor + self.dealer + self.outlet)
        self.assertEqual(
            self.neighbour._get_visible_members(), self.neighbour + self.outlet
        )
        past = self.distributor._get_visible_members(fields.Date.to_date("2019-01-01"))
        self.assertEqual(past, self.distributor)

    def test_main_supplier_follows_the_calendar(self):
        link = self.outlet.supply_link_ids
        tomorrow = fields.Date.add(self.today, days=1)
        link.date_to = self.today
        self._link(self.outlet, self.neighbour, date_from=tomorrow)
        self.assertEqual(self.outlet.supplier_id, self.dealer)
        # a day passes
        self.env.cr.execute(
            "UPDATE distribution_supply_link SET date_from = date_from - 1,"
            " date_to = date_to - 1 WHERE buyer_id = %s",
            [self.outlet.id],
        )
        self.env.invalidate_all()
        self.env["distribution.network"]._cron_daily()
        self.assertEqual(self.outlet.supplier_id, self.neighbour)

    def test_many_links_cost_no_more(self):
        """The rules are one query each, however many links change."""
        few, many = (
            self.env["distribution.member"].create(
                [
                    {
                        "name": f"Outlet {count} {number}",
                        "company_id": self.company.id,
                        "level_id": self.env.ref("distribution.level_outlet").id,
                    }
                    for number in range(count)
                ]
            )
            for count in (2, 60)
        )
        counts = []
        for members in (few, many):
            links = self.Link.create(
                [
                    {"buyer_id": member.id, "supplier_id": self.dealer.id}
                    for member in members
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            links._check_shape()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
