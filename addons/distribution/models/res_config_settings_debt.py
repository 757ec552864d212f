# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings; here: debt of the network."""

    _inherit = "res.config.settings"

    distribution_raise_percent = fields.Float(
        related="company_id.distribution_raise_percent", readonly=False
    )
    distribution_cash_hours = fields.Integer(
        related="company_id.distribution_cash_hours", readonly=False
    )
    distribution_cash_journal_id = fields.Many2one(
        related="company_id.distribution_cash_journal_id", readonly=False
    )
    distribution_paid_sales = fields.Boolean(
        related="company_id.distribution_paid_sales", readonly=False
    )
