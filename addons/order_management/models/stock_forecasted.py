# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockForecasted(models.AbstractModel):
    """The forecast of a product, without test orders among the quotations."""

    _inherit = "stock.forecasted_product_product"

    def _product_sale_domain(self, product_template_ids, product_ids):
        """Override of ``sale_stock`` to leave test orders out."""
        domain = super()._product_sale_domain(product_template_ids, product_ids)
        return [*domain, ("order_id.is_channel_test", "=", False)]
