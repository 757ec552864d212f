# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models

from odoo.addons.order_management.models.sale_order_bulk import Lookups


class MrpBom(models.Model):
    """What a product is made of; here: looked up once for all products confirmed."""

    _inherit = "mrp.bom"

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        """Override: Odoo asks for each line of each order, several times."""
        find = super()._bom_find
        lookups = Lookups.of(self)
        if not lookups or products - lookups.products:
            return find(
                products,
                picking_type=picking_type,
                company_id=company_id,
                bom_type=bom_type,
            )
        company_id = company_id or self.env.context.get("company_id")
        key = (
            "bom",
            self.env.su,
            picking_type and picking_type.id,
            company_id,
            bom_type,
        )

        def load():
            boms = find(
                lookups.products,
                picking_type=picking_type,
                company_id=company_id,
                bom_type=bom_type,
            )
            return {product.id: bom.id for product, bom in boms.items()}

        known = lookups.remember(key, load)
        found = defaultdict(self.browse)
        for product in products:
            if product.id in known:
                found[product] = self.browse(known[product.id])
        return found
