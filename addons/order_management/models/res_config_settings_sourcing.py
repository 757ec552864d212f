# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the current company; here: of sourcing."""

    _inherit = "res.config.settings"

    sourcing_exclusion_hours = fields.Float(
        related="company_id.sourcing_exclusion_hours", readonly=False
    )
