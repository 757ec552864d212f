# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..words import WORDS
from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestPortal(ServiceCase, HttpCase):
    """The form and the pages of customers."""

    def setUp(self):
        super().setUp()
        self.portal.password = self.other.password = "portal-pass-1"
        self.session = self.authenticate("service_portal", "portal-pass-1")
        self.env.company.helpdesk_mgmt_portal_select_team = True

    def _post(self, url, **data):
        token = Request.csrf_token(self)
        return self.url_open(url, data={"csrf_token": token, **data})

    def _send(self, **data):
        values = {"subject": "Lamp", "description": "It is dark", "team": self.team.id}
        return self._post("/submitted/ticket", **{**values, **data})

    def _mine(self):
        domain = [("partner_id", "=", self.portal.partner_id.id)]
        return self.env["helpdesk.ticket"].search(domain)

    def test_the_form_makes_a_ticket_and_answers(self):
        self.team.auto_answer = True
        order = self.env["sale.order"].create({"partner_id": self.portal.partner_id.id})
        order.state = "sale"
        page = self.url_open("/new/ticket")
        self.assertIn(order.name, page.text)
        self._send(order=order.id)
        ticket = self._mine()
        self.assertEqual((ticket.name, ticket.sale_order_id), ("Lamp", order))
        self.assertFalse(ticket.user_id)
        self.assertTrue(ticket.auto_answered_at)

    def test_somebody_elses_order_is_left_out(self):
        order = self.env["sale.order"].create({"partner_id": self.other.partner_id.id})
        order.state = "sale"
        self._send(order=order.id)
        self.assertFalse(self._mine().sale_order_id)

    def test_an_order_of_a_subsidiary_is_not_offered(self):
        family = self.portal.partner_id
        family.is_company = True
        subsidiary = self.env["res.partner"].create(
            {"name": "Sub", "is_company": True, "parent_id": family.id}
        )
        order = self.env["sale.order"].create({"partner_id": subsidiary.id})
        order.state = "sale"
        self.assertNotIn(order.name, self.url_open("/new/ticket").text)
        self._send(order=order.id)
        self.assertEqual(len(self._mine()), 1)
        self.assertFalse(self._mine().sale_order_id)

    def test_a_team_of_another_company_is_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.team.create({"name": "Theirs", "company_id": company.id})
        self._send(team=team.id)
        self.assertEqual(len(self._mine()), 1)
        self.assertNotEqual(self._mine().team_id, team)

    def test_signs_that_no_database_holds(self):
        self._send(subject="La\0mp\r\nBcc: x", description="da\0rk")
        self.assertEqual(self._mine().name, "Lamp Bcc: x")
        self.assertIn("dark", self._mine().description)

    def test_what_was_typed_is_kept_when_something_is_missing(self):
        page = self._send(subject=" ", description="A long story")
        self.assertIn("A long story", page.text)
        self.assertIn("fill in a subject", page.text)
        self.assertFalse(self._mine())

    def test_bad_numbers_are_no_error(self):
        page = self._send(category="x' OR 1=1", team="99999999999", order="-1")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(len(self._mine()), 1)

    def test_robots_and_floods_are_stopped(self):
        self._send(website="http://spam.example.com")
        self.assertFalse(self._mine())
        self.env["helpdesk.ticket"].with_user(self.portal).sudo().create(
            [
                {
                    "name": "Flood",
                    "description": "x",
                    "partner_id": self.portal.partner_id.id,
                    "user_id": False,
                }
            ]
            * 10
        )
        page = self._send()
        self.assertIn("within an hour", page.text)
        self.assertEqual(len(self._mine()), 10)

    def test_one_closes_and_reopens_one_s_own_tickets_only(self):
        mine, theirs = self._ticket(), self._ticket(partner_id=self.other.partner_id.id)
        for ticket in mine | theirs:
            self._post("/ticket/close", ticket_id=ticket.id, stage_id=self.done.id)
        self.assertEqual((mine.stage_id, theirs.stage_id), (self.done, self.new))
        page = self.url_open(f"/my/ticket/{mine.id}")
        self.assertIn("o_ticket_rating", page.text)
        self.assertIn("reopen_ticket", page.text)
        theirs.stage_id = self.done
        for ticket in mine | theirs:
            self._post("/my/ticket/reopen", ticket_id=ticket.id)
        self.assertEqual((mine.stage_id, theirs.stage_id), (self.work, self.done))

    def test_a_link_closes_nothing(self):
        ticket = self._ticket()
        self.url_open(f"/ticket/close?ticket_id={ticket.id}&stage_id={self.done.id}")
        self.assertEqual(ticket.stage_id, self.new)

    def test_the_search_bar_says_it_in_words_of_ours(self):
        said = set()

        def say(env, text):
            said.add(text)
            return f"{text} ({env.lang})"

        self._ticket()
        controller = "odoo.addons.crm_plus_helpdesk_mgmt.controllers.ticket_page"
        with patch(f"{controller}.say", say):
            page = self.url_open("/my/tickets")
        for text in ("All", "Newest", "None", "Search in Title"):
            self.assertIn(f"{text} (en_US)", page.text)
        self.assertLessEqual(said, set(WORDS))
