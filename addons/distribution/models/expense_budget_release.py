# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ExpenseBudgetRelease(models.Model):
    """A trade manager let a request or an entry pass above its budget, with a reason.

    It holds up to the amount that was looked at: a dearer bill asks again.
    """

    _name = "expense.budget.release"
    _description = "Budget Release"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    expense_id = fields.Many2one(
        "sales.expense", index="btree_not_null", ondelete="cascade"
    )
    account_move_id = fields.Many2one(
        "account.move", "Entry", index="btree_not_null", ondelete="cascade"
    )
    amount = fields.Monetary("Up To", required=True)
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        "Released by",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
    )

    _target_check = models.Constraint(
        "CHECK (num_nonnulls(expense_id, account_move_id) = 1)",
        "A release is for one request or one entry.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Release in one's own name only."""
        return super().create([{**vals, "user_id": self.env.uid} for vals in vals_list])

    def write(self, vals):  # pylint: disable=method-required-super
        """:raises UserError: always: a release is history"""
        raise UserError(
            self.env._("A release is history. Release again for another amount.")
        )
