# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.spread import split_by_accounts

#: what says on which budget a posted line counts
_BUDGET_FIELDS = frozenset(("sales_expense_id", "analytic_distribution", "account_id"))


class AccountMoveLine(models.Model):
    """A journal item; here: the sales expense that it pays for."""

    _inherit = "account.move.line"

    sales_expense_id = fields.Many2one(
        "sales.expense",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('state', 'in', ('approved', 'executed'))]",
    )

    @api.onchange("sales_expense_id")
    def _onchange_sales_expense_id(self):
        for line in self.filtered("sales_expense_id"):
            expense = line.sales_expense_id
            line.analytic_distribution = {str(expense.centre_id.id): 100}
            if expense.type_id.account_id:
                line.account_id = expense.type_id.account_id

    def write(self, vals):
        """Override of `account`: posted lines that change count anew."""
        result = super().write(vals)
        if not _BUDGET_FIELDS.isdisjoint(vals):
            # where nobody budgets, entries are not read once more for this
            posted = self.filtered(
                lambda line: (
                    line.parent_state == "posted"
                    and line.company_id.sudo().budget_plan_id
                )
            )
            posted.move_id._sync_expense_budget()
        return result

    def _get_expense_kind(self):
        """The kind of `sales.expense.actual` that this line is."""
        self.ensure_one()
        kinds = {
            "in_invoice": "bill",
            "in_refund": "bill",
            "in_receipt": "bill",
            "out_refund": "credit",
            "out_invoice": "credit",
        }
        return kinds.get(self.move_id.move_type, "entry")

    def _prepare_expense_actuals(self, types, centres):
        """Values of what this line spends.

        :param types: ``{account id: sales.expense.type}``
        :param centres: living and archived centres named by these lines
        """
        self.ensure_one()
        move = self.move_id
        # a vendor, or an employee who paid, is no dealer that it was spent on
        is_bought = move.is_purchase_document(include_receipts=True)
        common = {
            "company_id": self.company_id.id,
            "kind": self._get_expense_kind(),
            "date": self.date,
            "partner_id": not is_bought and move.commercial_partner_id.id,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "name": self.name,
            "account_move_line_id": self.id,
            "account_move_id": move.id,
        }
        if expense := self.sales_expense_id.sudo():
            expense._check_open_for(self.balance)
            vals = {
                "expense_id": expense.id,
                "type_id": expense.type_id.id,
                "centre_id": expense.centre_id.id,
                "amount": self.balance,
                "partner_id": expense.partner_id.id or common["partner_id"],
                "product_id": expense._get_only_product().id or self.product_id.id,
            }
            return [{**common, **vals}]
        type_ = types.get(self.account_id.id)
        if not type_:
            return []
        return [
            {**common, "type_id": type_.id, "centre_id": centre.id, "amount": amount}
            for centre, amount in self._split_by_centre(centres, self.balance)
        ]

    def _split_by_centre(self, centres, balance):
        """``[(centre, amount)]`` of ``balance`` by this line's distribution."""
        parts = split_by_accounts(
            self.analytic_distribution,
            centres._ids,
            balance,
            self.company_currency_id,
        )
        return [(centres.browse(account_id), part) for account_id, part in parts]
