# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: seconds after which somebody who gave no sign has gone
_PRESENT = 60


class HelpdeskTicketViewer(models.Model):
    """Who has a ticket open in a window."""

    _name = "helpdesk.ticket.viewer"
    _description = "Ticket Open in a Window"
    _log_access = False

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    seen_at = fields.Datetime(required=True)

    _viewer_uniq = models.Constraint("UNIQUE (ticket_id, user_id)", "Once a user.")

    def _note(self, ticket):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_ticket_viewer (ticket_id, user_id, seen_at)
                VALUES (%s, %s, NOW() AT TIME ZONE 'UTC')
                ON CONFLICT (ticket_id, user_id) DO UPDATE
                   SET seen_at = EXCLUDED.seen_at
                """,
                ticket.id,
                self.env.uid,
            )
        )
        self.invalidate_model()

    def _get_others(self, ticket):
        since = fields.Datetime.now() - timedelta(seconds=_PRESENT)
        return self.search(
            [
                ("ticket_id", "=", ticket.id),
                ("user_id", "!=", self.env.uid),
                ("seen_at", ">=", since),
            ]
        ).user_id

    @api.autovacuum
    def _gc_gone(self):
        since = fields.Datetime.now() - timedelta(days=1)
        self.search([("seen_at", "<", since)]).unlink()
