# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.spread import quarter_weights, spread


class ExpenseBudgetSpread(models.TransientModel):
    """Spread an amount over the months of a budget: evenly, by season, by quarter."""

    _name = "expense.budget.spread"
    _description = "Spread a Budget"

    budget_id = fields.Many2one("expense.budget", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="budget_id.company_id")
    currency_id = fields.Many2one(related="budget_id.currency_id")
    plan_id = fields.Many2one(
        related="company_id.budget_plan_id", string="Analytic Plan"
    )
    centre_ids = fields.Many2many(
        "account.analytic.account",
        string="Responsibility Centres",
        required=True,
        help="Each gets the amount.",
    )
    type_id = fields.Many2one("sales.expense.type", required=True)
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    method = fields.Selection(
        [
            ("even", "The same each month"),
            ("profile", "By a seasonal profile"),
            ("quarter", "An amount each quarter, split by month"),
        ],
        required=True,
        default="even",
    )
    profile_id = fields.Many2one("expense.budget.profile")
    mode = fields.Selection(
        [("replace", "In place of what is planned"), ("add", "On top of it")],
        required=True,
        default="replace",
    )

    def action_apply(self):
        """Write the plan's lines; their sum is exactly the amount.

        :raises UserError: no month, no profile, or an amount below zero
        """
        self.ensure_one()
        budget = self.budget_id
        months = [
            month
            for month in budget._get_months()
            if self.date_from.replace(day=1) <= month <= self.date_to
        ]
        if not months or self.amount < 0:
            raise UserError(
                self.env._(
                    "Choose months inside the budget and an amount of zero or more."
                )
            )
        parts = self._split(months)
        known = {plan._get_cell(): plan for plan in budget.plan_ids}
        new = []
        for centre in self.centre_ids:
            for month, amount in zip(months, parts, strict=True):
                plan = known.get((centre.id, self.type_id.id, month))
                if plan:
                    plan.amount = amount + plan.amount * (self.mode == "add")
                else:
                    new.append(
                        {
                            "budget_id": budget.id,
                            "centre_id": centre.id,
                            "type_id": self.type_id.id,
                            "month": month,
                            "amount": amount,
                        }
                    )
        self.env["expense.budget.plan"].create(new)
        return {"type": "ir.actions.act_window_close"}

    def _split(self, months):
        """The amounts of these months."""
        digits = self.currency_id.decimal_places
        if self.method == "even":
            return spread(self.amount, [1] * len(months), digits)
        if self.method == "profile":
            if not self.profile_id:
                raise UserError(self.env._("Choose the seasonal profile first."))
            weights = self.profile_id._get_weights()
            return spread(self.amount, [weights[m.month - 1] for m in months], digits)
        # a fee each quarter: whole quarters get the amount, each split by its months
        quarters = {}
        for month in months:
            quarters.setdefault((month.year, (month.month - 1) // 3), []).append(month)
        weights = quarter_weights([1] * 12)
        return [
            part
            for quarter in quarters.values()
            for part in spread(
                self.amount, [weights[m.month - 1] for m in quarter], digits
            )
        ]
