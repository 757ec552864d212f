# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HrExpense(models.Model):
    """An employee's expense; here: the sales expense that it is for."""

    _inherit = "hr.expense"

    sales_expense_id = fields.Many2one(
        "sales.expense",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('state', 'in', ('approved', 'executed'))]",
        groups="distribution.group_rep,distribution.group_accountant",
    )

    @api.onchange("sales_expense_id")
    def _onchange_sales_expense_id(self):
        """The centre and the account are those of the sales expense."""
        for expense in self.filtered("sales_expense_id"):
            sales = expense.sales_expense_id
            expense.analytic_distribution = {str(sales.centre_id.id): 100}
            if sales.type_id.account_id:
                expense.account_id = sales.type_id.account_id

    def _prepare_move_lines_vals(self):
        """Override of `hr_expense`: the entry says what it is for."""
        vals = super()._prepare_move_lines_vals()
        if sales := self.sudo().sales_expense_id:
            vals["sales_expense_id"] = sales.id
        return vals

    def _prepare_payments_vals(self):
        """Override of `hr_expense`: the same when the company paid."""
        move_vals, payment_vals = super()._prepare_payments_vals()
        if sales := self.sudo().sales_expense_id:
            for _command, _id, line in move_vals["line_ids"]:
                if line.get("expense_id") == self.id:
                    line["sales_expense_id"] = sales.id
        return move_vals, payment_vals
