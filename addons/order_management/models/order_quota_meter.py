# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.figures import plain_figure

#: orders looked at in one go when a quota begins to count
_BATCH = 500


class OrderQuota(models.Model):
    """A quota; here: how much an order is in the quota's own measure."""

    _inherit = "order.quota"

    @api.model
    def _get_meter(self, orders, bookings):
        """How much an order counts on a quota.

        :return: function of (order, ``Booking``, stage) -> quantity in the quota's
            unit, amount without tax in its currency, or 1 for an order
        """
        lines = self._index_lines(orders)
        back = self._get_returned(orders, bookings)
        rates = {}

        def measure(order, booking, stage):
            chosen = [
                line
                for product_id in booking.products
                for line in lines[order.id, product_id]
            ]
            quota = booking.quota
            returned = back if quota.give_back == "return" else {}
            if quota.measure == "amount":
                total = sum(line._get_quota_amount(stage, returned) for line in chosen)
                rate = self._get_quota_rate(order, quota, booking.day, rates)
                return max(total * rate, 0.0)
            if quota.measure == "orders":
                return float(
                    any(line._get_quota_qty(stage, returned) for line in chosen)
                )
            unit = self.env["uom.uom"].browse(quota.uom_id)
            return sum(line._get_quota_qty(stage, returned, unit) for line in chosen)

        return measure

    @api.model
    def _index_lines(self, orders):
        """``{(order id, product id): [line]}`` of the lines that quotas count."""
        lines = defaultdict(list)
        for order in orders:
            for line in order.order_line:
                if line._is_in_quotas():
                    lines[order.id, line.product_id._origin.id].append(line)
        return lines

    @api.model
    def _get_returned(self, orders, bookings):
        """``{line id: (left, came back)}`` where quotas give returned goods back."""
        ids = {
            booking.order_id
            for booking in bookings
            if booking.quota.give_back == "return"
        }
        confirmed = orders.filtered(lambda o: o.id in ids and o.state == "sale")
        return confirmed.order_line._get_quota_returned() if confirmed else {}

    @api.model
    def _get_quota_rate(self, order, quota, day, rates):
        """Rate from the order's currency to the quota's on the order's day."""
        key = (order.currency_id.id, quota.currency_id, order.company_id.id, day)
        if key not in rates:
            target = self.env["res.currency"].browse(quota.currency_id)
            rates[key] = order.currency_id._get_conversion_rate(
                order.currency_id, target, order.company_id, day
            )
        return rates[key]

    def _count_existing(self):
        """Count the orders that were there before these quotas.

        :raises ValidationError: they already are more than a limit that blocks
        """
        for company, quotas in self.grouped("company_id").items():
            orders = quotas._find_existing(company)
            for start in range(0, len(orders), _BATCH):
                quotas._count_orders(orders[start : start + _BATCH])

    def _find_existing(self, company):
        """Orders around the periods of these quotas; which of them count is told
        by the day in the company's time zone."""
        day = timedelta(days=1)
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    "|",
                    ("state", "=", "sale"),
                    ("approval_state", "in", ("to_approve", "approved")),
                    ("state", "!=", "cancel"),
                    ("date_order", ">=", min(self.mapped("date_from")) - day),
                    ("date_order", "<", max(self.mapped("date_to")) + 2 * day),
                ],
                order="id",
            )
        )

    def _count_orders(self, orders):
        plan = orders._plan_quotas(only=self, counting=True)
        for excess in plan.refused.values():
            quota = excess.booking.quota
            raise ValidationError(
                self.env._(
                    "“%(quota)s” cannot begin to count: the orders of its period "
                    "already need more than its limit of %(limit)s. Raise the limit, "
                    "or take another policy.",
                    quota=quota.name,
                    limit=plain_figure(quota.limit),
                )
            )
        self.env["order.quota.move"]._book(plan)
