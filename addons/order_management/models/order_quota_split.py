# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class OrderQuota(models.Model):
    """A quota; here: an order that was split is still one order."""

    _inherit = "order.quota"

    @api.model
    def _get_meter(self, orders, bookings):
        """Override: where orders are counted, the first of its parts stands for all."""
        measure = super()._get_meter(orders, bookings)

        def measure_once(order, booking, stage):
            if booking.quota.measure == "orders" and order.split_parent_id:
                return 0.0
            return measure(order, booking, stage)

        return measure_once
