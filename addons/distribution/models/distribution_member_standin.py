# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class DistributionMember(models.Model):
    """Stand-in until the network's own `_get_suppliers` is merged."""

    _inherit = "distribution.member"

    def _get_suppliers(self, products, day=None):
        links = self.env["distribution.supply.link"]._get_valid(self, day)
        result = {}
        for member in self:
            own = links.filtered(lambda link, m=member: link.buyer_id == m)
            for product in products:
                path = [int(x) for x in product.categ_id.parent_path.split("/") if x]
                named = own.filtered(lambda link, p=path: link.categ_id.id in p)
                link = named[:1] or own.filtered(lambda link: not link.categ_id)[:1]
                result[member, product] = link.supplier_id
        return result
