# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.tests import tagged

from odoo.addons.crm_plus.tests.view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCallsOnTimeline(CustomerViewCommon):
    """CP-1, CP-10: calls on the customer's timeline."""

    def _make_call(self, **values):
        return self.env["crm.phonecall"].create(
            {
                "name": "Asked for a sample",
                "partner_id": self.contact.id,
                "user_id": self.seller.id,
                "date": datetime(2026, 4, 2, 9),
                "direction": "in",
                "state": "done",
                "duration": 12,
                **values,
            }
        )

    def test_calls(self):
        call = self._make_call()
        cancelled = self._make_call(state="cancel")
        self.assertEqual(self._ids(call + cancelled, self.seller), call)
        [entry] = self._entries(self.seller, groups=["contact"])
        self.assertEqual(entry["direction"], "in")
        self.assertEqual(entry["detail"], "12 min")
        self.assertEqual(entry["contact"], "Lan Buyer")

    def test_noted_from_the_screen(self):
        overview = self.env["customer.overview"].with_user(self.seller)
        actions = {
            action["key"]: action["action"]
            for action in overview.get_overview(self.customer.id)["actions"]
        }
        context = actions["call"]["context"]
        self.assertEqual(context["default_partner_id"], self.customer.id)
        self.assertEqual(context["default_partner_phone"], self.customer.phone)
