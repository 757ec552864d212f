# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import fold, storable

_LONGEST = 80  # letters


class DocumentSearchMiss(models.Model):
    """What people searched for and did not find: the articles to write next."""

    _name = "document.search.miss"
    _description = "Searched and Not Found"
    _order = "count desc, last_at desc"
    _rec_name = "query"

    query = fields.Char(string="Searched", required=True)
    lang = fields.Char(string="Language", required=True)
    count = fields.Integer(string="Times", default=1)
    first_at = fields.Datetime(string="First")
    last_at = fields.Datetime(string="Last")
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered"), ("ignored", "Ignored")],
        default="open",
        required=True,
        index=True,
    )
    page_id = fields.Many2one(
        "document.page", string="Answered By", ondelete="set null"
    )

    _query_uniq = models.Constraint(
        "UNIQUE (query, lang)", "This search is counted already."
    )

    @api.model
    def _note(self, query, lang):
        """Count a search without a result. An address is nobody's business."""
        text = " ".join(fold(storable(query)).split())[:_LONGEST]
        if len(text) < 2 or "@" in text:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO document_search_miss AS miss
                    (query, lang, count, state, first_at, last_at)
                VALUES (%s, %s, 1, 'open', NOW() AT TIME ZONE 'UTC',
                        NOW() AT TIME ZONE 'UTC')
                ON CONFLICT (query, lang) DO UPDATE
                   SET count = miss.count + 1, last_at = EXCLUDED.last_at
                """,
                text,
                lang or "en_US",
            )
        )
        self.invalidate_model()

    def action_write_article(self):
        """Start the article that was missing."""
        self.ensure_one()
        if not self.page_id:
            self.page_id = self.env["document.page"].create(
                {
                    "name": self.query.capitalize(),
                    "keywords": self.query,
                    "lang": self._get_page_lang(),
                    "draft_name": "1",
                    "draft_summary": self.env._("Searched and not found"),
                }
            )
        self.state = "answered"
        return self.page_id._get_records_action()

    def _get_page_lang(self):
        installed = dict(self.env["res.lang"].get_installed())
        fallback = self.env.lang or self.env.user.lang or "en_US"
        return self.lang if self.lang in installed else fallback

    def action_ignore(self):
        """Not worth an article."""
        self.state = "ignored"

    def action_reopen(self):
        """Worth one after all."""
        self.state = "open"

    @api.autovacuum
    def _gc_single_searches(self):
        since = fields.Datetime.now() - timedelta(days=90)
        domain = [("count", "=", 1), ("state", "=", "open"), ("last_at", "<", since)]
        self.search(domain, limit=10_000).unlink()
