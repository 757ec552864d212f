# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class SaleOrderLine(models.Model):
    """An ordered product; of a kit its parts are held."""

    _inherit = "sale.order.line"

    def _get_hold_quantities(self):
        """Kits take what they are made of."""
        quantities = super()._get_hold_quantities()
        for company, lines in self.grouped("company_id").items():
            kits = lines.product_id._origin._filter_kits()._get_kit_components(company)
            for line in lines._filter_from_stock() if kits else ():
                if line.product_id._origin not in kits:
                    continue
                quantity = line._get_product_quantity()
                quantities[line] = {
                    part: part.uom_id.round(per_kit * quantity)
                    for part, per_kit in kits[line.product_id._origin].items()
                }
        return {line: parts for line, parts in quantities.items() if parts}

    def _filter_stocked(self):
        """Override: the parts of kits are counted."""
        others = self - super()._filter_stocked()
        kits = others.product_id._origin._filter_kits()
        return self - others.filtered(lambda line: line.product_id._origin not in kits)
