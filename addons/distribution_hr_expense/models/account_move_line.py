# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountMoveLine(models.Model):
    """A journal item; here: what an employee paid."""

    _inherit = "account.move.line"

    def _get_expense_kind(self):
        """Override of `distribution`: entries of employee expenses are told apart."""
        return "employee" if self.expense_id else super()._get_expense_kind()
