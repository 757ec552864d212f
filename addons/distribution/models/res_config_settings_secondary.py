# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the current company; here: of its channel stock."""

    _inherit = "res.config.settings"

    channel_stock_policy = fields.Selection(
        related="company_id.channel_stock_policy", readonly=False, required=True
    )
    channel_cover_window = fields.Integer(
        related="company_id.channel_cover_window", readonly=False
    )
    channel_cover_target = fields.Integer(
        related="company_id.channel_cover_target", readonly=False
    )
