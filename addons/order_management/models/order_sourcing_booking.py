# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderSourcingBooking(models.Model):
    """What an order takes of a warehouse's day, so that it can be given back."""

    _name = "order.sourcing.booking"
    _description = "Order in a Warehouse's Day"
    _order = "day, id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    day = fields.Date(required=True, readonly=True)
    unit_qty = fields.Float("Units", digits="Product Unit", readonly=True)
