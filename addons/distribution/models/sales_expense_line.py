# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesExpenseLine(models.Model):
    """A part of a sales expense: in which month, for which goods, how much."""

    _name = "sales.expense.line"
    _description = "Sales Expense Line"
    _order = "expense_id, date, id"
    _check_company_auto = True

    expense_id = fields.Many2one(
        "sales.expense", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="expense_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="expense_id.currency_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date(
        "In Month",
        required=True,
        default=fields.Date.context_today,
        help="Any day of the month whose budget is used.",
    )
    name = fields.Char("What For")
    product_id = fields.Many2one(
        "product.product", check_company=True, index="btree_not_null"
    )
    categ_id = fields.Many2one("product.category", "Product Category")
    amount = fields.Monetary(required=True)
    company_amount = fields.Monetary(
        "In Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amount",
        store=True,
        help="At the rate of the day of the request.",
    )
    budget_line_id = fields.Many2one(
        "expense.budget.line",
        readonly=True,
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    budget_available_amount = fields.Monetary(
        "Available",
        currency_field="company_currency_id",
        compute="_compute_budget_available_amount",
        help="Of the budget of that month; without this request until it is sent.",
    )
    is_over_budget = fields.Boolean(compute="_compute_budget_available_amount")
    move_ids = fields.One2many("expense.budget.move", "expense_line_id", "Movements")

    _amount_check = models.Constraint(
        "CHECK (amount >= 0)", "The amount of an expense is never below zero."
    )

    @api.depends("amount", "expense_id.currency_id", "expense_id.date", "company_id")
    def _compute_company_amount(self):
        for line in self:
            expense = line.expense_id
            company = line.company_id or expense.company_id or line.env.company
            line.company_amount = (
                expense.currency_id._convert(
                    line.amount,
                    company.currency_id,
                    company,
                    expense.date or fields.Date.context_today(line),
                )
                if expense.currency_id
                else line.amount
            )

    @api.depends(
        "date",
        "expense_id.centre_id",
        "expense_id.type_id",
        "expense_id.state",
        "expense_id.line_ids.company_amount",
        "expense_id.line_ids.date",
    )
    def _compute_budget_available_amount(self):
        for company, lines in self.grouped("company_id").items():
            known = self.env["expense.budget.line"].sudo()
            found = known._get_available(
                company, [line._get_cell() for line in lines if line._is_placed()]
            )
            for line in lines:
                row = found.get(line._get_cell()) if line._is_placed() else None
                line.budget_available_amount = row["available"] if row else 0.0
                line.is_over_budget = bool(
                    row
                    and line.expense_id.state == "draft"
                    and line.company_currency_id.compare_amounts(
                        line._get_asked_together(), row["available"]
                    )
                    > 0
                )

    def _get_asked_together(self):
        """What this line and its request's others ask of the same budget line."""
        month = self.date.replace(day=1)
        return sum(
            other.company_amount
            for other in self.expense_id.line_ids | self
            if other.date and other.date.replace(day=1) == month
        )

    def write(self, vals):
        """:raises UserError: figures of a request that was sent"""
        if {"date", "amount", "expense_id"} & vals.keys():
            self._check_draft()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_draft()

    def _check_draft(self):
        if any(expense.state != "draft" for expense in self.expense_id):
            raise UserError(
                self.env._(
                    "A request that was sent is not changed any more. Take it back to "
                    "draft first."
                )
            )

    def _is_placed(self):
        self.ensure_one()
        expense = self.expense_id
        return bool(self.date and expense.centre_id.id and expense.type_id.id)

    def _get_cell(self):
        """``(centre id, type id, day)``"""
        self.ensure_one()
        expense = self.expense_id
        return expense.centre_id._origin.id, expense.type_id._origin.id, self.date
