# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class MrpBom(models.Model):
    """What a kit is made of; here: shops hear of changes."""

    _inherit = "mrp.bom"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note the kits."""
        boms = super().create(vals_list)
        boms._note_for_shops()
        return boms

    def write(self, vals):
        """Override to note the kits, before and after."""
        self._note_for_shops()
        result = super().write(vals)
        self._note_for_shops()
        return result

    def unlink(self):
        """Override to note the kits."""
        self._note_for_shops()
        return super().unlink()

    def _note_for_shops(self):
        # one that becomes or was no kit does no harm: it is only counted again
        products = self.product_id | self.product_tmpl_id.product_variant_ids
        self.env["channel.stock.dirty"]._collect_products(products.ids, "kit")
