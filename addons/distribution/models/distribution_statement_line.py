# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class DistributionStatementLine(models.Model):
    """One order, delivery, invoice, credit note or payment on a statement."""

    _name = "distribution.statement.line"
    _description = "Line of a Statement"
    _order = "statement_id, date, id"

    statement_id = fields.Many2one(
        "distribution.statement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="statement_id.partner_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("order", "Order"),
            ("delivery", "Delivery"),
            ("invoice", "Invoice"),
            ("credit_note", "Credit Note"),
            ("payment", "Payment"),
            ("other", "Other Entry"),
        ],
        required=True,
    )
    date = fields.Date(required=True)
    name = fields.Char("Document")
    value = fields.Monetary(help="What the document is worth, taxes included.")
    debit = fields.Monetary(help="Adds to the debt.")
    credit = fields.Monetary(help="Takes from the debt.")
    move_id = fields.Many2one("account.move", "Entry", index="btree_not_null")
    order_id = fields.Many2one("sale.order", index="btree_not_null")
    picking_id = fields.Many2one("stock.picking", "Delivery", index="btree_not_null")
    is_disputed = fields.Boolean("Disputed")
    dispute_note = fields.Char()

    def write(self, vals):
        """Override: lines come from the ledger.

        :raises UserError: a line written by hand
        """
        if not self.env.su:
            raise UserError(self.env._("Lines of a statement come from the ledger."))
        return super().write(vals)
