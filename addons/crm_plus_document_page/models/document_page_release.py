# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools import plain, slug
from .document_page import AUDIENCES

#: letters of an article that are searched
_SEARCHED = 20_000


class DocumentPageRelease(models.Model):
    """What was published: all that readers ever get of a page."""

    _name = "document.page.release"
    _description = "Published Article"
    _order = "name, id"

    # readers do not learn what the page is called meanwhile
    page_id = fields.Many2one(
        "document.page",
        required=True,
        ondelete="cascade",
        index=True,
        groups="document_knowledge.group_document_user",
    )
    number = fields.Integer(
        required=True,
        index=True,
        help="The same for an article and its translations.",
    )
    is_original = fields.Boolean(help="Not a translation.")
    history_id = fields.Many2one(
        "document.page.history",
        ondelete="set null",
        groups="document_knowledge.group_document_user",
    )
    version = fields.Integer(required=True)
    is_current = fields.Boolean(string="Current")
    name = fields.Char(string="Title", required=True)
    lang = fields.Selection("_get_languages", string="Language", required=True)
    audience = fields.Selection(AUDIENCES, string="For", required=True, index=True)
    abstract = fields.Text()
    keywords = fields.Char()
    category = fields.Char()
    # whatever the page holds: here nothing is left that a browser would run
    content = fields.Html(
        sanitize=True,
        sanitize_overridable=False,
        sanitize_attributes=True,
        sanitize_form=True,
        strip_classes=False,
    )
    company_id = fields.Many2one("res.company", index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Published By",
        groups="document_knowledge.group_document_user",
    )
    # of what is searched most of the hits are in the head: title and keywords
    head_text = fields.Char(compute="_compute_search_text", store=True)
    search_text = fields.Text(
        compute="_compute_search_text", store=True, index="trigram"
    )
    url = fields.Char(string="Address", compute="_compute_url")

    _current_uniq = models.UniqueIndex(
        "(page_id) WHERE is_current", "An article has one current version."
    )
    _version_uniq = models.Constraint(
        "UNIQUE (page_id, version)", "This version is there already."
    )

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("name", "keywords", "abstract", "content")
    def _compute_search_text(self):
        for release in self:
            release.head_text = plain(f"{release.name} {release.keywords or ''}")
            body = html2plaintext(release.content or "")[:_SEARCHED]
            release.search_text = plain(
                f"{release.head_text} {release.abstract or ''} {body}"
            )

    @api.depends("name", "number")
    def _compute_url(self):
        for release in self:
            words = slug(release.name)
            number = release.number
            release.url = f"/help/{words}-{number}" if words else f"/help/{number}"

    def _in_language(self, lang, scope=()):
        """Of each article the version in ``lang``, or the next best.

        Next best is the same language of another country, then the original. Only
        what the user may read counts; articles keep their order.

        :param scope: a domain that narrows it, for a search on behalf of others
        """
        domain = [("is_current", "=", True), ("number", "in", self.mapped("number"))]
        best = {}
        for release in self.search(Domain(scope) & Domain(domain)):
            rank = (
                release.lang != lang,
                release.lang[:2] != (lang or "")[:2],
                not release.is_original,
                release.id,
            )
            known = best.get(release.number)
            if not known or rank < known[0]:
                best[release.number] = (rank, release)
        chosen = self.browse()
        for release in self:
            if release.number in best:
                chosen |= best[release.number][1]
        return chosen

    @api.model
    def _get_by_slug(self, text, lang):
        """The article that the end of an address names, in the best language."""
        number = (text or "").rsplit("-", 1)[-1]
        if not number.isdecimal() or len(number) > 9:
            return self.browse()
        found = self.search(
            [("is_current", "=", True), ("number", "=", int(number))], limit=1
        )
        return found._in_language(lang)
