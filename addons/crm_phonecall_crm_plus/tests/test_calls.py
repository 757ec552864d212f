# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestCalls(BaseCommon):
    """CP-10: calls with a result are contacts, answers and engagement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Hoa"})
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Deal", "partner_id": cls.customer.id}
        )

    def _call(self, result, **values):
        call = self.env["crm.phonecall"].create(
            {
                "name": "Call",
                "partner_id": self.customer.id,
                "opportunity_id": self.lead.id,
                "duration": 6.0,
                "result": result,
                **values,
            }
        )
        call.state = "done"
        self.env.flush_all()
        return call

    def _get_rows(self):
        return self.env["customer.contact.report"].search(
            [("partner_id", "=", self.customer.id), ("kind", "=", "call")]
        )

    def test_a_missed_call_is_no_contact(self):
        self._call("no_answer")
        self.assertFalse(self.lead.first_response_at)
        self.assertEqual(self._get_rows().mapped("contact_count"), [0])

    def test_a_call_that_reached_somebody(self):
        self._call("reached")
        self.assertTrue(self.lead.first_response_at)
        row = self._get_rows()
        self.assertEqual((row.contact_count, row.result), (1, "reached"))
        self.assertEqual(row.direction, "out")

    def test_a_noted_duration_is_kept_when_the_call_was_held(self):
        self.assertEqual(self._call("reached").duration, 6)

    def test_calls_of_another_company_are_not_read(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self._call("reached", company_id=company.id)
        mine = self._call("reached")
        seller = new_test_user(
            self.env, "phone_seller", "sales_team.group_sale_salesman"
        )
        calls = self.env["crm.phonecall"].with_user(seller)
        self.assertEqual(calls.search([("id", "in", (theirs | mine).ids)]), mine)

    def test_calls_score(self):
        version = self.env["crm.score.version"].create({"name": "Calls"})
        group = self.env["crm.score.group"].create(
            {"version_id": version.id, "name": "Talk", "kind": "engagement"}
        )
        self.env["crm.score.rule"].create(
            {
                "version_id": version.id,
                "group_id": group.id,
                "name": "Phoned",
                "points": 30,
                "event": "call",
            }
        )
        self._call("reached")
        self._call("busy")
        version.action_activate()
        self.assertEqual(self.lead.score_engagement, 30)

    def test_erasing_a_person_takes_what_was_said(self):
        call = self._call("reached", description="Moves to 9 Hill", partner_phone="1")
        note = call.message_post(body="Hoa will move")
        self.customer.action_erase_personal_data()
        self.assertFalse(call.description or call.partner_phone or note.body)
        self.assertEqual((call.result, call.duration), ("reached", 6))
