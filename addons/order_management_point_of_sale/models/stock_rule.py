# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockRule(models.Model):
    """How goods get to where they are asked for."""

    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        """Override of `stock`: moves keep which order line was settled at a till."""
        return [*super()._get_custom_move_fields(), "settled_line_id"]
