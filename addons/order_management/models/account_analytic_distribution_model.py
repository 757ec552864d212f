# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .sale_order_bulk import Bulk
from .sale_order_invoice_bulk import InvoiceBulk


class AccountAnalyticDistributionModel(models.Model):
    """A default of analytic accounts; here: not searched for where there is none."""

    _inherit = "account.analytic.distribution.model"

    def _get_applicable_models(self, vals):
        """Override: Odoo searches for each line of each order of a batch."""
        bulk = Bulk.of(self) or InvoiceBulk.of(self)
        if bulk and not bulk.remember("analytic", self._is_used):
            return self.browse()
        return super()._get_applicable_models(vals)

    def _is_used(self):
        return bool(self.sudo().search_count([], limit=1))
