# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .hygiene_common import HygieneCommon


@tagged("post_install", "-at_install")
class TestCustomerDuplicate(HygieneCommon):
    """CP-12: pairs are found by keys, decided by people, and remembered."""

    def test_phone_is_compared_as_e164(self):
        first = self._create_partner("Hoa", phone="0912 345 671")
        second = self._create_partner("Cô Hoa", phone="+84 912345671")
        pair = self._find(first, second)
        self.assertEqual(pair.rules, ["phone"])
        self.assertEqual(pair.strong_count, 1)
        self.assertEqual(pair.keep_id, first)

    def test_name_without_accents_and_city(self):
        first = self._create_partner("Đỗ Thị Hà", city="Đà Nẵng")
        second = self._create_partner("do thi ha", city="da nang")
        elsewhere = self._create_partner("Do Thi Ha", city="Huế")
        pair = self._find(first, second, elsewhere)
        self.assertEqual((pair.partner_id, pair.other_id), (first, second))
        self.assertEqual((pair.rules, pair.strong_count), (["name_city"], 0))

    def test_different_tax_ids_are_two_customers(self):
        first = self._create_partner("A", email="a@x.vn", vat="0100109106")
        second = self._create_partner("B", email="A@x.vn", vat="0301464830")
        self.assertFalse(self._find(first, second))

    def test_address_children_and_staff_are_no_duplicates(self):
        first = self._create_partner("Shop", email="shop@x.vn", is_company=True)
        child = self._create_partner("Clerk", email="shop@x.vn", parent_id=first.id)
        address = self._create_partner("Store", email="shop@x.vn", type="delivery")
        staff = self.manager.partner_id
        staff.email = "shop@x.vn"
        self.assertFalse(self._find(first, child, address, staff))

    def test_a_switchboard_is_not_a_person(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Person {n}", "email": "info@x.vn"} for n in range(12)]
        )
        self.assertFalse(self._find(*partners))

    def test_score_and_words(self):
        values = {"email": "hoa@x.vn", "phone": "+84912345672"}
        pair = self._find(
            self._create_partner("Hoa", **values), self._create_partner("Hoà", **values)
        )
        self.assertEqual((pair.score, pair.strong_count), (85, 2))
        self.assertEqual(pair.reason, "e-mail, phone")
        self.assertIn("hoa@x.vn", pair.comparison)

    def test_not_the_same_is_remembered(self):
        first = self._create_partner("A", email="twins@x.vn")
        second = self._create_partner("B", email="twins@x.vn")
        pair = self._find(first, second)
        pair.with_user(self.manager).action_distinct()
        self.assertFalse(self._find(first, second))
        pair.action_reopen()
        self.assertEqual(pair.state, "open")

    def test_what_waits_is_told_what_is_the_same_today(self):
        values = {"email": "now@x.vn", "phone": "+84912345679"}
        first = self._create_partner("A", **values)
        second = self._create_partner("B", **values)
        pair = self._find(first, second)
        pair.keep_id = second
        second.phone = "+84912345678"
        self.assertFalse(self._find(first, second))
        self.assertEqual((pair.rules, pair.strong_count), (["email"], 1))
        self.assertEqual((pair.score, pair.keep_id), (45, second))
        second.email = "other@x.vn"
        self._find()
        self.assertFalse(pair.exists())

    def test_number_of_queries_does_not_grow(self):
        def count(number):
            self.env["res.partner"].create(
                [
                    {"name": f"{number} {n % 50}", "email": f"p{number}-{n % 50}@x.vn"}
                    for n in range(number)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            found = self.env["customer.duplicate"]._find()
            self.assertTrue(found)
            return self.env.cr.sql_log_count - before

        count(52)  # fills caches
        self.assertEqual(count(55), count(100))

    def test_only_managers_decide(self):
        leader = new_test_user(
            self.env, "hygiene_leader", "sales_team.group_sale_salesman_all_leads"
        )
        pair = self._find(
            self._create_partner("A", email="r@x.vn"),
            self._create_partner("B", email="r@x.vn"),
        )
        self.assertTrue(pair.with_user(leader).reason)
        for action in ("action_merge", "action_distinct", "action_swap"):
            with self.assertRaises(AccessError):
                getattr(pair.with_user(leader), action)()
        with self.assertRaises(AccessError):
            pair.with_user(self.salesman).read(["score"])

    def test_batch_goes_on_after_a_refused_pair(self):
        good = self._find(
            self._create_partner("A", email="g@x.vn"),
            self._create_partner("B", email="g@x.vn"),
        )
        users = [
            new_test_user(self.env, f"two_users_{n}", "base.group_portal")
            for n in range(2)
        ]
        for user in users:
            user.partner_id.email = "both@x.vn"
        bad = self._find(*[user.partner_id for user in users])
        with self.assertRaises(UserError):
            bad.with_user(self.manager).action_merge()
        action = (bad + good).with_user(self.manager).action_merge()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual((good.state, bad.state), ("merged", "open"))

    def test_automatic_only_when_switched_on_and_sure(self):
        values = {"email": "auto@x.vn", "phone": "+84912345673"}
        company = self.env.company
        sure = [
            self._create_partner(name, company_id=company.id, **values)
            for name in ("A", "B")
        ]
        self.env["res.company"].create({"name": "Against it"})
        shared = {"email": "half@x.vn", "phone": "+84912345677"}
        half = [
            self._create_partner("E", **shared),
            self._create_partner("F", company_id=company.id, **shared),
        ]
        weak = [
            self._create_partner(name, company_id=company.id, email="weak@x.vn")
            for name in ("C", "D")
        ]
        company.customer_merge_automatic = False
        self.env["customer.duplicate"]._cron_find()
        self.assertTrue(all(partner.active for partner in sure + weak))
        company.customer_merge_automatic = True
        self.env["customer.duplicate"]._cron_find()
        self.assertEqual([p.active for p in sure + weak], [True, False, True, True])
        self.assertEqual([p.active for p in half], [True, True])
        merge = self.env["customer.merge"].search([("kept_id", "=", sure[0].id)])
        self.assertTrue(merge.is_automatic)
