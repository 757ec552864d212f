# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..shipping.customs import clean_code


class ProductProduct(models.Model):
    """A product; here: what customs want to know about it."""

    _inherit = "product.product"

    def _get_customs_gaps(self):
        """What is missing, in words."""
        self.ensure_one()
        gaps = []
        if len(clean_code(self.hs_code)) < 6:
            gaps.append(self.env._("HS code (six figures or more)"))
        if not self.country_of_origin:
            gaps.append(self.env._("origin"))
        if not self.weight:
            gaps.append(self.env._("weight"))
        return gaps
