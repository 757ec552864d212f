# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import ormcache


class ProductPricelist(models.Model):
    """Price lists that segments of customers get."""

    _inherit = "product.pricelist"

    segment_ids = fields.Many2many(
        "customer.segment",
        string="Customer Segments",
        # without its segment a price list would be everybody's
        ondelete="restrict",
        help="Customers in these segments get this price list, unless a price list was"
        " chosen for them. With several, the first in the order of price lists counts.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        pricelists = super().create(vals_list)
        if any(vals.get("segment_ids") for vals in vals_list):
            self.env.registry.clear_cache()
        return pricelists

    def write(self, vals):
        result = super().write(vals)
        # kept in the order of price lists, which is what decides between several
        if not {"segment_ids", "active", "company_id", "sequence"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @ormcache("company_id")
    def _get_segment_pricelist_ids(self, company_id):
        """Price lists of segments in a company: none, as a rule, and then no query."""
        return tuple(
            self.sudo()
            .search(
                [
                    ("segment_ids", "!=", False),
                    ("company_id", "in", [False, company_id]),
                ]
            )
            .ids
        )

    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        """A segment's price list is never what everybody else gets."""
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        if ids := self._get_segment_pricelist_ids(company_id):
            return [*domain, ("id", "not in", ids)]
        return domain

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """Segments decide where nobody chose a price list for the customer."""
        result = super()._get_partner_pricelist_multi(partner_ids)
        company = self.env.company
        if ids := self._get_segment_pricelist_ids(company.id):
            self._put_segment_pricelists(result, self.browse(ids), company)
        return result

    def _put_segment_pricelists(self, result, pricelists, company):
        partners = self.env["res.partner"].with_context(active_test=False)
        partners = partners.browse(key for key in result if key)
        chosen = partners.sudo().filtered(
            lambda partner: (
                partner.specific_property_product_pricelist._get_partner_pricelist_multi_filter_hook()
            )
        )
        members = (
            self.env["customer.segment.member"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", (partners - chosen).commercial_partner_id.ids),
                    ("company_id", "=", company.id),
                    ("until", "=", False),
                    ("segment_id", "in", pricelists.sudo().segment_ids.ids),
                ],
                ["partner_id"],
                ["segment_id:recordset"],
            )
        )
        segments = dict(members)
        for partner in partners - chosen:
            found = segments.get(partner.commercial_partner_id)
            if found:
                fitting = pricelists.sudo().filtered(lambda p: p.segment_ids & found)  # noqa: B023
                result[partner.id] = fitting[:1].sudo(False)
