# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class DistributionStockBook(models.Model):
    """The stock book of one member: until when it is closed.

    Every posting of the member UPDATEs this row, and so does closing a month. At
    REPEATABLE READ that makes a posting and a closing that meet start over: no row
    slips into a month that is being closed.
    """

    _name = "distribution.stock.book"
    _description = "Channel Stock Book"
    _rec_name = "member_id"
    _log_access = False

    member_id = fields.Many2one(
        "distribution.member", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    closed_until = fields.Date(readonly=True)
    posting_count = fields.Integer(readonly=True, default=0)

    _member_uniq = models.Constraint(
        "UNIQUE (member_id)", "A member has one stock book."
    )

    @api.model
    def _take_turns(self, members):
        """Count one more posting for each member and say until when it is closed.

        :param members: ``distribution.member`` records
        :return: ``{member id: last closed day or None}``
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO distribution_stock_book AS book
                    (member_id, company_id, posting_count)
                SELECT id, company_id, 1 FROM distribution_member
                WHERE id = ANY(%s) ORDER BY id
                ON CONFLICT (member_id) DO UPDATE
                SET posting_count = book.posting_count + 1
                RETURNING member_id, closed_until
                """,
                sorted(members.ids),
                to_flush=members._fields["company_id"],
            )
        )
        self.invalidate_model(flush=False)
        return dict(rows)

    @api.model
    def _get_closed_until(self, members):
        """``{member id: last closed day}`` of members with a closed month."""
        books = self.sudo().search(
            [("member_id", "in", members.ids), ("closed_until", "!=", False)]
        )
        return {book.member_id.id: book.closed_until for book in books}

    @api.model
    def _close_until(self, member, day):
        """Close the book of ``member`` up to ``day`` (False: open it altogether)."""
        self._take_turns(member)
        book = self.sudo().search([("member_id", "=", member.id)])
        book.closed_until = day
        book.flush_recordset()

    @api.model
    def _get_closed_error(self, member, day, closed_until):
        return UserError(
            self.env._(
                "The channel stock of “%(member)s” is closed up to %(closed)s: "
                "nothing can be posted on %(day)s. Choose a later day, or have a "
                "trade manager open the month again.",
                member=member.sudo().display_name,
                closed=format_date(self.env, closed_until),
                day=format_date(self.env, day),
            )
        )
