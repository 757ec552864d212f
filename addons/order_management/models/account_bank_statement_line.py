# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .sale_order_invoice_bulk import InvoiceBulk


class AccountBankStatementLine(models.Model):
    """A line of a bank statement; here: none is none."""

    _inherit = "account.bank.statement.line"

    def action_undo_reconciliation(self):
        """Override: Odoo asks at each write of each line of each new invoice."""
        if not self and InvoiceBulk.of(self):
            return None
        return super().action_undo_reconciliation()
