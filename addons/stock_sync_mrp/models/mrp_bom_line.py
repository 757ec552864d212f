# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class MrpBomLine(models.Model):
    """A part of a kit; here: shops hear of changes."""

    _inherit = "mrp.bom.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note the kits."""
        lines = super().create(vals_list)
        lines.bom_id._note_for_shops()
        return lines

    def write(self, vals):
        """Override to note the kits."""
        self.bom_id._note_for_shops()
        return super().write(vals)

    def unlink(self):
        """Override to note the kits."""
        self.bom_id._note_for_shops()
        return super().unlink()
