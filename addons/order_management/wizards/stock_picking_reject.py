# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models


class StockPickingReject(models.TransientModel):
    """What a warehouse cannot ship of a delivery, and why."""

    _name = "stock.picking.reject"
    _description = "Delivery That Cannot Be Shipped"

    picking_id = fields.Many2one(
        "stock.picking", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("not_found", "Not found: nobody gets it from here for now"),
            ("cannot_ship", "Cannot ship this order from here"),
        ],
        "What Happened",
        required=True,
        default="not_found",
    )
    reason = fields.Char(required=True)
    move_ids = fields.Many2many(
        "stock.move",
        string="Goods",
        compute="_compute_move_ids",
        store=True,
        readonly=False,
        domain="[('picking_id', '=', picking_id),"
        " ('state', 'not in', ('done', 'cancel'))]",
    )
    hours = fields.Float(compute="_compute_hours")

    @api.depends("picking_id")
    def _compute_move_ids(self):
        for wizard in self:
            moves = wizard.picking_id._get_rejectable_moves()
            wizard.move_ids = [Command.set(moves.ids)]

    @api.depends("picking_id")
    def _compute_hours(self):
        for wizard in self:
            wizard.hours = wizard.picking_id.company_id.sourcing_exclusion_hours

    def action_reject(self):
        """Take the goods back and serve the order from elsewhere.

        :return: a notification of where it comes from now
        """
        self.ensure_one()
        orders = self.picking_id._reject_sourcing(self.move_ids, self.kind, self.reason)
        # sudo: the warehouse is told where its order went, whatever else it may see
        orders_sudo = orders.sudo()
        queued = orders_sudo.filtered(lambda order: order.sourcing_state == "queued")
        names = ", ".join((queued or orders_sudo).mapped("name"))
        text = self.env._("Served from elsewhere: %(orders)s", orders=names)
        if queued:
            text = self.env._("Waits for a person: %(orders)s", orders=names)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if queued else "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
