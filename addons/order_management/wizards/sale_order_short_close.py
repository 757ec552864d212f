# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderShortClose(models.TransientModel):
    """The question which lines are closed at what has left, and why."""

    _name = "sale.order.short.close"
    _description = "Short Close"

    line_ids = fields.Many2many(
        "sale.order.line",
        string="Lines",
        required=True,
        domain="[('order_id', 'in', order_ids), ('display_type', '=', False)]",
    )
    order_ids = fields.Many2many("sale.order", compute="_compute_order_ids")
    reason = fields.Char(required=True)

    @api.depends("line_ids")
    def _compute_order_ids(self):
        for wizard in self:
            wizard.order_ids = wizard.line_ids.order_id

    def action_short_close(self):
        """Close the lines for this reason.

        :raises AccessError: not a reviewer
        :raises UserError: nothing left to close
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "Nothing is left to close: all that was approved has left already."
                )
            )
        self.line_ids.action_short_close(self.reason)
        return {"type": "ir.actions.act_window_close"}
