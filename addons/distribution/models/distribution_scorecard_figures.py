# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class DistributionScorecard(models.Model):
    """A scorecard; here: figures read from budgets, invoices and payments.

    Any number of scorecards costs two queries, whatever their periods are.
    """

    _inherit = "distribution.scorecard"

    def _update_figures(self):
        """Read the actuals of all figures that are not typed."""
        lines = self.line_ids.filtered(lambda line: line.source != "manual")
        if not lines:
            return
        budgets = self._get_budget_figures()
        sales = self._get_sales_figures()
        for line in lines:
            card = line.scorecard_id
            figures = {**budgets.get(card.id, {}), **sales.get(card.id, {})}
            line.sudo().actual = getattr(self, f"_get_{line.source}")(figures)
        self.sudo().computed_at = fields.Datetime.now()

    def _get_execution_rate(self, figures):
        return _percent(figures.get("actual"), figures.get("budget"))

    def _get_overspend(self, figures):
        return _percent(figures.get("over"), figures.get("budget"))

    def _get_sales(self, figures):
        return figures.get("sales") or 0.0

    def _get_return_on_spend(self, figures):
        spent = figures.get("actual") or 0.0
        return (figures.get("sales") or 0.0) / spent if spent > 0 else 0.0

    def _get_collection(self, figures):
        return _percent(figures.get("collected"), figures.get("sales"))

    def _select_cards(self):
        """The scorecards' periods as rows of a query."""
        self.flush_recordset()
        return SQL(
            "SELECT id, company_id, centre_id, date_from, date_to"
            " FROM distribution_scorecard WHERE id = ANY(%s)",
            self.ids,
        )

    def _get_budget_figures(self):
        """``{scorecard id: {"budget", "actual", "over"}}``"""
        self.env["expense.budget.line"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT card.id, SUM(line.budget_amount)::float AS budget,
                    SUM(line.actual_amount)::float AS actual,
                    SUM(GREATEST(line.actual_amount - line.budget_amount, 0))::float
                        AS over
                FROM (%s) card
                JOIN expense_budget_line line ON line.company_id = card.company_id
                    AND line.centre_id = card.centre_id
                    AND line.month BETWEEN date_trunc('month', card.date_from)
                        AND card.date_to
                GROUP BY card.id
                """,
                self._select_cards(),
            )
        )
        return {row["id"]: row for row in rows}

    def _from_sales(self):
        """Invoiced lines with the centres they are distributed to."""
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        return SQL(
            """
            (%s) card
            JOIN account_move_line line ON line.company_id = card.company_id
                AND line.date BETWEEN card.date_from AND card.date_to
                AND line.parent_state = 'posted' AND line.display_type = 'product'
                AND line.analytic_distribution IS NOT NULL
            JOIN account_move move ON move.id = line.move_id
                AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            CROSS JOIN LATERAL jsonb_each_text(line.analytic_distribution) share
            WHERE card.centre_id::text = ANY(string_to_array(share.key, ','))
                -- what is given back to dealers as an expense is no loss of sales
                AND line.sales_expense_id IS NULL
            """,
            self._select_cards(),
        )

    def _get_sales_figures(self):
        """``{scorecard id: {"sales", "collected"}}`` without tax, less credit notes"""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT card.id,
                    SUM(-line.balance * share.value::numeric / 100)::float AS sales,
                    SUM(-line.balance * share.value::numeric / 100 * COALESCE(
                        1 - move.amount_residual_signed
                        / NULLIF(move.amount_total_signed, 0), 1))::float AS collected
                FROM %s GROUP BY card.id
                """,
                self._from_sales(),
            )
        )
        return {row["id"]: row for row in rows}

    def _get_sales_invoice_ids(self):
        """The invoices that the sales of these scorecards are made of."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT move.id FROM %s", self._from_sales())
        )
        return [move_id for (move_id,) in rows]


def _percent(part, whole):
    return 100 * (part or 0.0) / whole if whole else 0.0
