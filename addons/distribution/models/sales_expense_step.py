# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SalesExpenseStep(models.Model):
    """One decision that an expense request needs, and who took it."""

    _name = "sales.expense.step"
    _description = "Expense Approval Step"
    _order = "expense_id desc, level, id"

    expense_id = fields.Many2one(
        "sales.expense", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="expense_id.company_id", store=True, precompute=True, index=True
    )
    rule_id = fields.Many2one(
        "sales.expense.rule", index="btree_not_null", ondelete="restrict"
    )
    name = fields.Char(required=True)
    level = fields.Integer(required=True, default=1)
    user_ids = fields.Many2many(
        "res.users", string="Approvers", context={"active_test": False}
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("void", "Not needed any more"),
        ],
        required=True,
        default="waiting",
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", ondelete="restrict")
    stand_in_for_id = fields.Many2one("res.users", ondelete="restrict")
    decided_at = fields.Datetime()
    reason = fields.Char()
