# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from .view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCustomerOverview(CustomerViewCommon):
    """CP-1: the head of the customer's screen."""

    def _overview(self, user=None, partner=None):
        overview = self.env["customer.overview"].with_user(user or self.leader)
        return overview.get_overview((partner or self.customer).id)

    def _tiles(self, user=None):
        return {tile["key"]: tile for tile in self._overview(user)["tiles"]}

    def test_figures(self):
        today = fields.Date.context_today(self.customer)
        self._make_snapshot(
            order_count=3,
            revenue_total=900,
            revenue_12m=500,
            margin_12m=125,
            average_order=300,
            interval_days=24,
            last_order_date=today - relativedelta(days=71),
            days_since_last=71,
            expected_next_date=today - relativedelta(days=47),
            quote_count=2,
            quote_amount=80,
            balance_due=60,
            overdue_due=40,
            rfm_r=2,
            rfm_f=4,
            rfm_m=4,
            rfm_segment="at_risk",
            churn_band="high",
            alive_probability=0.31,
            month_values={today.strftime("%Y-%m"): 500},
            top_products=[
                {"id": self.product.id, "quantity": 5, "amount": 500},
                {"id": 0, "quantity": 1, "amount": 1},
            ],
        )
        head = self._overview()
        tiles = {tile["key"]: tile for tile in head["tiles"]}
        self.assertEqual(tiles["revenue_total"]["value"], 900)
        self.assertEqual(tiles["revenue_total"]["note"], "3 orders")
        self.assertEqual(tiles["margin"]["note"], "25 % of 12 months")
        self.assertEqual(tiles["next"]["tone"], "warning")
        self.assertEqual(tiles["balance"]["tone"], "danger")
        self.assertIn("40", tiles["balance"]["note"])
        self.assertEqual(tiles["quotes"]["value"], 2)
        self.assertNotIn("leads", tiles)
        self.assertEqual(len(head["months"]), 24)
        self.assertEqual(head["months"][-1]["amount"], 500)
        self.assertEqual(sum(month["amount"] for month in head["months"]), 500)
        self.assertEqual(head["standing"]["segment_key"], "at_risk")
        self.assertEqual(head["standing"]["score"], [2, 4, 4])
        self.assertEqual(
            [product["name"] for product in head["products"]],
            [self.product.display_name],
        )

    def test_margin_is_not_for_everybody(self):
        self._make_snapshot(order_count=1, revenue_12m=100, margin_12m=10)
        self.assertIn("margin", self._tiles(self.leader))
        tiles = self._tiles(self.seller)
        self.assertIn("revenue_12m", tiles)
        self.assertNotIn("margin", tiles)

    def test_tiles_open_what_they_count(self):
        """The records behind a figure, contacts' included."""
        order = self._make_order(self.contact)
        quotation = self._make_order(self.contact, confirm=False)
        self._make_snapshot(order_count=1, quote_count=1, open_order_count=1)
        tiles = self._tiles()
        for key, expected in (("revenue_total", order), ("quotes", quotation)):
            action = tiles[key]["action"]
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found, expected)

    def test_no_probability_without_a_model(self):
        """A band by rhythm alone is not told as "probably buys again: 0 %"."""
        snapshot = self._make_snapshot(order_count=4, churn_band="low")
        self.assertIs(self._overview()["standing"]["alive"], False)
        snapshot.alive_probability = 0.4
        self.assertEqual(self._overview()["standing"]["alive"], 0.4)

    def test_one_company_and_one_customer(self):
        """What figures do not count is not behind them: see `_get_family_domain`."""
        other = self.env["res.company"].create({"name": "View Other Company"})
        self.leader.company_ids = [Command.link(other.id)]
        subsidiary = self.env["res.partner"].create(
            {"name": "Own Buyer", "parent_id": self.customer.id, "is_company": True}
        )
        now = fields.Datetime.now()
        order = self._make_order(date_order=now - relativedelta(days=3))
        self._make_order(subsidiary, date_order=now - relativedelta(days=8))
        foreign = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'sale', date_order = %s WHERE id = %s",
            [now - relativedelta(days=13), foreign.id],
        )
        self.env.invalidate_all()
        self._make_snapshot(order_count=1)
        companies = (self.company + other).ids
        overview = self.env["customer.overview"].with_user(self.leader)
        overview = overview.with_context(allowed_company_ids=companies)
        head = overview.get_overview(self.customer.id)
        tiles = {tile["key"]: tile for tile in head["tiles"]}
        orders = overview.env["sale.order"]
        domain = tiles["revenue_total"]["action"]["domain"]
        self.assertEqual(orders.search(domain).ids, order.ids)
        self.assertEqual(len(head["rhythm"]["days"]), 1)

    def test_who_it_is(self):
        tag = self.env["res.partner.category"].create({"name": "Organic"})
        self.customer.category_id = tag
        head = self._overview(partner=self.contact)
        customer = head["customer"]
        self.assertEqual(customer["id"], self.customer.id)
        self.assertEqual(customer["phone"], "+84 28 5555 0100")
        self.assertEqual(customer["salesperson"], self.seller.name)
        self.assertEqual([tag["name"] for tag in customer["tags"]], ["Organic"])
        self.assertEqual(
            [contact["id"] for contact in customer["contacts"]], self.contact.ids
        )

    def test_a_customer_without_anything(self):
        """The screen opens, says so, and offers what can be done."""
        new = self.env["res.partner"].create({"name": "Brand New"})
        head = self._overview(self.seller, new)
        keys = {action["key"] for action in head["actions"]}
        self.assertTrue({"quotation", "activity", "mail", "lead"} <= keys)
        self.assertFalse(head["products"])
        self.assertFalse(head["rhythm"]["days"])
        if head["standing"]:
            self.assertFalse(head["standing"]["has_orders"])

    def test_customer_who_changed_hands(self):
        """The new salesperson looks before the figures know of the change."""
        snapshot = self._make_snapshot(user_id=self.neighbour.id)
        self.assertTrue(self._overview(self.seller)["standing"])
        self.assertEqual(snapshot.user_id, self.seller)

    def test_rhythm(self):
        """Days with a confirmed order of the family, each once."""
        today = fields.Datetime.now()
        for days in (10, 10, 40):
            self._make_order(date_order=today - relativedelta(days=days))
        self._make_order(confirm=False)
        self._make_order(date_order=today - relativedelta(years=4))
        self._make_snapshot(order_count=4)
        self.assertEqual(len(self._overview()["rhythm"]["days"]), 2)

    def test_what_is_planned_next(self):
        """On the customer, the orders and the leads; of readable records only."""
        order = self._make_order()
        own = self._make_order(user=self.neighbour)
        self._make_snapshot()
        for record in (self.customer, order, own):
            record.activity_schedule(
                "mail.mail_activity_data_todo", summary=f"For {record.display_name}"
            )

        def planned(user):
            return {
                (activity["model"], activity["res_id"])
                for activity in self._overview(user)["activities"]
            }

        every = {(r._name, r.id) for r in (self.customer, order, own)}
        self.assertEqual(planned(self.leader), every)
        self.assertEqual(planned(self.neighbour), every - {("sale.order", order.id)})

    def test_ways_in(self):
        """From the form, the order, the lead and the figures to the same screen."""
        order = self._make_order(self.contact)
        lead = self.env["crm.lead"].create(
            {"name": "More tea", "partner_id": self.contact.id}
        )
        snapshot = self._make_snapshot()
        for action in (
            self.customer.action_open_customer_view(),
            self.contact.action_open_customer_view(),
            order.action_open_customer_view(),
            lead.action_open_customer_view(),
            snapshot.action_open_partner(),
        ):
            self.assertEqual(action["tag"], "crm_plus_customer_view")
            self.assertEqual(action["context"]["active_id"], self.customer.id)

    def test_search_by_figures(self):
        snapshot = self._make_snapshot(churn_band="high")
        partners = self.env["res.partner"].with_user(self.leader)
        both = self.customer + self.contact
        stranger = partners.create({"name": "Without figures"})
        self.assertEqual(both.customer_snapshot_id, snapshot)
        among = [("id", "in", (both + stranger).ids)]

        def found(*condition):
            return partners.search([*among, condition])

        self.assertEqual(found("customer_snapshot_id.churn_band", "=", "high"), both)
        self.assertEqual(found("customer_snapshot_id", "=", snapshot.id), both)
        self.assertEqual(found("customer_snapshot_id", "!=", False), both)
        self.assertEqual(found("customer_snapshot_id", "=", False), stranger)
