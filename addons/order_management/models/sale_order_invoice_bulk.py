# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class SaleOrder(models.Model):
    """An order; here: invoiced together with many others."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _invoice_in_bulk(self, post=True):
        """Invoice what is to be invoiced of these orders, each by itself.

        :param post: post the invoices as well
        :return: account.move, the new invoices
        :raises UserError: one of them cannot be invoiced; then none is
        """
        invoices = self._create_invoices(grouped=True)
        if post:
            invoices.action_post()
        return invoices
