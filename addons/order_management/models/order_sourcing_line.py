# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrderSourcingLine(models.Model):
    """How much of an order line comes from one of its several warehouses."""

    _name = "order.sourcing.line"
    _description = "Order Line from a Warehouse"
    _order = "line_id, id"
    _check_company_auto = True

    line_id = fields.Many2one(
        "sale.order.line", required=True, readonly=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one(
        related="line_id.order_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    product_id = fields.Many2one(related="line_id.product_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")

    _quantity_check = models.Constraint(
        "CHECK (quantity > 0)", "A warehouse serves more than nothing of a line."
    )
    _line_warehouse_uniq = models.UniqueIndex(
        "(line_id, warehouse_id)", "A warehouse serves a line once."
    )

    @api.constrains("line_id", "warehouse_id")
    def _check_same_company(self):
        for row in self:
            if row.warehouse_id.company_id != row.line_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s belongs to another company than the order. "
                        "Choose a warehouse of the order's company.",
                        warehouse=row.warehouse_id.display_name,
                    )
                )
