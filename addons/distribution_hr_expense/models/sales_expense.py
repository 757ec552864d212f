# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SalesExpense(models.Model):
    """A sales expense; here: what employees paid for it."""

    _inherit = "sales.expense"

    employee_expense_ids = fields.One2many(
        "hr.expense",
        "sales_expense_id",
        "Employee Expenses",
        groups="distribution.group_rep,distribution.group_accountant",
    )
    employee_expense_count = fields.Integer(compute="_compute_employee_expense_count")

    def _compute_employee_expense_count(self):
        counts = dict(
            self.env["hr.expense"]
            .sudo()
            ._read_group(
                [("sales_expense_id", "in", self.ids)],
                ["sales_expense_id"],
                ["__count"],
            )
        )
        for expense in self:
            expense.employee_expense_count = counts.get(expense._origin, 0)

    def action_view_employee_expenses(self):
        """Open what employees paid for these requests."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "hr_expense.hr_expense_actions_all"
        )
        domain = [("sales_expense_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}
