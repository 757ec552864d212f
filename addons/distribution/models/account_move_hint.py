# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

_GROUPS = "account.group_account_invoice,distribution.group_accountant"


class AccountMove(models.Model):
    """An entry; here: what budgets have left for a draft, while it is typed."""

    # split by concern
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    expense_budget_hint = fields.Text(
        compute="_compute_expense_budget_hint", groups=_GROUPS
    )
    is_over_expense_budget = fields.Boolean(
        compute="_compute_expense_budget_hint", groups=_GROUPS
    )

    @api.depends(
        "state",
        "date",
        "amount_total",
        "invoice_line_ids.account_id",
        "invoice_line_ids.analytic_distribution",
        "invoice_line_ids.sales_expense_id",
    )
    def _compute_expense_budget_hint(self):
        self.expense_budget_hint = self.is_over_expense_budget = False
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                and move.is_invoice(include_receipts=True)
                and move.company_id.sudo().budget_plan_id
            )
        )
        budget_lines = self.env["expense.budget.line"]
        for move in drafts:
            text, is_over = budget_lines._get_spending_hint(
                move.company_id.sudo(), *move.sudo()._get_expense_plans()
            )
            move.expense_budget_hint = text
            move.is_over_expense_budget = is_over

    def _get_expense_plans(self):
        """What this draft would spend: ``({(centre id, type id, date): amount},
        {sales.expense: amount})`` in the company's currency."""
        self.ensure_one()
        types = self._get_expense_types(self.company_id)
        lines = self.invoice_line_ids.filtered(
            lambda line: line.sales_expense_id or line.account_id.id in types
        )
        centres = self._get_expense_centres(lines, self.company_id)
        day = self.date or fields.Date.context_today(self)
        direct, asked = {}, {}
        for line in lines:
            # what is not saved has no balance yet
            amount = self.direction_sign * line.price_subtotal
            amount /= line.currency_rate or 1.0
            if expense := line.sales_expense_id._origin:
                asked[expense] = asked.get(expense, 0.0) + amount
                continue
            type_ = types.get(line.account_id.id)
            if not type_:
                continue
            for centre, part in line._split_by_centre(centres, amount):
                cell = centre.id, type_.id, day
                direct[cell] = direct.get(cell, 0.0) + part
        return direct, asked
