# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class SalesExpense(models.Model):
    """A sales expense; here: what an entry may be linked to."""

    _inherit = "sales.expense"

    def _check_open_for(self, amount):
        """:raises ValidationError: this request takes no entries (any more)"""
        self.ensure_one()
        possible = ("approved", "executed") + (("closed",) if amount < 0 else ())
        if self.state not in possible:
            raise ValidationError(
                self.env._(
                    "The sales expense “%(expense)s” is “%(state)s”: entries can be "
                    "linked to approved ones. Have it approved or opened again, or "
                    "choose another one.",
                    expense=self.display_name,
                    state=self._get_state_label(self.state),
                )
            )

    def _get_only_product(self):
        """The product it is for, when there is just one."""
        products = self.line_ids.product_id
        return products if len(products) == 1 else products.browse()

    bill_count = fields.Integer("Number of Entries", compute="_compute_bill_count")

    def _compute_bill_count(self):
        counts = dict(
            self.env["sales.expense.actual"]._read_group(
                [("expense_id", "in", self.ids)], ["expense_id"], ["__count"]
            )
        )
        for expense in self:
            expense.bill_count = counts.get(expense._origin, 0)

    def action_view_entries(self):
        """Open what was spent for these requests."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.sales_expense_actual_action"
        )
        return {**action, "domain": [("expense_id", "in", self.ids)], "context": {}}

    def action_view_moves(self):
        """Open the movements on budgets that these requests made."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.expense_budget_move_action"
        )
        domain = [("expense_line_id.expense_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_view_budget(self):
        """Open the budget lines that these requests draw on."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.expense_budget_line_action"
        )
        domain = [("id", "in", self.line_ids.budget_line_id.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_create_bill(self):
        """Open a new vendor bill over what is open, linked to this request."""
        self.ensure_one()
        self._check_open_for(1)
        line = {
            "name": self.display_name,
            "product_id": self.type_id.product_id.id,
            "quantity": 1,
            "price_unit": self.company_currency_id._convert(
                self.open_amount, self.currency_id, self.company_id, self.date
            ),
            "sales_expense_id": self.id,
            "analytic_distribution": {str(self.centre_id.id): 100},
        }
        if self.type_id.account_id:
            line["account_id"] = self.type_id.account_id.id
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "invoice_origin": self.name,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        return bill.get_formview_action()
