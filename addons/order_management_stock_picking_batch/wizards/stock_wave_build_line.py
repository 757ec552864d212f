# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockWaveBuildLine(models.TransientModel):
    """One wave that would be built."""

    _name = "stock.wave.build.line"
    _description = "Planned Wave"

    build_id = fields.Many2one("stock.wave.build", required=True, ondelete="cascade")
    name = fields.Char("Wave", readonly=True)
    rule_id = fields.Many2one("stock.wave.rule", readonly=True)
    delivery_count = fields.Integer("Deliveries", readonly=True)
    line_count = fields.Integer("Lines", readonly=True)
    weight = fields.Float(readonly=True, digits="Stock Weight")
    due_at = fields.Datetime("First Due", readonly=True)
    user_id = fields.Many2one("res.users", "Picker", readonly=True)
