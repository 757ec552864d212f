# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountMove(models.Model):
    """An invoice, whose channel is of its own company."""

    _inherit = "account.move"

    sale_channel_id = fields.Many2one(index="btree_not_null", check_company=True)
