# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SalesExpenseActual(models.Model):
    """Money that was spent on selling: one posted entry line or delivery each.

    It mirrors posted entries: it comes with posting and goes with a reset to draft.
    """

    _name = "sales.expense.actual"
    _description = "Sales Expense Entry"
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    expense_id = fields.Many2one(
        "sales.expense", index="btree_not_null", ondelete="restrict"
    )
    budget_line_id = fields.Many2one(
        "expense.budget.line",
        index="btree_not_null",
        ondelete="restrict",
        help="Where it counts without a request.",
    )
    centre_id = fields.Many2one(
        "account.analytic.account",
        "Responsibility Centre",
        required=True,
        index=True,
        ondelete="restrict",
    )
    type_id = fields.Many2one(
        "sales.expense.type", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("bill", "Vendor bill"),
            ("credit", "Credit note to a dealer"),
            ("goods", "Free goods"),
            ("employee", "Employee expense"),
            ("entry", "Journal entry"),
        ],
        required=True,
    )
    date = fields.Date(required=True, index=True)
    amount = fields.Monetary(required=True)
    partner_id = fields.Many2one("res.partner", "Dealer", index="btree_not_null")
    product_id = fields.Many2one("product.product", index="btree_not_null")
    quantity = fields.Float(digits="Product Unit")
    name = fields.Char("Label")
    account_move_line_id = fields.Many2one(
        "account.move.line", "Journal Item", index="btree_not_null", ondelete="cascade"
    )
    account_move_id = fields.Many2one(
        "account.move", "Entry", index="btree_not_null", ondelete="cascade"
    )
    stock_move_id = fields.Many2one(
        "stock.move", index="btree_not_null", ondelete="cascade"
    )

    _source_check = models.Constraint(
        "CHECK (num_nonnulls(account_move_line_id, stock_move_id) = 1)",
        "An expense entry comes from one journal item or one stock move.",
    )

    def action_open_source(self):
        """Open the bill, entry or delivery that this comes from."""
        self.ensure_one()
        if self.account_move_id:
            return self.account_move_id.get_formview_action()
        return self.stock_move_id.picking_id.get_formview_action()

    def _get_meaning(self):
        """What tells two entries apart, as in the values that make one."""
        self.ensure_one()
        return (
            self.expense_id.id,
            self.centre_id.id,
            self.type_id.id,
            self.amount,
            self.account_move_line_id.id,
            self.budget_line_id.id,
        )

    def _get_expense_moves(self):
        """``{expense: the entries that these lines are of}``"""
        moves = {}
        for actual in self.filtered("expense_id"):
            known = moves.setdefault(actual.expense_id, self.env["account.move"])
            moves[actual.expense_id] = known | actual.account_move_id
        return moves
