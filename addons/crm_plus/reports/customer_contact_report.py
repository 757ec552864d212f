# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class CustomerContactReport(models.Model):
    """One contact between an employee and a customer: mail, meeting, call, ..."""

    _name = "customer.contact.report"
    _description = "Contacts With Customers"
    _auto = False
    _order = "occurred_at desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "mail.message": ["model", "res_id", "author_id", "message_type", "date"],
        "calendar.event": ["start", "duration", "opportunity_id", "user_id"],
        "crm.lead": ["partner_id", "first_response_at", "first_response_hours"],
    }

    occurred_at = fields.Datetime("Date", readonly=True)
    kind = fields.Selection(
        [
            ("mail", "Mail"),
            ("meeting", "Meeting"),
            ("call", "Call"),
            ("visit", "Visit"),
            ("response", "First response"),
        ],
        readonly=True,
    )
    direction = fields.Selection([("out", "By Us"), ("in", "By Them")], readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Employee", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    contact_count = fields.Integer("Contacts Made", readonly=True)
    duration = fields.Float(
        "Minutes", readonly=True, help="Length of meetings and calls"
    )
    response_hours = fields.Float(
        "Hours to First Response",
        readonly=True,
        aggregator="avg",
        help="Working hours between assignment and first contact of a lead",
    )
    result = fields.Char(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT c.id, c.occurred_at, c.kind, c.direction,
                p.commercial_partner_id AS partner_id, c.user_id,
                u.sale_team_id AS team_id, c.company_id, c.contact_count, c.duration,
                c.response_hours, c.result
            FROM (%s) AS c(id, occurred_at, kind, direction, partner_id, user_id,
                company_id, contact_count, duration, response_hours, result)
            LEFT JOIN res_partner p ON p.id = c.partner_id
            LEFT JOIN res_users u ON u.id = c.user_id
            """,
            SQL(" UNION ALL ").join(self._get_contact_sources()),
        )

    @api.model
    def _get_contact_sources(self):
        """:return: SQL selects of contacts; a hook for bridges.

        Columns: id (unique over all sources: the row's id times ten plus a digit of
        its own; 1 to 4 are taken, calls are 5, visits 6, tickets 7 and 8),
        occurred_at (UTC), kind, direction, partner_id, user_id, company_id,
        contact_count (1, or 0 for rows that only measure), duration (minutes),
        response_hours, result (text).
        """
        return [
            self._get_mail_source("crm.lead", "crm_lead", 1),
            self._get_mail_source("sale.order", "sale_order", 2),
            self._get_meeting_source(),
            self._get_response_source(),
        ]

    @api.model
    def _get_mail_source(self, model, table, digit):
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return SQL(
            """
            SELECT m.id::bigint * 10 + %(digit)s, m.date, 'mail',
                CASE WHEN u.id IS NULL THEN 'in' ELSE 'out' END,
                d.partner_id, COALESCE(u.id, d.user_id), d.company_id, 1,
                NULL::float, NULL::float, NULL::varchar
            FROM mail_message m
            JOIN %(table)s d ON d.id = m.res_id
            LEFT JOIN LATERAL (
                SELECT id FROM res_users WHERE partner_id = m.author_id AND NOT share
                ORDER BY id LIMIT 1
            ) u ON TRUE
            WHERE m.model = %(model)s AND (m.message_type = 'email'
                OR (m.message_type IN ('comment', 'email_outgoing')
                    AND m.subtype_id = %(comment)s))
            """,
            digit=digit,
            table=SQL.identifier(table),
            model=model,
            comment=comment or 0,
        )

    @api.model
    def _get_meeting_source(self):
        return SQL(
            """
            SELECT e.id::bigint * 10 + 3, e.start, 'meeting', 'out',
                COALESCE(l.partner_id, guest.id), e.user_id, l.company_id, 1,
                e.duration * 60, NULL::float, NULL::varchar
            FROM calendar_event e
            LEFT JOIN crm_lead l ON l.id = e.opportunity_id
            LEFT JOIN LATERAL (
                SELECT r.res_partner_id AS id
                FROM calendar_event_res_partner_rel r
                WHERE r.calendar_event_id = e.id AND NOT EXISTS (
                    SELECT 1 FROM res_users u
                    WHERE u.partner_id = r.res_partner_id AND NOT u.share)
                ORDER BY 1 LIMIT 1
            ) guest ON TRUE
            WHERE e.active AND e.stop <= now() AT TIME ZONE 'UTC'
              AND COALESCE(l.partner_id, guest.id) IS NOT NULL
            """
        )

    @api.model
    def _get_response_source(self):
        return SQL(
            "SELECT id::bigint * 10 + 4, first_response_at, 'response', 'out',"
            " partner_id, user_id, company_id, 0, NULL::float, first_response_hours,"
            " NULL::varchar FROM crm_lead WHERE first_response_at IS NOT NULL"
        )
