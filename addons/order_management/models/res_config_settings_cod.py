# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings; here: of cash on delivery."""

    _inherit = "res.config.settings"

    cod_journal_id = fields.Many2one(
        related="company_id.cod_journal_id", readonly=False
    )
    cod_account_id = fields.Many2one(
        related="company_id.cod_account_id", readonly=False
    )
    cod_fee_account_id = fields.Many2one(
        related="company_id.cod_fee_account_id", readonly=False
    )
