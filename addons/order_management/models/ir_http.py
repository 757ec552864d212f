# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        """Override of `base`: the first step of each attempt to serve a request, when
        its transaction is still empty. A request that lost a race for the stock of
        some products now queues for them, so that one retry is enough."""
        product_ids = getattr(request, "order_management_contended_products", None)
        if product_ids:
            request.env["stock.quant"]._begin_in_turn(product_ids)
        return super()._authenticate(endpoint)
