# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .res_company_budget import POLICIES


class SalesExpenseType(models.Model):
    """What money is spent on to sell: display, gifts, travel, promotion, freight."""

    _name = "sales.expense.type"
    _description = "Sales Expense Type"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for spreadsheets.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Entries on this account with a responsibility centre count for this type "
        "even without a request.",
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Proposed on vendor bills.",
    )
    policy = fields.Selection(
        POLICIES,
        help="Above the budget of this type; empty: as the company's setting says.",
    )
    is_proof_required = fields.Boolean(
        "Proof Needed", help="Photos or papers are needed before execution counts."
    )
    note = fields.Html("What to Prove", translate=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Another expense type of this company has that code.",
    )

    def _get_policy(self):
        """What happens above the budget of this type."""
        self.ensure_one()
        return self.policy or self.company_id.budget_policy
