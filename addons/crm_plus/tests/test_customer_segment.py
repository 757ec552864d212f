# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerSegment(CustomerCommon):
    """CP-2: segments by rule, by RFM, by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Segment = cls.env["customer.segment"]
        cls.big, cls.small = cls._new_customer("Big"), cls._new_customer("Small")
        cls._buy(cls.big, [10, 20, 30], 900)
        cls._buy(cls.small, 10, 10)
        cls.Snapshot._refresh(companies=cls.company)
        cls.rule = cls.Segment.create(
            {
                "name": "Much",
                "domain": "[('revenue_12m', '>', 1000)]",
                "company_id": cls.company.id,
            }
        )

    def _in(self, segment):
        partners = self.env["res.partner"].search(
            [
                ("segment_ids", "in", segment.ids),
                ("id", "in", (self.big | self.small | self.customer).ids),
            ]
        )
        return partners

    def test_live_count(self):
        """What would be in shows before anything is computed."""
        self.assertEqual((self.rule.live_count, self.rule.member_count), (1, 0))

    def test_members_and_history(self):
        """Who leaves keeps a row that says until when, and comes back as a new one."""
        self.rule._refresh()
        self.assertEqual(self.rule.partner_ids, self.big)
        self.assertEqual(self._in(self.rule), self.big)
        self.rule.domain = "[('revenue_12m', '<', 1000)]"
        self.rule._refresh()
        self.rule._refresh()
        self.assertEqual(self.rule.partner_ids, self.small)
        self.assertEqual(self._in(self.rule), self.small)
        members = self.rule.member_ids
        self.assertEqual(len(members), 2)
        self.assertEqual(members.filtered("until").partner_id, self.big)
        self.assertEqual(self.small.segment_ids, self.rule)
        self.assertFalse(self.big.segment_ids)

    def test_contact_and_search(self):
        """Contacts are where their company is; names and "none" can be searched."""
        child = self._new_customer("Buyer", parent_id=self.big.id)
        self.rule._refresh()
        self.assertEqual(child.segment_ids, self.rule)
        partners = self.env["res.partner"]
        mine = [("id", "in", (child | self.big | self.small).ids)]
        for condition in (
            ("segment_ids", "ilike", "Muc"),
            ("segment_ids.name", "=", "Much"),
            ("segment_ids", "!=", False),
        ):
            self.assertEqual(
                partners.search([*mine, condition]), child | self.big, condition
            )
        for condition in (
            ("segment_ids", "=", False),
            ("segment_ids", "not in", self.rule.ids),
        ):
            self.assertEqual(partners.search([*mine, condition]), self.small, condition)

    def test_bad_rule(self):
        """A rule that cannot be used is refused with what to do."""
        for text in ("[('no_such_field', '=', 1)]", "[(", "import os", "[1]"):
            with self.assertRaisesRegex(ValidationError, "cannot be used"):
                self.rule.domain = text

    def test_rule_that_broke(self):
        """A rule that broke later says so, keeps its members, and stops no other."""
        self.rule._refresh()
        other = self.rule.copy({"name": "Other"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_segment SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.rule.id],
        )
        self.env.invalidate_all()
        (self.rule | other)._refresh()
        self.assertIn("cannot be used", self.rule.error)
        self.assertEqual(self.rule.partner_ids, self.big)
        self.assertEqual(other.partner_ids, self.big)
        self.assertFalse(other.error)
        (self.rule | other)._refresh()
        self.assertEqual(len(self.rule.activity_ids), 1, "its owner is told once")
        self.assertFalse(other.activity_ids)
        self.assertEqual(self.rule.live_count, self.rule.member_count)
        self.rule.domain = other.domain
        self.rule._refresh()
        self.assertFalse(self.rule.error or self.rule.activity_ids)

    def test_rule_that_the_database_refuses(self):
        """What is only found out when it is asked stops no other one either."""
        other = self.rule.copy({"name": "Other"})
        refuse = SQL("SELECT id AS partner_id, 1 AS company_id FROM no_such_table")
        write = type(self.rule)._write_members

        def _write_members(segment, wanted, companies, now):
            return write(
                segment, refuse if segment == self.rule else wanted, companies, now
            )

        with (
            patch.object(type(self.rule), "_write_members", _write_members),
            mute_logger("odoo.sql_db"),
        ):
            (self.rule | other)._refresh()
        self.assertIn("no_such_table", self.rule.error)
        self.assertEqual(other.partner_ids, self.big)

    def test_by_hand(self):
        """A static list is what a person put in; refreshing leaves it."""
        static = self.Segment.create(
            {
                "name": "Friends",
                "kind": "static",
                "partner_ids": [Command.set((self.big | self.customer).ids)],
            }
        )
        static._refresh()
        self.assertEqual(static.partner_ids, self.big | self.customer)
        static.partner_ids = self.customer
        self.assertEqual(self._in(static), self.customer)
        with self.assertRaises(UserError):
            self.rule.partner_ids = self.big

    def test_by_hand_in_two_companies(self):
        """Editing in one company leaves the other's members where they are."""
        other = self.env["res.company"].create({"name": "Segments Elsewhere"})
        static = self.Segment.create(
            {
                "name": "Friends",
                "kind": "static",
                "partner_ids": [Command.set(self.big.ids)],
            }
        )
        elsewhere = static.with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertFalse(elsewhere.partner_ids)
        elsewhere.partner_ids = self.small
        self.assertEqual(elsewhere.partner_ids, self.small)
        self.env.invalidate_all()
        self.assertEqual(static.partner_ids, self.big)

    def test_rights(self):
        """Sellers use segments; managers make them."""
        seller = self._new_user("cp_segment_seller")
        manager = self._new_user("cp_segment_manager", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.rule.with_user(seller).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.rule.with_user(seller).action_refresh()
        self.rule.with_user(manager).action_refresh()
        self.assertEqual(self.rule.with_user(seller).member_count, 1)
        static = self.Segment.with_user(manager).create(
            {"name": "S", "kind": "static", "partner_ids": [Command.set(self.big.ids)]}
        )
        self.assertEqual(static.member_count, 1)

    def test_members_of_others(self):
        """Who is in which segment is known of customers one may see."""
        seller = self._new_user("cp_member_seller")
        other = self._new_user("cp_member_other")
        head = self._new_user(
            "cp_member_head", "sales_team.group_sale_salesman_all_leads"
        )
        self.big.user_id, self.small.user_id = other, seller
        everybody = self.big | self.small | self.customer
        static = self.Segment.create(
            {
                "name": "Friends",
                "kind": "static",
                "company_id": self.company.id,
                "partner_ids": [Command.set(everybody.ids)],
            }
        )
        self.env.flush_all()
        seen = {
            seller: self.small | self.customer,
            other: self.big | self.customer,
            head: everybody,
        }
        for user, customers in seen.items():
            # people do not share a cache as a test does
            self.env.invalidate_all()
            segment = static.with_user(user)
            partners = self.env["res.partner"].with_user(user)
            found = partners.search([("segment_ids", "in", static.ids)])
            self.assertEqual(segment.member_ids.partner_id, customers)
            self.assertEqual(segment.member_count, len(customers))
            self.assertEqual(found, customers, "a search tells no more")
            self.assertEqual(
                partners.browse(everybody.ids).filtered("segment_ids"), customers
            )
        self._buy(self.big, 1, user_id=seller.id)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(static.with_user(seller).member_ids.partner_id, everybody)

    def test_merge(self):
        """Merged customers are in a segment once."""
        static = self.Segment.create(
            {
                "name": "Friends",
                "kind": "static",
                "partner_ids": [Command.set((self.big | self.small).ids)],
            }
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.big | self.small).ids, self.big)
        self.assertEqual(static.member_ids.partner_id, self.big)
        self.assertEqual(static.member_count, 1)

    def test_history_by_month(self):
        """Once a month; next month it says where customers came from."""
        history = self.env["customer.segment.history"]
        moment = self.Snapshot._get_moment(self.company)
        for _time in range(2):
            history._record(moment)
        rows = history.search([("company_id", "=", self.company.id)])
        self.assertEqual(rows.partner_id, self.big | self.small)
        self.assertEqual(set(rows.mapped("move")), {"new"})
        before = self.Snapshot.search([("partner_id", "=", self.big.id)]).rfm_segment
        self.env.cr.execute(
            "UPDATE customer_snapshot SET rfm_segment = 'lost' WHERE partner_id = %s",
            [self.big.id],
        )
        later = moment._replace(today=moment.today.replace(day=1) + timedelta(days=32))
        history._record(later)
        row = history.search(
            [
                ("partner_id", "=", self.big.id),
                ("month", "=", later.today.replace(day=1)),
            ]
        )
        self.assertRecordValues(
            row,
            [{"previous_segment": before, "rfm_segment": "lost", "move": "down"}],
        )

    def test_pricelist(self):
        """A segment's price list is its customers' and nobody else's."""
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        pricelist = self.env["product.pricelist"].create(
            {"name": "For much", "sequence": -5, "company_id": self.company.id}
        )
        self.rule._refresh()
        partners = self.big | self.small
        partners.invalidate_recordset()
        pricelist.segment_ids = self.rule
        self.assertEqual(self.big.property_product_pricelist, pricelist)
        self.assertNotEqual(self.small.property_product_pricelist, pricelist)
        chosen = pricelist.copy({"segment_ids": False, "name": "Chosen"})
        self.big.specific_property_product_pricelist = chosen
        self.assertEqual(self.big.property_product_pricelist, chosen)
        chosen.active = False
        self.big.invalidate_recordset()
        self.assertEqual(self.big.property_product_pricelist, pricelist)
        second = pricelist.copy(
            {"segment_ids": [Command.set(self.rule.ids)], "sequence": -4}
        )
        self.assertEqual(self._ordered_pricelists(), [pricelist.id, second.id])
        second.sequence = -6
        self.env.flush_all()
        self.assertEqual(self._ordered_pricelists(), [second.id, pricelist.id])
        second.unlink()
        pricelist.active = False
        self.assertFalse(pricelist._get_segment_pricelist_ids(self.company.id))

    def test_pricelist_keeps_its_segment(self):
        """Deleting the segment would make its price list everybody's."""
        self.env["product.pricelist"].create(
            {"name": "For much", "segment_ids": [Command.set(self.rule.ids)]}
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.rule.unlink()

    def _ordered_pricelists(self):
        pricelists = self.env["product.pricelist"]
        return list(pricelists._get_segment_pricelist_ids(self.company.id))

    def test_activities(self):
        """The dialogue gets every member."""
        self.rule._refresh()
        action = self.rule.action_schedule_activity()
        self.assertEqual(action["context"]["active_ids"], self.big.ids)
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard.create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_user_id": self.env.uid,
            }
        ).action_schedule_activities()
        self.assertEqual(len(self.big.activity_ids), 1)

    def test_cohorts(self):
        """Everybody in the month of the first purchase, and those who came back."""
        back = self._new_customer("Back")
        first = (self.today.replace(day=1) - timedelta(days=20)).replace(day=5)
        days = (self.today - first).days
        self._buy(back, [days, 0])
        once = self._new_customer("Once")
        self._buy(once, days)
        self.Snapshot._refresh(companies=self.company)
        rows = self.env["customer.cohort.report"].search(
            [
                ("cohort", "=", first.replace(day=1)),
                ("company_id", "=", self.company.id),
                ("partner_id", "in", (back | once).ids),
            ]
        )
        ages = {age: rows.filtered(lambda r, age=age: r.age == age) for age in (0, 1)}
        self.assertEqual(ages[0].partner_id, back | once)
        self.assertEqual(set(ages[0].mapped("retention")), {1.0})
        self.assertEqual(ages[1].partner_id, back | once)
        self.assertEqual(ages[1].filtered("retention").partner_id, back)
        # half of them came back, however they are grouped
        [(share,)] = rows._read_group(
            [("id", "in", ages[1].ids)], [], ["retention:avg"]
        )
        self.assertEqual(share, 0.5)
