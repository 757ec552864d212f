# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings; here: of merging for shipping."""

    _inherit = "res.config.settings"

    merge_hours = fields.Float(related="company_id.merge_hours", readonly=False)
    merge_any_channel = fields.Boolean(
        related="company_id.merge_any_channel", readonly=False
    )
