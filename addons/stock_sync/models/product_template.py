# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

_WATCHED = frozenset(("categ_id", "is_storable", "uom_id"))


class ProductTemplate(models.Model):
    """A product; here: what it is sold as, and its listings."""

    _inherit = "product.template"

    def write(self, vals):
        """Override: rules go by category, quantities by unit."""
        result = super().write(vals)
        if not _WATCHED.isdisjoint(vals):
            self.env["channel.stock.dirty"]._collect_products(
                self.with_context(active_test=False).product_variant_ids.ids, "product"
            )
        return result
