# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class DistributionStock(models.Model):
    """Channel stock; here: what confirmed orders take of it."""

    _inherit = "distribution.stock"

    @api.model
    def _promise_orders(self, orders):
        """Promise what is confirmed, by each company's policy."""
        for company, group in orders.grouped("company_id").items():
            self._promise(
                group._get_wanted("confirmed_qty"), company.channel_stock_policy
            )
