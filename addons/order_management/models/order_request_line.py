# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderRequestLine(models.Model):
    """One line of the order that a customer's request is about."""

    _name = "order.request.line"
    _description = "Customer Request Line"

    request_id = fields.Many2one(
        "order.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id")
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(related="sale_line_id.product_id")
    quantity = fields.Float(digits="Product Unit", required=True)
    uom_id = fields.Many2one(related="sale_line_id.product_uom_id")

    _quantity_check = models.Constraint(
        "CHECK (quantity > 0)", "Ask for more than nothing."
    )
