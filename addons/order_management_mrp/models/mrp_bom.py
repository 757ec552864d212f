# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models

from odoo.addons.order_management.models.sale_order_bulk import Bulk


class MrpBom(models.Model):
    """What a product is made of; here: looked up once for all products of a batch."""

    _inherit = "mrp.bom"

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        """Override: Odoo asks for each line of each order, several times."""
        find = super()._bom_find
        bulk = Bulk.of(self)
        if not bulk or products - bulk.products:
            return find(
                products,
                picking_type=picking_type,
                company_id=company_id,
                bom_type=bom_type,
            )
        company_id = company_id or self.env.context.get("company_id")
        key = ("bom", picking_type and picking_type.id, company_id, bom_type)

        def load():
            boms = find(
                bulk.products,
                picking_type=picking_type,
                company_id=company_id,
                bom_type=bom_type,
            )
            return {product.id: bom.id for product, bom in boms.items()}

        known = bulk.remember(key, load)
        found = defaultdict(self.browse)
        for product in products:
            if product.id in known:
                found[product] = self.browse(known[product.id])
        return found
