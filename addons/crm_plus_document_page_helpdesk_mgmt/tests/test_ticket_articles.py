# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_plus_document_page.tests.common import ArticleCase


@tagged("post_install", "-at_install")
class TestTicketArticles(ArticleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env,
            "article_agent",
            "helpdesk_mgmt.group_helpdesk_user,document_page.group_document_editor",
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Service", "auto_answer": True, "user_ids": cls.agent.ids}
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "I want to return goods",
                "description": "How do I send the parcel back?",
                "team_id": cls.team.id,
                "partner_email": "jo@example.net",
                "user_id": cls.agent.id,
            }
        )

    def test_the_first_answer_names_public_articles_only(self):
        page = self._page()
        self._page("Return goods: accounts", audience="portal")
        self._page("Trả hàng", lang="vi_VN", audience="internal", origin_id=page.id)
        self.ticket._send_first_answer()
        body = self.ticket.message_ids[0].body
        self.assertIn("How to return goods", body)
        self.assertIn(page.release_id.url, body)
        self.assertNotIn("accounts", body)
        found = self.ticket._get_suggested_articles("return goods", "vi_VN")
        self.assertEqual([row["title"] for row in found], ["How to return goods"])

    def test_from_ticket_to_article_and_back(self):
        ticket = self.ticket.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "Nobody has answered"):
            ticket.action_write_article()
        ticket.message_post(
            body="Use the label",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        page = self.env["document.page"].browse(ticket.action_write_article()["res_id"])
        self.assertEqual((page.state, page.audience), ("draft", "internal"))
        self.assertEqual(page.ticket_id, self.ticket)
        self.assertIn("Use the label", page.content)
        self.assertNotIn("parcel back", page.content)

    def test_an_agent_finds_articles_for_the_ticket(self):
        page = self._page(audience="internal")
        action = self.ticket.with_user(self.agent).action_find_articles()
        found = self.env["document.page"].search(action["domain"])
        self.assertEqual(found, page)
