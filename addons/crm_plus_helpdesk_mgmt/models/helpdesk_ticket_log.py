# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..tools.deadline import PAUSED, REACHED, RUNNING, Segment


class HelpdeskTicketLog(models.Model):
    """What happened to a ticket and when; written once, never changed."""

    _name = "helpdesk.ticket.log"
    _description = "Ticket History"
    _order = "at, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", index=True
    )
    at = fields.Datetime(string="Time", required=True, default=fields.Datetime.now)
    kind = fields.Selection(
        [("stage", "Stage"), ("answer", "Answer")], required=True, default="stage"
    )
    stage_id = fields.Many2one("helpdesk.ticket.stage", ondelete="set null")
    # as the stage was then: what is set up later does not rewrite history
    stage_sequence = fields.Integer()
    waiting = fields.Boolean(help="The clock stood still.")
    closed = fields.Boolean()
    user_id = fields.Many2one("res.users", ondelete="set null")

    def _prepare_stage_vals(self, ticket):
        stage = ticket.stage_id
        return {
            "ticket_id": ticket.id,
            "kind": "stage",
            "stage_id": stage.id,
            "stage_sequence": stage.sequence,
            "waiting": stage.waiting,
            "closed": stage.closed,
            "user_id": self.env.uid,
        }

    def _log_stages(self, tickets):
        """The stage that each of ``tickets`` has now."""
        return self.create([self._prepare_stage_vals(ticket) for ticket in tickets])

    def _get_mode(self, sla):
        """What the clock of the policy ``sla`` does from this row on."""
        self.ensure_one()
        if self.kind == "answer":
            return REACHED if sla.target_type == "answer" else None
        if self.closed:
            return REACHED
        if sla.target_type == "stage" and self.stage_sequence >= sla.stage_id.sequence:
            return REACHED
        if self.waiting or self.stage_id in sla.ignore_stage_ids:
            return PAUSED
        return RUNNING

    def _get_segments(self, sla, start):
        """The history as ``sla`` sees it. What starts it is the ticket's creation."""
        segments = []
        for row in self:
            mode = row._get_mode(sla)
            if mode and (not segments or segments[-1].mode != mode):
                segments.append(Segment(max(row.at, start), mode))
            if mode == REACHED and sla.target_type == "answer":
                break  # a first answer is given once
        if not segments or segments[0].start > start:
            segments.insert(0, Segment(start, RUNNING))
        return segments

    def _import_history(self):
        """Make rows for tickets without any, from their tracked stages and answers."""
        self.env.flush_all()
        self.env.cr.execute(self._get_stage_import_query())
        self.env.cr.execute(self._get_answer_import_query())
        self.env.invalidate_all()

    def _get_stage_import_query(self):
        return SQL(
            """
            WITH moves AS (
                SELECT m.res_id, m.date, v.id, v.old_value_integer AS before,
                       v.new_value_integer AS after
                  FROM mail_tracking_value v
                  JOIN mail_message m ON m.id = v.mail_message_id
                  JOIN ir_model_fields f ON f.id = v.field_id
                 WHERE f.model = 'helpdesk.ticket' AND f.name = 'stage_id'
                   AND m.model = 'helpdesk.ticket'
                   AND v.old_value_integer IS NOT NULL
            ), steps AS (
                SELECT t.id AS ticket_id, t.create_date AS at, 0 AS step, COALESCE(
                    (SELECT before FROM moves WHERE res_id = t.id
                      ORDER BY date, id LIMIT 1), t.stage_id) AS stage_id
                  FROM helpdesk_ticket t
                UNION ALL
                SELECT res_id, date, id, after FROM moves
            )
            INSERT INTO helpdesk_ticket_log
                (ticket_id, at, kind, stage_id, stage_sequence, waiting, closed)
            SELECT s.ticket_id, s.at, 'stage', g.id, g.sequence,
                   COALESCE(g.waiting, FALSE), COALESCE(g.closed, FALSE)
              FROM steps s
              JOIN helpdesk_ticket t ON t.id = s.ticket_id
              JOIN helpdesk_ticket_stage g ON g.id = s.stage_id
             WHERE NOT EXISTS (
                SELECT FROM helpdesk_ticket_log l WHERE l.ticket_id = s.ticket_id)
             ORDER BY s.ticket_id, s.at, s.step
            """
        )

    def _get_answer_import_query(self):
        return SQL(
            """
            INSERT INTO helpdesk_ticket_log (ticket_id, at, kind, user_id)
            SELECT m.res_id, MIN(m.date), 'answer', NULL
              FROM mail_message m
              JOIN helpdesk_ticket t ON t.id = m.res_id
              JOIN res_partner p ON p.id = m.author_id
              JOIN mail_message_subtype s ON s.id = m.subtype_id
             WHERE m.model = 'helpdesk.ticket'
               AND m.message_type IN ('comment', 'email')
               AND NOT COALESCE(m.is_internal, FALSE)
               AND NOT COALESCE(s.internal, FALSE)
               AND NOT COALESCE(p.partner_share, TRUE)
               AND m.date > t.create_date
               AND NOT EXISTS (
                SELECT FROM helpdesk_ticket_log l
                 WHERE l.ticket_id = m.res_id AND l.kind = 'answer')
             GROUP BY m.res_id
            """
        )

    def _by_ticket(self, tickets):
        """``{ticket id: rows in order}`` in one query."""
        rows = defaultdict(self.browse)
        for row in self.search([("ticket_id", "in", tickets.ids)]):
            rows[row.ticket_id.id] |= row
        return rows
