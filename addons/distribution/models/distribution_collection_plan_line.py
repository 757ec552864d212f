# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class DistributionCollectionPlanLine(models.Model):
    """One customer to be asked for money, and what came of it."""

    _name = "distribution.collection.plan.line"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Collection Visit"
    _order = "plan_id, overdue_days desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "distribution.collection.plan", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        related="plan_id.user_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    week = fields.Date(related="plan_id.week", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, check_company=True
    )
    phone = fields.Char(related="partner_id.phone")
    due_amount = fields.Monetary("Overdue")
    overdue_days = fields.Integer("Days Overdue", aggregator="max")
    promised_amount = fields.Monetary("Promised", tracking=True)
    promised_date = fields.Date("Promised For", tracking=True)
    result = fields.Selection(
        [
            ("open", "To Do"),
            ("promised", "Promised"),
            ("paid", "Paid"),
            ("absent", "Nobody There"),
            ("refused", "Refused"),
        ],
        required=True,
        default="open",
        index=True,
        tracking=True,
        group_expand=True,
    )
    note = fields.Text()

    _partner_uniq = models.Constraint(
        "UNIQUE (plan_id, partner_id)", "This customer is in the plan already."
    )
    _promised_check = models.Constraint(
        "CHECK (promised_amount >= 0)", "A promise is zero or more."
    )

    @api.model
    def _create_planned(self, vals_list):
        """Make visits, amounts as they are owed today."""
        for vals in vals_list:
            vals["due_amount"] = vals.pop("overdue_amount")
        return self.create(vals_list)

    @api.onchange("promised_amount", "promised_date")
    def _onchange_promised(self):
        if self.promised_amount and self.promised_date and self.result == "open":
            self.result = "promised"

    def write(self, vals):
        """Override: a promise leaves a task for the day it was given for."""
        result = super().write(vals)
        if vals.get("promised_date"):
            for line in self:
                line.activity_unlink(["mail.mail_activity_data_call"])
                line.activity_schedule(
                    "mail.mail_activity_data_call",
                    date_deadline=line.promised_date,
                    summary=self.env._("Promised to pay"),
                    user_id=line.user_id.id,
                )
        return result
