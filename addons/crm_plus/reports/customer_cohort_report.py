# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CustomerCohortReport(models.Model):
    """A customer in a month with purchases, beside those who began in the same month.

    Built from the months that customers in figures keep: the last 24. A month counts
    when more was bought in it than came back.
    """

    _name = "customer.cohort.report"
    _description = "Cohorts of Customers"
    _auto = False
    _rec_name = "partner_id"
    _order = "cohort DESC, age"
    _depends = {"customer.snapshot": ["month_values", "first_order_date"]}

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    lead_source_id = fields.Many2one("utm.source", "Source", readonly=True)
    cohort = fields.Date("First Purchase", readonly=True)
    month = fields.Date(readonly=True)
    age = fields.Integer("Months After", readonly=True, aggregator=None)
    age_label = fields.Char("After", readonly=True)
    revenue = fields.Monetary(readonly=True)
    retention = fields.Float(
        readonly=True,
        help="Share of the customers who began in a month and bought in a later one.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT (s.id::bigint * 24 + d.age) AS id, s.partner_id, s.company_id,
                s.user_id, s.team_id, p.country_id, p.industry_id, s.lead_source_id,
                d.cohort, d.month, d.age, 'M' || lpad(d.age::text, 2, '0') AS age_label,
                d.revenue, 1.0 / c.customers AS retention
            """
        )

    def _from(self):
        return SQL(
            """
            FROM customer_snapshot s
            JOIN res_partner p ON p.id = s.partner_id
            CROSS JOIN LATERAL (
                SELECT date_trunc('month', s.first_order_date)::date AS cohort,
                    to_date(v.key, 'YYYY-MM') AS month,
                    v.value::numeric AS revenue,
                    ((left(v.key, 4)::integer * 12 + right(v.key, 2)::integer)
                        - (date_part('year', s.first_order_date) * 12
                            + date_part('month', s.first_order_date)))::integer AS age
                FROM jsonb_each_text(s.month_values) v
            ) d
            JOIN (
                SELECT company_id,
                    date_trunc('month', first_order_date)::date AS cohort,
                    COUNT(*) AS customers
                FROM customer_snapshot WHERE active GROUP BY 1, 2
            ) c ON c.company_id = s.company_id AND c.cohort = d.cohort
            """
        )

    def _where(self):
        """Cohorts whose every month is kept."""
        return SQL(
            """
            WHERE s.active AND d.revenue > 0 AND d.age BETWEEN 0 AND 23
                AND d.cohort > s.computed_at - interval '24 months'
            """
        )
