# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import models

from .product_product import FRESH_UNTIL


class SaleOrder(models.Model):
    """An order; here: what is held for it lasts until it leaves."""

    _inherit = "sale.order"

    def _hold(self, until, *args, **kwargs):
        """Override: goods that expire have to last until they leave."""
        groups = {}
        moments = self._get_fresh_moments(until)
        for order in self:
            moment = moments.get(order)
            groups[moment] = groups.get(moment, self.browse()) | order
        missing = {}
        for moment, orders in groups.items():
            if moment:
                orders = orders.with_context(**{FRESH_UNTIL: moment})
            short = super(SaleOrder, orders)._hold(until, *args, **kwargs)
            missing.update((line.with_env(self.env), s) for line, s in short.items())
        return missing

    def _get_fresh_moments(self, until):
        """When the last of the expiring goods of each order will leave, and not before
        its hold ends.

        :param until: see ``_hold``
        :return: ``{order: datetime}``, only for orders of goods that expire; full
            hours, so that many orders have few moments
        """
        moments = {}
        for line, quantities in self.order_line._get_hold_quantities().items():
            if any(product.use_expiration_date for product in quantities):
                order = line.order_id
                end = until[order] if isinstance(until, dict) else until
                moment = max(line._get_departure(), end, moments.get(order, end))
                hour = moment.replace(minute=0, second=0, microsecond=0)
                moments[order] = hour if hour == moment else hour + timedelta(hours=1)
        return moments
