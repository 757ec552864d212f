# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How the current company tells its customers apart."""

    _inherit = "res.config.settings"

    rfm_window_days = fields.Integer(
        related="company_id.rfm_window_days", readonly=False
    )
    rfm_method = fields.Selection(
        related="company_id.rfm_method", readonly=False, required=True
    )
    rfm_recency_cuts = fields.Char(
        related="company_id.rfm_recency_cuts", readonly=False
    )
    rfm_frequency_cuts = fields.Char(
        related="company_id.rfm_frequency_cuts", readonly=False
    )
    rfm_money_cuts = fields.Char(related="company_id.rfm_money_cuts", readonly=False)
