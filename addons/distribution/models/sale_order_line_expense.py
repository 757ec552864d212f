# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderLine(models.Model):
    """An order line; here: goods given for nothing on account of a sales expense."""

    _inherit = "sale.order.line"

    sales_expense_id = fields.Many2one(
        "sales.expense",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        domain="[('state', 'in', ('approved', 'executed'))]",
        help="A line without price counts at cost on this expense when it is shipped.",
    )
