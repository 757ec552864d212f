# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ProductProduct(models.Model):
    """A product; here: in what packs members order it."""

    _inherit = "product.product"

    def _get_channel_pack(self):
        """How many of the product's unit are in its smallest packaging; else 1."""
        self.ensure_one()
        factors = [
            unit.factor / self.uom_id.factor
            for unit in self.sudo().uom_ids
            if unit.factor > self.uom_id.factor
        ]
        return min(factors, default=1.0)
