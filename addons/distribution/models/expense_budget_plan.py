# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .res_company_budget import POLICIES


class ExpenseBudgetPlan(models.Model):
    """What one version of a budget plans for a centre, a type and a month."""

    _name = "expense.budget.plan"
    _description = "Planned Sales Expense"
    _order = "budget_id, centre_id, type_id, month"
    _check_company_auto = True

    budget_id = fields.Many2one(
        "expense.budget", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="budget_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    centre_id = fields.Many2one(
        "account.analytic.account",
        "Responsibility Centre",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    type_id = fields.Many2one(
        "sales.expense.type",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    month = fields.Date(required=True, help="Any day; the first of its month is kept.")
    amount = fields.Monetary("Planned", required=True)
    policy = fields.Selection(
        POLICIES, help="Above this line; empty: as the type or the company says."
    )

    _amount_check = models.Constraint(
        "CHECK (amount >= 0)", "A planned expense is never below zero."
    )
    _cell_uniq = models.Constraint(
        "UNIQUE (budget_id, centre_id, type_id, month)",
        "This centre has a line of that type in that month already: change that one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
        plans = super().create(vals_list)
        plans._check_draft()
        return plans

    def write(self, vals):
        if vals.get("month"):
            month = fields.Date.to_date(vals["month"]).replace(day=1)
            vals = {**vals, "month": month}
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_draft()

    @api.constrains("month", "budget_id")
    def _check_month(self):
        for plan in self:
            budget = plan.budget_id
            if not budget.date_from <= plan.month <= budget.date_to:
                raise ValidationError(
                    self.env._(
                        "%(month)s is outside the budget “%(budget)s”, which runs from "
                        "%(date_from)s to %(date_to)s.",
                        month=plan.month.strftime("%Y-%m"),
                        budget=budget.name,
                        date_from=budget.date_from,
                        date_to=budget.date_to,
                    )
                )

    @api.constrains("centre_id", "company_id")
    def _check_centre(self):
        for company, plans in self.grouped("company_id").items():
            plans.centre_id._check_budget_centre(company, is_living=False)

    def _check_draft(self):
        if any(budget.state != "draft" for budget in self.budget_id):
            raise UserError(
                self.env._(
                    "A submitted budget is not changed any more. Set it back to draft, "
                    "or make a new version."
                )
            )

    def _get_cell(self):
        """``(centre id, type id, first day of the month)``"""
        self.ensure_one()
        return self.centre_id.id, self.type_id.id, self.month
