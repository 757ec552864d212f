# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import storable


class DocumentPageVote(models.Model):
    """What one reader thinks of an article; the last word counts."""

    _name = "document.page.vote"
    _description = "Vote on an Article"
    _order = "id desc"
    _rec_name = "value"

    page_id = fields.Many2one(
        "document.page", required=True, ondelete="cascade", index=True
    )
    voter = fields.Char(
        required=True,
        groups="base.group_system",
        help="A user, or the session of a visitor.",
    )
    value = fields.Selection([("yes", "Useful"), ("no", "Not Useful")], required=True)
    source = fields.Selection(
        [("article", "Article"), ("ticket", "Instead of a Ticket")],
        default="article",
        required=True,
    )
    comment = fields.Text()

    _voter_uniq = models.Constraint(
        "UNIQUE (page_id, voter, source)", "Everybody has one vote."
    )

    @api.model
    def _vote(self, page, voter, value, source="article", comment=""):
        """Take a vote in one statement, however often it is sent."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO document_page_vote
                    (page_id, voter, value, source, comment, create_date, write_date)
                VALUES (%s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC',
                        NOW() AT TIME ZONE 'UTC')
                ON CONFLICT (page_id, voter, source) DO UPDATE
                   SET value = EXCLUDED.value,
                       comment = COALESCE(NULLIF(EXCLUDED.comment, ''),
                                          document_page_vote.comment),
                       write_date = EXCLUDED.write_date
                """,
                page.id,
                voter,
                value,
                source,
                storable(comment or "")[:1000],
            )
        )
        self.invalidate_model()
        page.invalidate_recordset()
