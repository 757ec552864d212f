# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductProduct(models.Model):
    """A product; here: its quotas."""

    _name = "product.product"
    _inherit = ["product.product", "order.quota.owner.mixin"]

    def _get_quota_domain(self):
        """The quotas that are about this product or its category."""
        return [
            "|",
            ("product_id", "in", self.ids),
            ("categ_id", "parent_of", self.categ_id.ids),
        ]

    def _get_quota_context(self):
        """What a new quota from here begins with."""
        return {
            "default_product_scope": "product",
            "default_product_id": self[:1].id,
        }
