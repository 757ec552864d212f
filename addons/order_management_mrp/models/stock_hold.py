# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import ValidationError


class StockHold(models.Model):
    """A promise of what lies in stock; a kit does not, its parts do."""

    _inherit = "stock.hold"

    @api.constrains("product_id")
    def _check_product_no_kit(self):
        """:raises ValidationError: a hold of a kit itself"""
        for company, holds in self.grouped("company_id").items():
            kits = holds.product_id._filter_kits()._get_kit_components(company)
            for hold in holds:
                if hold.product_id in kits:
                    raise ValidationError(
                        self.env._(
                            "“%(product)s” is a kit, which is not in stock itself. "
                            "Hold its components, or an order of the kit.",
                            product=hold.product_id.display_name,
                        )
                    )
