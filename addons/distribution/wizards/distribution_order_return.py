# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models


class DistributionOrderReturn(models.TransientModel):
    """What of a delivered secondary order comes back."""

    _name = "distribution.order.return"
    _description = "Return of a Secondary Order"

    order_id = fields.Many2one("distribution.order", required=True, ondelete="cascade")
    reason = fields.Char(required=True)
    line_ids = fields.One2many("distribution.order.return.line", "return_id", "Lines")

    @api.model
    def default_get(self, fields_list):
        """One line for each that was delivered and is still there."""
        values = super().default_get(fields_list)
        order = self.env["distribution.order"].browse(
            values.get("order_id") or self.env.context.get("active_id")
        )
        values["order_id"] = order.id
        values["line_ids"] = [
            Command.create({"line_id": line.id})
            for line in order.line_ids
            if line.delivered_qty > line.returned_qty
        ]
        return values

    def action_apply(self):
        """Post the goods back."""
        self.ensure_one()
        quantities = {
            line.line_id.id: line.quantity for line in self.line_ids if line.quantity
        }
        self.order_id.action_return(quantities, self.reason)
        return {"type": "ir.actions.act_window_close"}


class DistributionOrderReturnLine(models.TransientModel):
    """How much of one line comes back."""

    _name = "distribution.order.return.line"
    _description = "Line of a Return of a Secondary Order"

    return_id = fields.Many2one(
        "distribution.order.return", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "distribution.order.line", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="line_id.product_id")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    delivered_qty = fields.Float(related="line_id.delivered_qty")
    returned_qty = fields.Float(related="line_id.returned_qty", string="Before")
    quantity = fields.Float("Comes Back", digits="Product Unit")
