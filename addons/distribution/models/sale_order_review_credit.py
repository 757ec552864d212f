# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: the review leaves the network's customers to their own hold."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _filter_review_credit(self):
        """Override: who has a limit of the network is held by it, and only once."""
        orders = super()._filter_review_credit()
        held = self.browse()
        credits_sudo = self.env["distribution.credit"].sudo()
        for company, own in orders._filter_credit().grouped("company_id").items():
            payers = own.partner_invoice_id.commercial_partner_id
            terms = credits_sudo._get_terms(company, payers.ids)
            held |= own.filtered(
                lambda o, terms=terms: (
                    o.partner_invoice_id.commercial_partner_id.id in terms
                )
            )
        return orders - held
