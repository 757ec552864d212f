# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.distribution.tools.spread import split_by_accounts


class HrExpense(models.Model):
    """An employee's expense; here: what budgets have left until it is posted."""

    # split by concern
    _inherit = "hr.expense"  # pylint: disable=consider-merging-classes-inherited

    expense_budget_hint = fields.Text(compute="_compute_expense_budget_hint")
    is_over_expense_budget = fields.Boolean(compute="_compute_expense_budget_hint")

    @api.depends(
        "state",
        "date",
        "total_amount",
        "tax_amount",
        "account_id",
        "analytic_distribution",
        "sales_expense_id",
    )
    def _compute_expense_budget_hint(self):
        self.expense_budget_hint = self.is_over_expense_budget = False
        budget_lines = self.env["expense.budget.line"]
        for expense in self:
            company = expense.company_id.sudo()
            if expense.account_move_id or not company.budget_plan_id:
                continue
            text, is_over = budget_lines._get_spending_hint(
                company, *expense.sudo()._get_expense_plans(company)
            )
            expense.expense_budget_hint = text
            expense.is_over_expense_budget = is_over

    def _get_expense_plans(self, company):
        """What this would spend without its taxes; see `account.move`."""
        self.ensure_one()
        amount = self.total_amount - self.tax_amount
        if sales := self.sales_expense_id._origin:
            return {}, {sales: amount}
        moves = self.env["account.move"]
        type_ = moves._get_expense_types(company).get(self.account_id.id)
        if not type_:
            return {}, {}
        centres = moves._get_expense_centres(self, company)
        day = self.date or fields.Date.context_today(self)
        parts = split_by_accounts(
            self.analytic_distribution, centres._ids, amount, company.currency_id
        )
        return {(centre_id, type_.id, day): part for centre_id, part in parts}, {}
