# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools.sql import table_exists


class ResCompany(models.Model):
    """A company; here: whether anything was ever to come back to it."""

    _inherit = "res.company"

    # read with the company: order lines ask it before they look for returns
    has_returns = fields.Boolean(readonly=True, copy=False)

    def init(self):
        """Set the mark in databases that had returns before it."""
        super().init()
        if not table_exists(self.env.cr, "channel_return"):
            return
        self.env.cr.execute(
            """
            UPDATE res_company company SET has_returns = true
            WHERE has_returns IS NOT TRUE AND EXISTS (
                SELECT FROM channel_return WHERE company_id = company.id
            )
            """
        )
