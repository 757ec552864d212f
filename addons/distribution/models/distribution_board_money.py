# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_BUDGET = ("budget_amount", "actual_amount", "committed_amount", "requested_amount")


class DistributionBoard(models.AbstractModel):
    """The dashboard; here: targets, debt, limits, budgets and claims."""

    _inherit = "distribution.board"

    # --- targets ---
    @api.model
    def _get_target_tile(self, scope):
        """Targets whose period meets the dashboard's: how many are reached."""
        domain = self._get_domain(scope, territory=None)
        domain &= Domain("state", "in", ("active", "closed"))
        domain &= Domain("date_from", "<=", fields.Date.to_string(scope["date_to"]))
        domain &= Domain("date_to", ">=", fields.Date.to_string(scope["date_from"]))
        if scope["territory_id"]:
            place = scope["territory_id"]
            domain &= Domain("territory_id", "child_of", place) | Domain(
                "member_id.territory_id", "child_of", place
            )
        percent = SQL.identifier("distribution_target", "percent")
        [[count, reached, average]] = self._select(
            "distribution.target",
            domain,
            [
                SQL("count(*)"),
                SQL("count(*) FILTER (WHERE %s >= 100)", percent),
                SQL("COALESCE(avg(%s), 0)", percent),
            ],
        )
        return {
            "key": "targets",
            "label": self.env._("Targets reached"),
            "kind": "percent",
            "value": 100 * reached / count if count else 0,
            "note": self.env._(
                "%(reached)s of %(count)s; %(average).0f %% on average",
                reached=reached,
                count=count,
                average=float(average),
            ),
            "action": self._prepare_action(
                "distribution.distribution_target_action", domain
            ),
        }

    # --- debt ---
    @api.model
    def _get_debt_domain(self, scope):
        return self._get_domain(scope) & Domain("member_id", "!=", False)

    @api.model
    def _get_debt(self, scope):
        """``{bucket: open amount}`` of members, as of today; one query."""
        bucket = SQL.identifier("distribution_ageing", "bucket")
        amount = self._sql_amount("distribution_ageing", "amount")
        rows = self._select(
            "distribution.ageing",
            self._get_debt_domain(scope),
            [bucket, SQL("sum(%s)", amount)],
            bucket,
        )
        return defaultdict(float, ((key, float(value)) for key, value in rows))

    @api.model
    def _get_debt_tile(self, scope, debt):
        overdue = sum(value for bucket, value in debt.items() if bucket != "0")
        return {
            "key": "overdue",
            "label": self.env._("Overdue debt"),
            "kind": "money",
            "value": overdue,
            "tone": "danger" if overdue > 0 else "success",
            "of": sum(debt.values()),
            "note": self.env._("of what members owe today"),
            "action": self._prepare_action(
                "distribution.distribution_ageing_action",
                self._get_debt_domain(scope) & Domain("bucket", "!=", "0"),
            ),
        }

    @api.model
    def _get_debt_chart(self, scope, debt):
        buckets = self.env["distribution.ageing"]._fields["bucket"]
        choices = buckets._description_selection(self.env)
        return {
            "key": "ageing",
            "title": self.env._("What members owe, by age"),
            "type": "bar",
            "labels": [label for _key, label in choices],
            "series": [
                {
                    "label": self.env._("Open"),
                    "values": [debt[key] for key, _label in choices],
                }
            ],
            "action": self._prepare_action(
                "distribution.distribution_ageing_action",
                self._get_debt_domain(scope),
            ),
        }

    @api.model
    def _get_credit_tile(self, scope):
        """Exposure of customers with a limit against these limits; two queries a
        company, for any number of customers."""
        Credit = self.env["distribution.credit"]
        domain = self._get_domain(scope, territory=None)
        domain &= Domain("policy", "!=", "none")
        if scope["territory_id"]:
            domain &= Domain(
                "partner_id.distribution_member_ids.territory_id",
                "child_of",
                scope["territory_id"],
            )
        exposure = limit = 0.0
        over = 0
        today = fields.Date.context_today(self)
        own = self.env.company
        for company, credits in Credit.search(domain).grouped("company_id").items():
            partners = credits.partner_id
            terms = Credit._get_terms(company, partners.ids)
            figures = Credit._get_exposure(partners, company)
            rate = company.currency_id._get_conversion_rate(
                company.currency_id, own.currency_id, own, today
            )
            for partner_id, term in terms.items():
                used = figures[partner_id]["exposure"]
                exposure += used * rate
                limit += term["limit"] * rate
                over += company.currency_id.compare_amounts(used, term["limit"]) > 0
        return {
            "key": "exposure",
            "label": self.env._("Exposure"),
            "kind": "money",
            "value": exposure,
            "of": limit,
            "tone": "danger" if over else "",
            "note": self.env._("of the limits; over them: %(count)s", count=over),
            "action": self._prepare_action(
                "distribution.distribution_credit_action", domain
            ),
        }

    # --- expenses ---
    @api.model
    def _get_budget_domain(self, first, last):
        return (
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("state", "=", "approved")
            & Domain("month", ">=", fields.Date.to_string(first.replace(day=1)))
            & Domain("month", "<=", fields.Date.to_string(last))
        )

    @api.model
    def _get_budget(self, scope):
        """``{month: {figure: amount}}`` of budgets in force; one query. None where the
        user may not see budgets."""
        if not self._can_read("expense.budget.report"):
            return None
        table = "expense_budget_report"
        month = SQL.identifier(table, "month")
        first = min(scope["chart_from"], scope["date_from"].replace(day=1))
        rows = self._select(
            "expense.budget.report",
            self._get_budget_domain(first, scope["date_to"]),
            [
                month,
                *(SQL("sum(%s)", self._sql_amount(table, name)) for name in _BUDGET),
            ],
            month,
        )
        return {
            month: dict(zip(_BUDGET, map(float, sums), strict=True))
            for month, *sums in rows
        }

    @api.model
    def _get_budget_tiles(self, scope, budget):
        if budget is None:
            return []
        first = scope["date_from"].replace(day=1)
        months = [sums for month, sums in budget.items() if month >= first]
        actual, planned, waiting = (
            sum(sums[name] for sums in months)
            for name in ("actual_amount", "budget_amount", "committed_amount")
        )
        return [
            {
                "key": "budget",
                "label": self.env._("Sales expenses"),
                "kind": "money",
                "value": actual,
                "of": planned,
                "tone": "danger" if actual + waiting > planned else "",
                "also": waiting,
                "note": self.env._("of the budget of these months"),
                "action": self._prepare_action(
                    "distribution.expense_budget_report_action",
                    self._get_budget_domain(first, scope["date_to"]),
                ),
            }
        ]

    @api.model
    def _get_budget_charts(self, scope, budget):
        if budget is None:
            return []
        months = self._get_months(scope)
        return [
            {
                "key": "budget",
                "title": self.env._("Sales expenses and their budget"),
                "type": "bar",
                "labels": self._get_month_labels(months),
                "series": [
                    {
                        "label": label,
                        "values": [
                            budget.get(month, {}).get(name, 0.0) for month in months
                        ],
                    }
                    for name, label in (
                        ("budget_amount", self.env._("Budget")),
                        ("actual_amount", self.env._("Spent")),
                    )
                ],
                "action": self._prepare_action(
                    "distribution.expense_budget_report_action",
                    self._get_budget_domain(months[0], scope["date_to"]),
                ),
            }
        ]

    # --- claims ---
    @api.model
    def _get_claim_tiles(self, scope):
        if not self._can_read("distribution.claim"):
            return []
        table = "distribution_claim"
        domain = self._get_domain(scope, "member_id.territory_id")
        domain &= Domain("state", "in", ("submitted", "approved"))
        amount = self._sql_amount(table, "claimed_amount")
        [[count, claimed]] = self._select(
            "distribution.claim",
            domain,
            [SQL("count(*)"), SQL("COALESCE(sum(%s), 0)", amount)],
        )
        return [
            {
                "key": "claims",
                "label": self.env._("Open claims"),
                "kind": "count",
                "value": count,
                "amount": float(claimed),
                "tone": "warning" if count else "",
                "note": self.env._("submitted, or approved and not settled"),
                "action": self._prepare_action(
                    "distribution.distribution_claim_action", domain
                ),
            }
        ]
