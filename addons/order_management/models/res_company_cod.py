# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """A company; here: where money that carriers collect is booked."""

    _inherit = "res.company"

    cod_journal_id = fields.Many2one(
        "account.journal",
        "Journal of COD Slips",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "general"))],
    )
    cod_account_id = fields.Many2one(
        "account.account", "Owed by Carriers", check_company=True
    )
    cod_fee_account_id = fields.Many2one(
        "account.account", "Fees of Carriers", check_company=True
    )
