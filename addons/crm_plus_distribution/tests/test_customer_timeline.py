# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from odoo.addons.distribution.tests.common import DistributionCommon


@tagged("post_install", "-at_install", "meets_others")
class TestNetworkInCustomerView(DistributionCommon):
    """CP-1: what the network knows of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._create_member_user("rep", login="view_network_rep")
        cls.seller.group_ids = [
            Command.link(cls.env.ref("sales_team.group_sale_salesman_all_leads").id)
        ]
        cls.dealer.user_id = cls.seller
        cls.customer = cls.dealer.partner_id

    def _overview(self, user):
        overviews = self.env["customer.overview"].with_user(user)
        return overviews.get_overview(self.customer.id)

    def _facts(self, user):
        return {fact["key"]: fact for fact in self._overview(user)["facts"]}

    def test_place_in_the_network(self):
        facts = self._facts(self.seller)
        self.assertEqual(facts["level"]["value"], self.dealer.level_id.display_name)
        self.assertIn("Cần Thơ", facts["territory"]["value"])
        self.assertEqual(facts["member"]["action"]["res_id"], self.dealer.id)

    def test_not_for_people_outside_of_the_network(self):
        outsider = self._create_user("clerk")
        outsider.group_ids = [
            Command.link(self.env.ref("sales_team.group_sale_salesman_all_leads").id)
        ]
        self.assertNotIn("member", self._facts(outsider))

    def test_credit(self):
        self.env["distribution.credit"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "limit_amount": 500,
            }
        )
        tiles = {tile["key"]: tile for tile in self._overview(self.seller)["tiles"]}
        self.assertEqual(tiles["credit"]["value"], 500)
        self.assertNotIn("tone", tiles["credit"])

    def test_claims(self):
        claim = self.env["distribution.claim"].create(
            {
                "member_id": self.dealer.id,
                "company_id": self.company.id,
                "kind": "damaged",
                "claimed_amount": 120,
                "description": "Broken in the box",
            }
        )
        timeline = self.env["customer.timeline"].with_user(self.seller)
        entries = timeline.get_page(self.customer.id, groups=["network"])["entries"]
        [entry] = [entry for entry in entries if entry["kind"] == "claim"]
        self.assertEqual((entry["res_id"], entry["amount"]), (claim.id, 120))
        self.assertEqual(entry["detail"], "Broken in the box")
