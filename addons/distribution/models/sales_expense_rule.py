# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesExpenseRule(models.Model):
    """Which expense requests need whose approval.

    All rules that match a request apply, level after level; a request that none
    matches is decided by its centre's manager, any supervisor or trade manager.
    """

    _name = "sales.expense.rule"
    _inherit = "company.rule.mixin"
    _description = "Expense Approval Rule"
    _order = "level, sequence, id"
    _check_company_auto = True

    centre_ids = fields.Many2many(
        "account.analytic.account",
        string="Responsibility Centres",
        check_company=True,
        help="Empty: of every centre.",
    )
    type_ids = fields.Many2many(
        "sales.expense.type",
        string="Expense Types",
        check_company=True,
        help="Empty: of every type.",
    )
    amount_over = fields.Monetary(
        help="In the company's currency; the request is more than this."
    )
    level = fields.Integer(
        default=1, required=True, help="Asked when all lower levels have approved."
    )
    approver_type = fields.Selection(
        [
            ("centre", "The centre's manager"),
            ("user", "People"),
            ("group", "Members of a group"),
        ],
        "Decided by",
        required=True,
        default="centre",
    )
    user_ids = fields.Many2many(
        "res.users", string="Approvers", domain="[('share', '=', False)]"
    )
    group_id = fields.Many2one("res.groups", ondelete="restrict")

    _amount_over_check = models.Constraint(
        "CHECK (amount_over >= 0)", "The amount of a rule is never below zero."
    )
    _level_check = models.Constraint(
        "CHECK (level >= 1)", "The level of a rule starts at 1."
    )

    @api.constrains("approver_type", "user_ids", "group_id")
    def _check_approvers(self):
        for rule in self:
            if (rule.approver_type == "user" and not rule.user_ids) or (
                rule.approver_type == "group" and not rule.group_id
            ):
                raise ValidationError(
                    self.env._("Say who decides: name people, or choose a group.")
                )

    def _matches(self, expense):
        """This rule applies to ``expense``."""
        self.ensure_one()
        return (
            (not self.centre_ids or expense.centre_id in self.centre_ids)
            and (not self.type_ids or expense.type_id in self.type_ids)
            and expense.company_currency_id.compare_amounts(
                expense.company_amount, self.amount_over
            )
            > 0
        )

    def _get_approvers(self, expense):
        """Who may decide on ``expense`` by this rule.

        :raises ValidationError: the centre has no manager
        """
        self.ensure_one()
        if self.approver_type == "user":
            return self.user_ids
        if self.approver_type == "group":
            return self.group_id.all_user_ids
        manager = expense.centre_id.budget_manager_id
        if not manager:
            raise ValidationError(
                self.env._(
                    "Nobody answers for the centre “%(centre)s”, whose manager should "
                    "decide. Ask a trade manager to name one.",
                    centre=expense.centre_id.display_name,
                )
            )
        return manager
