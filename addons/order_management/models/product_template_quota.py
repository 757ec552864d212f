# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductTemplate(models.Model):
    """A product with its variants; here: their quotas."""

    _inherit = "product.template"

    quota_count = fields.Integer("Quotas", compute="_compute_quota_count")

    def _compute_quota_count(self):
        quotas = self.env["order.quota"]
        if not quotas.has_access("read"):
            self.quota_count = 0
            return
        for template in self:
            domain = template.product_variant_ids._get_quota_domain()
            template.quota_count = quotas.search_count(domain)

    def action_view_quotas(self):
        """Open the quotas of this product's variants."""
        return self.product_variant_ids.action_view_quotas()
