# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelReturn(models.Model):
    """Returns tell the customer's figures that they have changed."""

    _inherit = "channel.return"

    @api.model_create_multi
    def create(self, vals_list):
        returns = super().create(vals_list)
        returns._mark_customers()
        return returns

    def _after_transition(self, target):
        result = super()._after_transition(target)
        self._mark_customers()
        return result

    def unlink(self):
        self._mark_customers()
        return super().unlink()

    def _mark_customers(self):
        snapshots = self.env["customer.snapshot"]
        for company, returns in self.grouped("company_id").items():
            snapshots._mark_dirty(returns.partner_id, company)
