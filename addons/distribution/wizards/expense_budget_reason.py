# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ExpenseBudgetReason(models.TransientModel):
    """A reason that a decision on a request, transfer or entry needs."""

    _name = "expense.budget.reason"
    _description = "Reason of a Decision"

    res_model = fields.Selection(
        [
            ("sales.expense", "Sales Expense"),
            ("expense.budget.transfer", "Budget Transfer"),
            ("account.move", "Entry"),
        ],
        required=True,
        default=lambda self: self.env.context.get("active_model"),
    )
    decision = fields.Selection(
        [("refuse", "Refuse"), ("release", "Release above the budget")],
        required=True,
        default="refuse",
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        """Do what was decided to the chosen records, by their own methods."""
        self.ensure_one()
        records = self.env[self.res_model].browse(self.env.context.get("active_ids"))
        if self.decision == "refuse" and self.res_model != "account.move":
            records.action_refuse(self.reason)
        elif self.res_model == "account.move":
            records.action_release_budget(self.reason)
        elif self.res_model == "sales.expense":
            records.action_release(self.reason)
        return {"type": "ir.actions.act_window_close"}
