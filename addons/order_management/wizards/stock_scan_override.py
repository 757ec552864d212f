# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockScanOverride(models.TransientModel):
    """The reason why some transfers leave without a scan."""

    _name = "stock.scan.override"
    _description = "Ship without Scan"

    picking_ids = fields.Many2many(
        "stock.picking",
        string="Transfers",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Char(required=True)

    def action_override(self):
        """Keep the reason, then validate as the button does.

        :raises UserError: the user has no right to it
        """
        self.ensure_one()
        self.picking_ids._override_scan(self.reason)
        result = self.picking_ids.button_validate()
        if isinstance(result, dict):
            return result
        return {"type": "ir.actions.act_window_close"}
