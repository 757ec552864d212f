# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class StockQuant(models.Model):
    """What lies in one place; here: only lots that can be reserved are locked."""

    _inherit = "stock.quant"

    @api.model
    def _get_reserve_quantity(self, product_id, *args, **kwargs):
        """Override: looked for ahead of the reservation, expired lots would come
        first; the moves' own moment is not known here, so it is their earliest."""
        moment = self.env.context.get("order_management_reserve_from")
        if (
            moment
            and product_id.use_expiration_date
            and not self.env.context.get("with_expiration")
        ):
            self = self.with_context(with_expiration=moment)
        return super()._get_reserve_quantity(product_id, *args, **kwargs)
