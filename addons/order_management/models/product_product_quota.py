# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProductProduct(models.Model):
    """A product; here: its quotas."""

    _inherit = "product.product"

    quota_count = fields.Integer("Quotas", compute="_compute_quota_count")

    def _compute_quota_count(self):
        quotas = self.env["order.quota"]
        if not quotas.has_access("read"):
            self.quota_count = 0
            return
        for record in self:
            record.quota_count = quotas.search_count(record._get_quota_domain())

    def action_view_quotas(self):
        """Open the quotas of this product."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_action"
        )
        return {
            **action,
            "domain": self._get_quota_domain(),
            "context": {"search_default_current": 1, **self._get_quota_context()},
        }

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
