# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings; here: what customers hear and see of their orders."""

    _inherit = "res.config.settings"

    has_customer_messages = fields.Boolean(
        related="company_id.has_customer_messages", readonly=False
    )
    tracking_days = fields.Integer(related="company_id.tracking_days", readonly=False)
    has_shortages = fields.Boolean(related="company_id.has_shortages", readonly=False)
    has_automatic_answers = fields.Boolean(
        related="company_id.has_automatic_answers", readonly=False
    )
