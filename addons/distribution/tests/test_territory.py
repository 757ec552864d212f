# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import DistributionCommon


@tagged("post_install", "-at_install")
class TestTerritory(DistributionCommon):
    """DS-1: territories, who answers for them, and who sees what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._create_member_user("supervisor")
        cls.manager = cls._create_member_user("trade_manager")
        cls.accountant = cls._create_member_user("accountant")
        Territory = cls.env["distribution.territory"]
        cls.north = Territory.create(
            {"name": "North", "kind": "region", "company_id": cls.company.id}
        )
        cls.stranger = cls._create_member(
            "Trường Sơn",
            "distributor",
            territory_id=cls.north.id,
            user_id=cls.env.user.id,
        )
        cls.south_members = cls.distributor + cls.neighbour + cls.dealer + cls.outlet

    def _see(self, user):
        return (
            self.env["distribution.member"]
            .with_user(user)
            .search([("company_id", "=", self.company.id)])
            .with_user(self.env.user)
        )

    def test_owner_over_time(self):
        self.region.user_id = self.rep
        own = self.region.owner_ids
        self.assertEqual((own.user_id, own.date_to), (self.rep, False))
        own.date_from = "2024-01-01"
        self.region.user_id = self.supervisor
        yesterday = fields.Date.add(fields.Date.today(), days=-1)
        self.assertEqual(own.date_to, yesterday)
        self.assertEqual(self.region.owner_ids.mapped("role"), ["owner", "owner"])
        self.assertEqual(self.region.user_id, self.supervisor)
        with self.assertRefusedWith(ValidationError, "End that before"):
            own.date_to = False

    def test_owner_of_a_future_day(self):
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        owner = self.env["distribution.territory.owner"].create(
            {
                "territory_id": self.region.id,
                "user_id": self.rep.id,
                "date_from": tomorrow,
            }
        )
        self.assertFalse(self.region.user_id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE distribution_territory_owner SET date_from = current_date - 1"
            " WHERE id = %s",
            [owner.id],
        )
        self.env.invalidate_all()
        self.env["distribution.network"]._cron_daily()
        self.assertEqual(self.region.user_id, self.rep)

    def test_member_count(self):
        self.assertEqual(self.region.member_count, 4)
        self.assertEqual(self.area.member_count, 4)
        action = self.region.action_view_members()
        self.assertEqual(
            self.env["distribution.member"].search(action["domain"]),
            self.south_members.sorted(),
        )

    def test_representatives_see_their_own(self):
        self.assertEqual(self._see(self.rep), self.south_members.sorted())
        self.dealer.user_id = self.supervisor
        self.assertNotIn(self.dealer, self._see(self.rep))
        with self.assertRaises(AccessError):
            self.dealer.with_user(self.rep).write({"comment": "x"})
        # a territory above makes it his own, at once
        self.region.user_id = self.rep
        self.assertIn(self.dealer, self._see(self.rep))
        self.dealer.with_user(self.rep).write({"comment": "x"})
        self.region.user_id = False
        self.assertNotIn(self.dealer, self._see(self.rep))

    def test_supervisors_see_their_territories(self):
        self.assertIn(self.stranger, self._see(self.supervisor))
        self.region.user_id = self.supervisor
        self.assertEqual(self._see(self.supervisor), self.south_members.sorted())
        with self.assertRaises(AccessError):
            self.stranger.with_user(self.supervisor).write({"comment": "x"})

    def test_managers_and_accountants_see_all(self):
        self.region.user_id = self.manager
        for user in (self.manager, self.accountant):
            self.assertIn(self.stranger, self._see(user))
        with self.assertRaises(AccessError):
            self.stranger.with_user(self.accountant).write({"comment": "x"})

    def test_representatives_change_no_network(self):
        for record in (
            self.region,
            self.outlet.supply_link_ids,
            self.outlet.level_id,
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.rep).check_access("write")
        link = self.stranger.supply_link_ids.with_user(self.rep)
        with self.assertRaises(AccessError):
            link.check_access("read")

    def test_companies(self):
        other = self._create_member_user("trade_manager", self.other_company)
        self.assertFalse(self._see(other))
        with self.assertRaises(AccessError):
            self.outlet.with_user(other).check_access("read")
