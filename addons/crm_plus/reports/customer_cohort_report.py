# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CustomerCohortReport(models.Model):
    """A customer in each month since the first purchase: bought again, or not.

    Built from the months that customers in figures keep: the last 24. A month counts
    when more was bought in it than came back. Retention is an average over customers
    who are old enough, so that it is right for any group and in every total.
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
        aggregator="avg",
        help="Share of the customers who began in a month and bought in a later one.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT (s.id::bigint * 24 + a.age) AS id, s.partner_id, s.company_id,
                s.user_id, s.team_id, p.country_id, p.industry_id, s.lead_source_id,
                d.cohort, a.month, a.age, 'M' || lpad(a.age::text, 2, '0') AS age_label,
                GREATEST(v.revenue, 0) AS revenue,
                (COALESCE(v.revenue, 0) > 0)::integer::float AS retention
            """
        )

    def _from(self):
        return SQL(
            """
            FROM customer_snapshot s
            JOIN res_partner p ON p.id = s.partner_id
            CROSS JOIN LATERAL (
                SELECT date_trunc('month', s.first_order_date)::date AS cohort,
                    date_trunc('month', s.computed_at)::date AS last
            ) d
            CROSS JOIN LATERAL (
                SELECT g.age, (d.cohort + make_interval(months => g.age))::date AS month
                FROM generate_series(0, LEAST(23,
                    (date_part('year', d.last) - date_part('year', d.cohort)) * 12
                    + date_part('month', d.last) - date_part('month', d.cohort)
                )::integer) AS g(age)
            ) a
            CROSS JOIN LATERAL (
                SELECT (s.month_values ->> to_char(a.month, 'YYYY-MM'))::numeric
                    AS revenue
            ) v
            """
        )

    def _where(self):
        """Cohorts whose every month is kept."""
        return SQL("WHERE s.active AND d.cohort > s.computed_at - interval '24 months'")
