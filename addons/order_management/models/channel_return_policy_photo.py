# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models, tools


class ChannelReturnPolicy(models.Model):
    """Terms of returns; here: which goods come back with a photo only.

    Customers are told before they send anything, on pages that everybody may open:
    where no policy wants photos, a look into a cache.
    """

    _inherit = "channel.return.policy"

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        if any(policies.mapped("needs_photo")):
            self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        if not {"needs_photo", "active", "company_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache("company_id")
    def _has_photos(self, company_id):
        """Whether any terms of a company want photos."""
        domain = [("company_id", "=", company_id), ("needs_photo", "=", True)]
        # sudo: customers are held to policies, too
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model
    def _filter_with_photo(self, lines):
        """Those of these order lines whose goods come back with a photo only."""
        company = lines.company_id[:1]
        if not company or not self._has_photos(company.id):
            return lines.browse()
        policies = self.sudo().search([("company_id", "=", company.id)])
        return lines.filtered(
            lambda line: (
                self._find_for(
                    line.product_id,
                    line.order_id.sudo().sale_channel_id,
                    company,
                    policies,
                ).needs_photo
            )
        )
