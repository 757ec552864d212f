# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

#: articles in a first answer / offered to an agent
_IN_ANSWER, _FOR_AGENT = 3, 10


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    article_ids = fields.One2many("document.page", "ticket_id", "Articles Written")

    @api.model
    def _get_suggested_articles(self, text, lang):
        """Override of `crm_plus_helpdesk_mgmt`: what everybody may read.

        The answer goes to an address that anybody may have given, so articles for
        customers with an account stay out of it.
        """
        found = super()._get_suggested_articles(text, lang)
        # the customer has no session here: the domain says what a visitor may read
        releases = self.env["document.page.release"].sudo()
        company = self.company_id or self.env.company
        domain = Domain("audience", "=", "public") & Domain(
            "company_id", "in", (False, company.id)
        )
        articles = releases._find(text, lang, _IN_ANSWER, domain, strict=True)
        return found + [
            {"title": article.name, "url": article.url} for article in articles
        ]

    def action_find_articles(self):
        """Open the articles that may answer this ticket."""
        self.ensure_one()
        text = f"{self.name} {html2plaintext(self.description or '')}"
        releases = self.env["document.page.release"]._find(text, limit=_FOR_AGENT)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Articles"),
            "res_model": "document.page",
            "view_mode": "list,form",
            "views": [
                (self.env.ref("document_page.view_wiki_tree").id, "list"),
                (self.env.ref("document_page.view_wiki_form").id, "form"),
            ],
            "domain": [("id", "in", releases.page_id.ids)],
        }

    def action_write_article(self):
        """Start an article from this ticket: the question, and what was answered.

        What the customer told stays out; an author sees to the rest before anybody
        else reads the article.

        :raises UserError: without an answer to learn from
        """
        self.ensure_one()
        answers = self.message_ids.filtered(
            lambda message: (
                self._is_conversation(message) and self._is_from_employee(message)
            )
        ).sorted("id")
        if not answers:
            raise UserError(
                self.env._(
                    "Nobody has answered this ticket yet: there is no article in it."
                )
            )
        page = self.env["document.page"].create(
            {
                "name": self.name,
                "draft_name": "1",
                "draft_summary": self.env._(
                    "From ticket %(number)s", number=self.number
                ),
                "content": Markup("<hr/>").join(answers.mapped("body")),
                "ticket_id": self.id,
            }
        )
        return {
            **page._get_records_action(),
            "views": [(self.env.ref("document_page.view_wiki_form").id, "form")],
        }
