# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.crm_plus.tests.view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestServiceInCustomerView(CustomerViewCommon):
    """CP-1, CP-5: service sees contacts and tickets, no figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._make_user(
            "view_agent", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Box arrived open",
                "description": "The seal was broken",
                "partner_id": cls.contact.id,
                "user_id": cls.agent.id,
            }
        )

    def test_contacts_without_figures(self):
        self._make_order()
        self._make_snapshot(order_count=1, revenue_12m=100)
        overview = self.env["customer.overview"].with_user(self.agent)
        head = overview.get_overview(self.customer.id)
        self.assertEqual(head["customer"]["phone"], self.customer.phone)
        self.assertFalse(head["standing"])
        self.assertFalse(head["tiles"])
        self.assertFalse([month for month in head["months"] if month["amount"]])
        keys = {action["key"] for action in head["actions"]}
        self.assertIn("ticket", keys)
        self.assertNotIn("quotation", keys)

    def test_tickets_with_their_messages(self):
        self._make_order()
        self.ticket.message_post(
            body="Sent a new one", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        kinds = self._kinds(self.agent)
        self.assertTrue({"ticket", "note"} <= kinds)
        self.assertNotIn("order", kinds)
        # sales without a part in the desk do not see its tickets
        self.assertNotIn("ticket", self._kinds(self.seller))
