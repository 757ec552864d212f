# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class DistributionCoverage(models.Model):
    """Which members bought in which month, and which did not: a row for both.

    Members that are active count in every month since their first supply link (or
    since they came, or first bought), as far back as the company's ledger goes; others
    until the last month in which they bought. Who bought and gave everything back by a
    correction did not buy.
    """

    _name = "distribution.coverage"
    _description = "Coverage"
    _auto = False
    _order = "month desc, id"
    _rec_name = "member_id"
    _depends = {
        "distribution.ledger": ["company_value", "date", "kind", "quantity"],
        "distribution.supply.link": ["buyer_id", "date_from"],
        "distribution.member": [
            "active",
            "class_id",
            "company_id",
            "level_id",
            "state",
            "territory_id",
            "user_id",
        ],
    }

    member_id = fields.Many2one("distribution.member", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    level_id = fields.Many2one("distribution.level", readonly=True)
    class_id = fields.Many2one("distribution.outlet.class", readonly=True)
    territory_id = fields.Many2one("distribution.territory", readonly=True)
    user_id = fields.Many2one("res.users", "Sales Representative", readonly=True)
    month = fields.Date(readonly=True, help="The first day of the month.")
    active_count = fields.Integer("Active Members", readonly=True)
    bought_count = fields.Integer("Members That Bought", readonly=True)
    coverage = fields.Float(
        "Coverage (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Members that bought, of the active ones.",
    )
    line_count = fields.Integer("Postings", readonly=True)
    value = fields.Monetary("Bought", readonly=True)

    @property
    def _table_query(self):
        # a number of its own for each member and month, without sorting them
        return SQL(
            """
            WITH bought AS MATERIALIZED (
                SELECT member_id, date_trunc('month', date)::date AS month,
                    sum(quantity) AS quantity, sum(company_value) AS value,
                    count(*) AS line_count
                FROM distribution_ledger WHERE kind IN ('sell_in', 'receipt')
                GROUP BY 1, 2
            )
            SELECT (m.id::bigint * 2400 + EXTRACT(YEAR FROM months.month)::int * 12
                    + EXTRACT(MONTH FROM months.month)::int - 24000) AS id,
                m.id AS member_id, m.company_id, company.currency_id, m.level_id,
                m.class_id, m.territory_id, m.user_id,
                months.month::date AS month, 1 AS active_count,
                CASE WHEN bought.quantity > 0 THEN 1 ELSE 0 END AS bought_count,
                CASE WHEN bought.quantity > 0 THEN 100.0 ELSE 0.0 END AS coverage,
                COALESCE(bought.line_count, 0) AS line_count,
                COALESCE(bought.value, 0) AS value
            FROM distribution_member m
            JOIN res_company company ON company.id = m.company_id
            LEFT JOIN (
                SELECT member_id, min(month) AS first, max(month) AS last
                FROM bought GROUP BY member_id
            ) span ON span.member_id = m.id
            LEFT JOIN (
                SELECT buyer_id, min(date_from) AS first
                FROM distribution_supply_link GROUP BY buyer_id
            ) link ON link.buyer_id = m.id
            LEFT JOIN (
                SELECT own.company_id, min(bought.month) AS first
                FROM bought JOIN distribution_member own ON own.id = bought.member_id
                GROUP BY own.company_id
            ) ledger ON ledger.company_id = m.company_id
            CROSS JOIN LATERAL generate_series(
                date_trunc('month', GREATEST(
                    LEAST(m.create_date, link.first, span.first),
                    COALESCE(ledger.first, %(today)s::date))),
                CASE WHEN m.state = 'active' AND m.active
                    THEN GREATEST(%(today)s::timestamp, span.last)
                    ELSE span.last::timestamp END,
                INTERVAL '1 month'
            ) AS months(month)
            LEFT JOIN bought ON bought.member_id = m.id
             AND bought.month = months.month::date
            """,
            today=fields.Date.context_today(self),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Override: the coverage of a group is that of its members."""
        if aggregate_spec != "coverage:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100.0 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "bought_count", query),
            self._field_to_sql(self._table, "active_count", query),
        )

    def action_open_member(self):
        """Open the member of this row."""
        self.ensure_one()
        return self.member_id.get_formview_action()
