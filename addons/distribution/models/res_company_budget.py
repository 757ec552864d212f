# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: what happens when more is asked for than is available
POLICIES = [
    ("block", "Never above the budget"),
    ("warn", "Warn above the budget"),
    ("escalate", "Above the budget with a release"),
]


class ResCompany(models.Model):
    """A company; here: how it budgets sales expenses."""

    _inherit = "res.company"

    budget_plan_id = fields.Many2one(
        "account.analytic.plan",
        "Responsibility Centres",
        domain=[("parent_id", "=", False)],
        ondelete="restrict",
        index="btree_not_null",
    )
    budget_policy = fields.Selection(POLICIES, required=True, default="block")
    budget_missing = fields.Selection(
        [("allow", "Allowed"), ("block", "Refused")],
        "Without a Budget",
        required=True,
        default="allow",
    )
    budget_carry_over = fields.Selection(
        [
            ("none", "Nothing"),
            ("all", "All that is left"),
            ("percent", "A part of what is left"),
        ],
        "Carried to the Next Month",
        required=True,
        default="none",
    )
    budget_carry_percent = fields.Float("Carried Part", digits=(5, 2), default=50.0)

    _budget_carry_percent_check = models.Constraint(
        "CHECK (budget_carry_percent BETWEEN 0 AND 100)",
        "The part of a budget that is carried over is between 0 and 100 %.",
    )

    @api.constrains("budget_plan_id")
    def _check_budget_plan(self):
        """What was budgeted and posted keeps its centres."""
        for company in self:
            known = self.env["expense.budget.line"].sudo()
            if known.search_count(
                [
                    ("company_id", "=", company.id),
                    ("centre_id.root_plan_id", "!=", company.budget_plan_id.id),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "%(company)s has budgets of other responsibility centres. Keep "
                        "their analytic plan: entries have to find them.",
                        company=company.name,
                    )
                )
