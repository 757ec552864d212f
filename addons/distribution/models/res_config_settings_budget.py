# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings; here: of expense budgets."""

    _inherit = "res.config.settings"

    budget_plan_id = fields.Many2one(
        related="company_id.budget_plan_id", readonly=False
    )
    budget_policy = fields.Selection(related="company_id.budget_policy", readonly=False)
    budget_missing = fields.Selection(
        related="company_id.budget_missing", readonly=False
    )
    budget_carry_over = fields.Selection(
        related="company_id.budget_carry_over", readonly=False
    )
    budget_carry_percent = fields.Float(
        related="company_id.budget_carry_percent", readonly=False
    )
