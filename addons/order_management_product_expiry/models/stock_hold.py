# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models

from .product_product import FRESH_UNTIL


class StockHold(models.Model):
    """A promise; here: of goods that last until it ends."""

    _inherit = "stock.hold"

    @api.model
    def _check_promise(self, more):  # pylint: disable=missing-return
        """Override: a lot that expires before the hold does is no promise."""
        by_moment = {}
        for key, quantity in more.items():
            moment = self._get_fresh_until(*key)
            by_moment.setdefault(moment, {})[key] = quantity
        for moment, part in by_moment.items():
            holds = self.with_context(**{FRESH_UNTIL: moment}) if moment else self
            super(StockHold, holds)._check_promise(part)

    def _get_fresh_until(self, product, warehouse):
        """Until when what these holds take of a product has to last, or None."""
        if not product.use_expiration_date:
            return None
        moments = [
            hold.expires_at
            for hold in self
            if hold.product_id == product and hold.warehouse_id == warehouse
        ]
        moments.append(self.env.context.get(FRESH_UNTIL))
        return max(filter(None, moments), default=None)
