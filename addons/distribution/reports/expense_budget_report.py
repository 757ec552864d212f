# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

_COUNTERS = (
    "planned_amount",
    "topped_up_amount",
    "transferred_amount",
    "carried_amount",
    "requested_amount",
    "committed_amount",
    "actual_amount",
    "available_amount",
)


class ExpenseBudgetReport(models.Model):
    """Budget against actual, as of today: what should have been spent by now, what
    was, and where the year ends if it goes on like that.

    The forecast of a month is what it spent and will surely spend; of the running
    month at least its pace so far; of months to come their budget at the pace of the
    months of the same centre, type and year that are over.
    """

    _name = "expense.budget.report"
    _description = "Budget Against Actual"
    _auto = False
    _order = "month desc, centre_id, type_id"
    _rec_name = "line_id"
    _depends = {
        "expense.budget": ["state"],
        "expense.budget.line": [
            *_COUNTERS,
            "budget_id",
            "budget_amount",
            "used_amount",
            "centre_id",
            "company_id",
            "manager_id",
            "month",
            "policy",
            "type_id",
        ],
        "res.company": ["currency_id"],
    }

    line_id = fields.Many2one("expense.budget.line", "Budget Line", readonly=True)
    budget_id = fields.Many2one("expense.budget", "Version in Force", readonly=True)
    state = fields.Selection(
        [("approved", "In force"), ("closed", "Closed")], readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    centre_id = fields.Many2one(
        "account.analytic.account", "Responsibility Centre", readonly=True
    )
    manager_id = fields.Many2one("res.users", "Answers for It", readonly=True)
    type_id = fields.Many2one("sales.expense.type", readonly=True)
    month = fields.Date(readonly=True)
    planned_amount = fields.Monetary("Planned", readonly=True)
    topped_up_amount = fields.Monetary("Topped Up", readonly=True)
    transferred_amount = fields.Monetary("Transferred", readonly=True)
    carried_amount = fields.Monetary("Carried Over", readonly=True)
    budget_amount = fields.Monetary("Budget", readonly=True)
    requested_amount = fields.Monetary("Requested", readonly=True)
    committed_amount = fields.Monetary("Committed", readonly=True)
    actual_amount = fields.Monetary("Actual", readonly=True)
    available_amount = fields.Monetary("Available", readonly=True)
    theoretical_amount = fields.Monetary(
        "Due by Today", readonly=True, help="The budget's share of the days gone by."
    )
    deviation_amount = fields.Monetary(
        "Deviation",
        readonly=True,
        help="Actual less what was due by today: above zero is too much.",
    )
    forecast_amount = fields.Monetary("Forecast", readonly=True)
    forecast_deviation_amount = fields.Monetary(
        "Forecast Deviation", readonly=True, help="Forecast less budget."
    )
    used_percent = fields.Float(
        "Spent %", readonly=True, aggregator="avg", digits=(16, 1)
    )
    elapsed_percent = fields.Float(
        "Due %", readonly=True, aggregator="avg", digits=(16, 1)
    )
    is_over = fields.Boolean("Over Budget", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT *, actual_amount - theoretical_amount AS deviation_amount,
                forecast_amount - budget_amount AS forecast_deviation_amount,
                100 * actual_amount / NULLIF(budget_amount, 0) AS used_percent,
                100 * theoretical_amount / NULLIF(budget_amount, 0) AS elapsed_percent,
                available_amount < 0 AS is_over
            FROM (
                SELECT line.id, line.id AS line_id, line.budget_id, budget.state,
                    line.company_id, company.currency_id, line.centre_id,
                    line.manager_id, line.type_id, line.month, %(counters)s,
                    line.budget_amount, line.budget_amount * past.share
                        AS theoretical_amount,
                    CASE WHEN past.share = 0 THEN GREATEST(line.used_amount,
                        line.budget_amount * COALESCE(pace.rate, 1))
                    WHEN past.share < 1 THEN GREATEST(line.used_amount,
                        line.actual_amount / past.share)
                    ELSE line.actual_amount + line.committed_amount END
                        AS forecast_amount
                FROM expense_budget_line line
                JOIN expense_budget budget ON budget.id = line.budget_id
                JOIN res_company company ON company.id = line.company_id
                CROSS JOIN LATERAL (SELECT %(share)s AS share) past
                LEFT JOIN (
                    SELECT company_id, centre_id, type_id,
                        date_trunc('year', month) AS year,
                        SUM(actual_amount + committed_amount)
                            / NULLIF(SUM(budget_amount), 0) AS rate
                    FROM expense_budget_line
                    WHERE month < date_trunc('month', %(today)s::date)
                    GROUP BY 1, 2, 3, 4
                ) pace ON pace.company_id = line.company_id
                    AND pace.centre_id = line.centre_id
                    AND pace.type_id = line.type_id
                    AND pace.year = date_trunc('year', line.month)
                WHERE budget.state IN ('approved', 'closed')
            ) AS figures
            """,
            counters=SQL(", ").join(SQL.identifier("line", n) for n in _COUNTERS),
            share=self._get_share(),
            today=self._get_today(),
        )

    def _get_today(self):
        return fields.Date.context_today(self)

    def _get_share(self):
        """The part of a line's month that is over today."""
        return SQL(
            "LEAST(GREATEST(%(today)s::date - line.month + 1, 0)::numeric"
            " / (EXTRACT(DAY FROM line.month + INTERVAL '1 month' - INTERVAL '1 day'))"
            "::numeric, 1)",
            today=self._get_today(),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Override: percentages of groups are of their sums."""
        parts = {
            "used_percent:avg": "actual_amount",
            "elapsed_percent:avg": "theoretical_amount",
        }
        if aggregate_spec not in parts:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, parts[aggregate_spec], query),
            self._field_to_sql(self._table, "budget_amount", query),
        )

    def action_open_line(self):
        """Open the budget line with its movements."""
        self.ensure_one()
        return self.line_id.get_formview_action()
