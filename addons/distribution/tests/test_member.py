# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DistributionCommon


@tagged("post_install", "-at_install", "meets_others")
class TestMember(DistributionCommon):
    """DS-1: members, from the first visit to the last."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Member = cls.env["distribution.member"].with_company(cls.company)
        cls.supervisor = cls._create_member_user("supervisor")
        cls.level = cls.env.ref("distribution.level_outlet")

    def _new(self, name="Quán Gió", **values):
        return self.Member.create(
            {
                "name": name,
                "level_id": self.level.id,
                "company_id": self.company.id,
                "territory_id": self.area.id,
                **values,
            }
        )

    def test_name_makes_a_partner(self):
        member = self._new(phone="0912 345 678", street="1 Lê Lợi", city="Huế")
        partner = member.partner_id
        self.assertEqual(
            (partner.name, partner.phone, partner.street, partner.is_company),
            ("Quán Gió", "0912 345 678", "1 Lê Lợi", True),
        )
        self.assertTrue(member.code)
        with self.assertRefusedWith(ValidationError, "needs a partner"):
            self._new(name=False)

    def test_representatives_keep_contacts(self):
        """Without any right on partners but the members they serve."""
        member = self.Member.with_user(self.rep).create(
            {
                "name": "Mới",
                "level_id": self.level.id,
                "company_id": self.company.id,
            }
        )
        member.write({"phone": "0909 000 111", "comment": "x"})
        self.assertEqual(member.sudo().partner_id.phone, "0909 000 111")
        self.dealer.user_id = self.env.user
        with self.assertRaises(AccessError):
            self.dealer.with_user(self.rep).write({"phone": "1"})

    def test_representatives_place_prospects_only(self):
        tier = self.env["distribution.tier"].create({"name": "Gold"})
        prospect = self._new(user_id=self.rep.id).with_user(self.rep)
        prospect.tier_id = tier
        member = self.outlet.with_user(self.rep)
        for vals in ({"tier_id": tier.id}, {"user_id": False}, {"active": False}):
            with self.assertRaises(AccessError):
                member.write(vals)
        member.write({"tier_id": False, "comment": "as it was"})
        member.with_user(self.supervisor).tier_id = tier

    def test_documents_lead_to_their_member(self):
        order = self._create_order(partner_id=self.dealer.partner_id.id)
        stranger = self._create_order()
        order.user_id = stranger.user_id = self.rep
        orders = (order + stranger).with_user(self.rep)
        self.assertEqual(
            [order.distribution_member_id.id for order in orders],
            [self.dealer.id, False],
        )
        found = orders.search([("distribution_member_id", "=", self.dealer.id)])
        self.assertEqual(found, order)
        found = orders.search([("distribution_member_id", "ilike", "Minh Tâm")])
        self.assertEqual(found, order)
        action = orders[0].action_view_distribution_member()
        self.assertEqual(action["res_id"], self.dealer.id)

    def test_contact_of_a_company_is_no_member(self):
        contact = self.env["res.partner"].create(
            {"name": "Lan", "parent_id": self.dealer.partner_id.id}
        )
        with self.assertRefusedWith(ValidationError, "is its own company"):
            self._new(partner_id=contact.id)

    def test_import(self):
        """A spreadsheet with names, as Odoo's own import brings it."""
        result = self.Member.with_user(self.supervisor).load(
            [
                "name",
                "phone",
                "city",
                "level_id",
                "territory_id",
                "latitude",
                "supply_link_ids/supplier_id",
            ],
            [
                [
                    "Tạp hoá Một",
                    "0901 111 111",
                    "Huế",
                    "Outlet",
                    "South / Cần Thơ",
                    "1",
                    "Minh Tâm",
                ],
                [
                    "Tạp hoá Hai",
                    "0902 222 222",
                    "Huế",
                    "Outlet",
                    "South / Cần Thơ",
                    "2",
                    self.dealer.display_name,
                ],
            ],
        )
        self.assertFalse(result["messages"])
        members = self.Member.browse(result["ids"])
        self.assertEqual(members.mapped("partner_id.city"), ["Huế", "Huế"])
        self.assertEqual(members.territory_id, self.area)
        self.assertEqual(members.supplier_id, self.dealer)
        with mute_logger("odoo.sql_db"):
            wrong = self.Member.load(["name", "level_id"], [["Ba", "No such level"]])
        self.assertTrue(wrong["messages"])
        self.assertFalse(wrong["ids"])

    def test_states(self):
        member = self._new()
        with self.assertRaises(AccessError):
            member.with_user(self.rep).action_verify()
        member = member.with_user(self.supervisor)
        member.action_verify()
        member.action_activate()
        self.assertEqual(member.active_since, fields.Date.today())
        member.action_deactivate()
        with self.assertRefusedWith(UserError, "cannot become"):
            member.action_verify()
        member.action_close()
        self.assertEqual(member.closed_on, fields.Date.today())
        member.action_reopen()
        self.assertFalse(member.closed_on)
        with self.assertRaises(UserError):
            member.state = "active"

    def test_idle_members(self):
        """Off at first; then only those without purchases, never the new ones."""
        long_ago = fields.Date.today() - timedelta(days=90)
        (self.outlet + self.dealer).active_since = long_ago
        order = self._create_order(partner_id=self.dealer.partner_id.id)
        order.action_confirm()
        self.Member._cron_deactivate()
        self.assertEqual(self.outlet.state, "active")
        self.company.distribution_inactive_days = 60
        self.Member._cron_deactivate()
        self.assertEqual(self.outlet.state, "inactive")
        self.assertEqual(self.dealer.state, "active")
        self.assertEqual(self.neighbour.state, "active")
        self.assertEqual(self.dealer.last_purchase_date, order.date_order.date())

    def test_position(self):
        member = self._new(user_id=self.rep.id).with_user(self.rep)
        self.assertTrue(member.action_set_position(10.03, 105.78, 12))
        self.assertAlmostEqual(member.partner_id.sudo().partner_latitude, 10.03, 5)
        self.assertFalse(member.action_set_position(10.04, 105.79, 8))
        self.assertAlmostEqual(member.latitude, 10.03, 5)
        self.assertEqual(member.new_position_user_id, self.rep)
        with self.assertRefusedWith(UserError, "by a supervisor"):
            member.action_accept_position()
        member.with_user(self.supervisor).action_accept_position()
        self.assertAlmostEqual(member.latitude, 10.04, 5)
        self.assertFalse(member.new_position_user_id)
        # correcting the address forgets the partner's position, not the member's
        member.partner_id.sudo().street = "2 Lê Lợi"
        self.assertAlmostEqual(member.longitude, 105.79, 5)
        with self.assertRefusedWith(ValidationError, "no place on earth"):
            member.action_set_position(105.78, 10.03)

    def test_duplicates(self):
        first = self._new("Tạp hóa Cô Lan", phone="+84 912 345 678")
        phone = self._new("Siêu thị Hai", phone="0912.345.678")
        place = self._new("Ba", latitude=10.0300000, longitude=105.78)
        near = self._new("Tư", latitude=10.0303000, longitude=105.78)
        self._new("Năm", latitude=10.0310000, longitude=105.78)
        name = self._new("Cửa hàng CO LAN")
        members = first + phone + place + near + name
        found = members._find_duplicates()
        self.assertEqual(found[phone], {first.id: {"phone"}})
        self.assertEqual(found[near], {place.id: {"place"}})
        self.assertEqual(found[name], {first.id: {"name"}})
        self.assertTrue(first.has_duplicates)
        listed = self.Member.search([("has_duplicates", "=", True)])
        self.assertLessEqual(members, listed)
        self.assertNotIn(self.neighbour, listed)
        phone.action_not_duplicate()
        self.assertNotIn(first.id, phone._find_duplicates().get(phone, {}))
        self.assertNotIn(phone.id, first._find_duplicates()[first])

    def test_duplicates_while_typing(self):
        self._new("Lan", phone="+84 912 345 678")
        typed = self.Member.new(
            {"name": "X", "company_id": self.company.id, "phone": "84912345678"}
        )
        partner = self.env["res.partner"].new({"phone": "84912345678"})
        typed.partner_id = partner
        self.assertTrue(typed.has_duplicates)
        self.assertIn("telephone", typed.duplicate_reason)

    def test_duplicates_without_extension(self):
        first = self._new("Cô Lan")
        second = self._new("CÔ LAN")
        self.patch(self.env.registry, "has_trigram", False)
        self.assertEqual(first._find_duplicates()[first], {second.id: {"name"}})

    def test_map(self):
        self._new(latitude=10.03, longitude=105.78, user_id=self.rep.id)
        found = self.Member.with_user(self.rep).get_map_members(
            territory_id=self.region.id
        )
        self.assertEqual(found["total"], 1)
        self.assertEqual(found["unplaced"], 4)
        settings = self.Member.with_user(self.rep).get_map_settings()
        self.assertIn("openstreetmap", settings["tile_url"])
        self.env["ir.config_parameter"].set_param("distribution.tile_url", "none")
        self.assertFalse(self.Member.get_map_settings()["tile_url"])

    def test_buttons(self):
        order = self._create_order(partner_id=self.dealer.partner_id.id)
        self.assertEqual(self.dealer.sale_order_count, 1)
        action = self.dealer.action_view_sale_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)
        self.assertEqual(self.distributor.customer_count, 1)
        action = self.distributor.action_view_customers()
        self.assertEqual(
            self.Member.search(action["domain"]), self.dealer + self.outlet
        )
        action = self.dealer.partner_id.action_view_distribution_members()
        self.assertEqual(action["res_id"], self.dealer.id)
