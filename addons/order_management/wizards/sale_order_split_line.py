# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderSplitLine(models.TransientModel):
    """How much of a line goes to the new order."""

    _name = "sale.order.split.line"
    _description = "Line of an Order to Split"

    wizard_id = fields.Many2one("sale.order.split", required=True, ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", required=True, readonly=True)
    product_id = fields.Many2one(related="line_id.product_id")
    ordered_qty = fields.Float(related="line_id.product_uom_qty", string="Ordered")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id", string="Unit")
    quantity = fields.Float("To Move", digits="Product Unit")
