# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CustomerForecastReport(models.Model):
    """What is likely to come: purchases by a customer's rhythm, and the pipeline.

    A customer with an open deal is counted by the deal, not by the rhythm, too.
    """

    _name = "customer.forecast.report"
    _description = "Sales Forecast"
    _auto = False
    _order = "date, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.lead": ["date_deadline", "expected_revenue", "probability", "active"],
        "customer.snapshot": ["expected_next_date", "average_order"],
    }

    kind = fields.Selection(
        [("rhythm", "Rhythm of the Customer"), ("pipeline", "Pipeline")], readonly=True
    )
    date = fields.Date("Expected", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary("If It Comes", readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg")
    expected_amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT s.id::bigint * 2 AS id, 'rhythm' AS kind,
                greatest(s.expected_next_date, current_date) AS date, s.partner_id,
                NULL::int AS lead_id, s.user_id, s.team_id, s.company_id,
                s.average_order AS amount, s.alive_probability * 100 AS probability,
                s.average_order * s.alive_probability AS expected_amount
            FROM customer_snapshot s
            WHERE s.expected_next_date IS NOT NULL AND COALESCE(s.active, TRUE)
              AND s.alive_probability > 0
              AND NOT EXISTS (SELECT 1 FROM crm_lead l JOIN res_partner p
                ON p.id = l.partner_id WHERE l.active AND l.won_status = 'pending'
                AND l.type = 'opportunity' AND COALESCE(l.expected_revenue, 0) > 0
                AND COALESCE(l.company_id, s.company_id) = s.company_id
                AND p.commercial_partner_id = s.partner_id)
            UNION ALL
            SELECT l.id::bigint * 2 + 1, 'pipeline',
                greatest(COALESCE(l.date_deadline, current_date + 30), current_date),
                p.commercial_partner_id, l.id, l.user_id, l.team_id,
                COALESCE(l.company_id, t.company_id, u.company_id),
                l.expected_revenue, l.probability,
                l.expected_revenue * l.probability / 100
            FROM crm_lead l
            LEFT JOIN res_partner p ON p.id = l.partner_id
            LEFT JOIN crm_team t ON t.id = l.team_id
            LEFT JOIN res_users u ON u.id = l.user_id
            WHERE l.active AND l.won_status = 'pending' AND l.type = 'opportunity'
              AND COALESCE(l.expected_revenue, 0) > 0
            """
        )
