# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class StockReturnPicking(models.TransientModel):
    """Odoo's return wizard; here: the same counter as the returns of the hub, which
    make their transfers by it."""

    _inherit = "stock.return.picking"

    channel_return_id = fields.Many2one("channel.return", readonly=True)

    def _prepare_picking_default_values_based_on(self, picking):
        """Override: what is to be inspected comes where it is not for sale."""
        vals = super()._prepare_picking_default_values_based_on(picking)
        # back from a customer to the vendor directly, no warehouse sees it
        dest = self.env["stock.location"].browse(vals["location_dest_id"])
        if self.channel_return_id and dest.usage == "internal":
            warehouse = self.channel_return_id._get_warehouse(picking)
            vals["location_dest_id"] = warehouse._get_arrival_location().id
        return vals

    def action_create_returns_all(self):
        """Override: all that may still come back, and no more."""
        left = {line: line.remaining_qty for line in self.product_return_moves}
        controlled = self.product_return_moves.filtered("is_counted")
        if not controlled:
            return super().action_create_returns_all()
        for line, quantity in left.items():
            line.quantity = min(quantity, line._get_unreturned_qty())
        return self.action_create_returns()


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    channel_return_line_id = fields.Many2one("channel.return.line", readonly=True)
    is_counted = fields.Boolean(compute="_compute_remaining_qty")
    remaining_qty = fields.Float(
        "Can Come Back",
        digits="Product Unit",
        compute="_compute_remaining_qty",
        help="Shipped, less what came back or is to come back by any transfer or "
        "return.",
    )

    @api.depends("move_id")
    def _compute_remaining_qty(self):
        # whoever returns goods need not be allowed to see the order
        sold_sudo = self.move_id.sudo().sale_line_id
        room = sold_sudo._get_returnable_qty()
        for line in self:
            move, sold_sudo = line.move_id, line.move_id.sudo().sale_line_id
            line.is_counted = bool(sold_sudo) and (
                move.location_dest_id._is_customer_side()
            )
            quantity = line._get_unreturned_qty()
            if line.is_counted:
                parts = sold_sudo._get_return_parts(room[sold_sudo])
                if move.product_id in parts:
                    quantity = min(
                        quantity,
                        move.product_id.uom_id._compute_quantity(
                            parts[move.product_id], move.product_uom
                        ),
                    )
            line.remaining_qty = quantity

    def _get_unreturned_qty(self):
        """What of the move neither came back nor is to, in the move's unit."""
        self.ensure_one()
        return self.move_id._get_unreturned_qty() if self.move_id else 0.0

    def _prepare_move_default_values(self, new_picking):
        """Override: which line of which return the goods belong to, if any."""
        vals = super()._prepare_move_default_values(new_picking)
        vals["channel_return_line_id"] = self.channel_return_line_id.id
        return vals
