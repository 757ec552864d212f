# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerSnapshot(CustomerCommon):
    """CP-1: a customer in figures."""

    def test_figures(self):
        """Days, sums, the rhythm, and what comes next."""
        self._buy(self.customer, [400, 60, 40, 20], 100)
        row = self._snapshot(self.customer)
        self.assertRecordValues(
            row,
            [
                {
                    "order_count": 4,
                    "repeat_rate": 1.0,
                    "revenue_total": 400,
                    "revenue_12m": 300,
                    "margin_total": 160,
                    "margin_12m": 120,
                    "average_order": 100,
                    "first_order_date": self.today - timedelta(days=400),
                    "last_order_date": self.today - timedelta(days=20),
                    "interval_days": 20,
                    "days_since_last": 20,
                    "expected_next_date": self.today,
                    "preferred_category_id": self.category.id,
                    "churn_repeats": 3,
                }
            ],
        )
        self.assertEqual(sum(row.month_values.values()), 400)
        self.assertEqual(
            row.top_products,
            [{"id": self.product.id, "amount": 400.0, "quantity": 4.0}],
        )

    def test_children(self):
        """What contacts buy is the company's; a contact has no row of its own."""
        child = self._new_customer("Buyer", parent_id=self.customer.id)
        self._buy(child, 3)
        self._buy(self.customer, 5)
        self.assertEqual(self._snapshot(self.customer).order_count, 2)
        self.assertFalse(self._snapshot(child, refresh=False))

    def test_customer_comes_under_another(self):
        """A customer that becomes a contact leaves its purchases to its company."""
        other = self._new_customer("Baker")
        self._buy(other, 3)
        self.assertEqual(self._snapshot(other).order_count, 1)
        other.parent_id = self.customer
        self.assertEqual(self._snapshot(self.customer).order_count, 1)
        self.assertFalse(self._snapshot(other, refresh=False))

    def test_contact_becomes_a_customer(self):
        """A contact that is a company of its own takes its purchases along."""
        child = self._new_customer("Branch", parent_id=self.customer.id)
        self._buy(child, 3)
        self.assertEqual(self._snapshot(self.customer).order_count, 1)
        dirty = self.env["customer.snapshot.dirty"]
        self.env.cr.precommit.run()
        dirty.search([]).unlink()
        child.is_company = True
        self.env.cr.precommit.run()
        self.Snapshot._refresh(dirty.search([]).partner_id, self.company)
        self.assertEqual(self._snapshot(child, refresh=False).order_count, 1)
        self.assertEqual(self._snapshot(self.customer, refresh=False).order_count, 0)

    def test_quotes_and_open_orders(self):
        self._quote(self.customer, 2, 70)
        self._buy(self.customer, 1, 50)
        cancelled = self._quote(self.customer)
        cancelled._action_cancel()
        self.assertRecordValues(
            self._snapshot(self.customer),
            [
                {
                    "quote_count": 2,
                    "quote_amount": 140,
                    "open_order_count": 1,
                    "open_order_amount": 50,
                    "order_count": 1,
                }
            ],
        )

    def test_currency(self):
        """Orders in another currency count at the rate of their day."""
        foreign = self.env["res.currency"].create(
            {
                "name": "ZZQ",
                "symbol": "Z",
                "rate_ids": [
                    Command.create(
                        {
                            "name": self.today - timedelta(days=days),
                            "rate": rate,
                            "company_id": self.company.id,
                        }
                    )
                    for days, rate in ((100, 2.0), (5, 4.0))
                ],
            }
        )
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        self._buy(self.customer, [50, 1], 80, pricelist_id=pricelist.id)
        self.assertEqual(self._snapshot(self.customer).revenue_total, 80 / 2 + 80 / 4)

    def test_never_bought(self):
        """Quoted only: a row, zeros, no score, no risk."""
        self._quote(self.customer)
        self.assertRecordValues(
            self._snapshot(self.customer),
            [
                {
                    "order_count": 0,
                    "revenue_total": 0,
                    "rfm_r": 0,
                    "rfm_score": False,
                    "rfm_segment": False,
                    "churn_band": "none",
                    "last_order_date": False,
                }
            ],
        )

    def test_one_order(self):
        self._buy(self.customer, 10)
        row = self._snapshot(self.customer)
        self.assertEqual((row.order_count, row.interval_days), (1, 0))
        self.assertFalse(row.expected_next_date)
        self.assertEqual(row.rfm_r, 5)

    def test_nothing_known(self):
        """Nobody without a document gets a row, unless it is asked for."""
        self.assertFalse(self._snapshot(self.customer))
        child = self._new_customer("Buyer", parent_id=self.customer.id)
        row = self.Snapshot._ensure(child)
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual(self.Snapshot._ensure(self.customer), row)
        self.assertEqual((row.order_count, row.churn_band), (0, "none"))

    def test_archived(self):
        """Figures of archived customers stay and are out of the way."""
        self._buy(self.customer, 10)
        self.customer.active = False
        row = self._snapshot(self.customer)
        self.assertEqual(row.order_count, 1)
        self.assertFalse(row.active)

    def test_merged(self):
        """The merged customer has one row with everything."""
        other = self._new_customer("Able too")
        self._buy(self.customer, 10)
        self._buy(other, 20)
        self._snapshot(self.customer)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, self.customer)
        self.env.cr.precommit.run()
        self.assertIn(
            self.customer, self.env["customer.snapshot.dirty"].search([]).partner_id
        )
        rows = self._snapshot(self.customer)
        self.assertEqual((len(rows), rows.order_count), (1, 2))

    def test_lead(self):
        source = self.env["utm.source"].create({"name": "Fair of 2026"})
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "source_id": source.id,
                    "type": "opportunity",
                }
                for name in ("One", "Two")
            ]
        )
        leads[1].action_set_lost()
        row = self._snapshot(self.customer)
        self.assertEqual((row.lead_count, row.lead_source_id), (1, source))

    def test_some_only(self):
        """Computing one customer leaves the others, and costs as much as many."""
        others = [self._new_customer(f"C{number}") for number in range(12)]
        for other in others:
            self._buy(other, [3, 30])
        self._buy(self.customer, 4)
        self._snapshot(self.customer)
        everybody = self.env["res.partner"].union(*others)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Snapshot._refresh(everybody[:1], self.company)
        one = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        self.Snapshot._refresh(everybody, self.company)
        self.assertLessEqual(self.env.cr.sql_log_count - before, one)
        self.assertLess(one, 70)

    def test_dirty(self):
        """An order marks its customer once; the cron computes it."""
        self.env.cr.precommit.run()
        dirty = self.env["customer.snapshot.dirty"]
        dirty.search([]).unlink()
        orders = self._buy(self.customer, [1, 2])
        self.env.cr.precommit.run()
        rows = dirty.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((len(rows), rows.company_id), (1, self.company))
        with self.enter_registry_test_mode():
            self.env.ref("crm_plus.ir_cron_refresh_dirty").method_direct_trigger()
        self.assertEqual(self._snapshot(self.customer, refresh=False).order_count, 2)
        self.assertFalse(dirty.search([]))
        orders[0]._action_cancel()
        self.env.cr.precommit.run()
        self.assertEqual(dirty.search([]).partner_id, self.customer)

    def test_deleted(self):
        """A quotation or a lead that is gone is not open any more."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Gone soon",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
            }
        )
        dirty = self.env["customer.snapshot.dirty"]
        for record in (self._quote(self.customer), lead):
            self.env.cr.precommit.run()
            dirty.search([]).unlink()
            record.unlink()
            self.env.cr.precommit.run()
            self.assertEqual(dirty.search([]).partner_id, self.customer)

    def test_lines_written_by_themselves(self):
        order = self._quote(self.customer)
        dirty = self.env["customer.snapshot.dirty"]
        for change in (
            lambda: order.order_line.write({"price_unit": 7}),
            lambda: order.order_line.copy({"order_id": order.id}),
            lambda: order.order_line[-1:].unlink(),
        ):
            self.env.cr.precommit.run()
            dirty.search([]).unlink()
            change()
            self.env.cr.precommit.run()
            self.assertIn(self.customer, dirty.search([]).partner_id)

    def test_orders_cost_no_query(self):
        """Marking costs nothing while an order is written: one INSERT at the commit."""
        self._quote(self.customer)
        self.env.cr.precommit.run()
        orders = self._quote(self.customer, 10)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        orders._mark_customers()
        self.assertEqual(self.env.cr.sql_log_count, before)
        self.env.cr.precommit.run()
        self.assertEqual(self.env.cr.sql_log_count, before + 1)


@tagged("post_install", "-at_install")
class TestCustomerRights(CustomerCommon):
    """A salesperson sees what is his, nobody's, and what he has a document of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("cp_seller")
        cls.other = cls._new_user("cp_other")
        cls.leader = cls._new_user("cp_leader")
        cls.head = cls._new_user("cp_head", "sales_team.group_sale_salesman_all_leads")
        cls.mine = cls._new_customer("Mine", user_id=cls.seller.id)
        cls.his = cls._new_customer("His", user_id=cls.other.id)
        cls.sold = cls._new_customer("Sold", user_id=cls.other.id)
        cls.free = cls._new_customer("Free")
        for customer in (cls.mine, cls.his, cls.free):
            cls._buy(customer, 5, user_id=cls.other.id)
        cls._buy(cls.sold, 5, user_id=cls.seller.id)
        cls.env["crm.team"].create(
            {
                "name": "Team",
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.other.ids)],
            }
        )
        cls.Snapshot._refresh(companies=cls.company)
        cls.all = cls.mine | cls.his | cls.sold | cls.free

    def _seen_by(self, user):
        rows = self.Snapshot.with_user(user).search(
            [("partner_id", "in", self.all.ids)]
        )
        return rows.partner_id

    def test_salesman(self):
        self.assertEqual(self._seen_by(self.seller), self.mine | self.sold | self.free)

    def test_leader(self):
        self.assertEqual(self._seen_by(self.leader), self.his | self.sold | self.free)

    def test_head(self):
        self.assertEqual(self._seen_by(self.head), self.all)

    def test_is_mine_shown(self):
        row = self.Snapshot.with_user(self.head).search(
            [("partner_id", "in", (self.mine | self.free).ids)]
        )
        self.assertEqual(row.filtered("is_mine").partner_id, self.free)

    def test_margin_hidden(self):
        fields_seen = self.Snapshot.with_user(self.seller).fields_get()
        self.assertNotIn("margin_total", fields_seen)
        self.assertIn("margin_total", self.Snapshot.with_user(self.head).fields_get())

    def test_company(self):
        stranger = self.env["res.company"].create({"name": "Elsewhere"})
        self.head.write(
            {"company_ids": [Command.set(stranger.ids)], "company_id": stranger.id}
        )
        rows = self.Snapshot.with_user(self.head)
        rows = rows.with_context(allowed_company_ids=stranger.ids)
        self.assertFalse(rows.search([("partner_id", "in", self.all.ids)]))
