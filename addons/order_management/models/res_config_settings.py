# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the current company."""

    _inherit = "res.config.settings"

    approval_mode = fields.Selection(
        related="company_id.approval_mode", readonly=False, required=True
    )
    has_availability_on_entry = fields.Boolean(
        related="company_id.has_availability_on_entry", readonly=False
    )
    hold_hours = fields.Float(related="company_id.hold_hours", readonly=False)
