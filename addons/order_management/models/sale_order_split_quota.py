# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time

from pytz import utc

from odoo import models

from ..tools.quota_plan import DECIMALS


class SaleOrder(models.Model):
    """An order; here: what it counts on quotas is shared with its parts.

    Handed over, not released and taken again: no quota is counted up or down, and
    nobody else can take what is between two orders.
    """

    _inherit = "sale.order"

    def _share_quotas(self, families):
        """Let parts of orders count what is theirs of what is counted.

        The first order of each family keeps what the others do not need: cents of
        rounding, what a quota never gives back, an order that is counted as one.

        :param families: ``{order: its parts}``
        """
        heads = self.browse().concat(*families)._filter_counting()
        if not heads:
            return
        parts = self.browse().concat(*(families[head] for head in heads))
        booked = (heads | parts)._get_booked_quotas()
        wanted = parts._get_wanted_quotas(booked)
        vals_list = []
        for head in heads:
            vals_list += head._plan_quota_shares(families[head], booked, wanted)
        self.env["order.quota.move"].sudo()._insert(vals_list)

    def _get_booked_quotas(self):
        """``{(order id, quota id): [held, consumed, number of movements, day]}``"""
        self.env["order.quota.move"].flush_model()
        query = self.env["order.quota"]._get_booked_query(self.ids)
        return {
            (order_id, quota_id): [float(held), float(consumed), moves, day]
            for order_id, quota_id, held, consumed, moves, day in (
                self.env.execute_query(query)
            )
        }

    def _get_wanted_quotas(self, booked):
        """``{(order id, quota id): (held, consumed)}`` of what these parts are.

        They count on the day that the order they come from was counted on.
        """
        days = {order_id: row[3] for (order_id, _quota_id), row in booked.items()}
        moments = {}
        for order in self:
            if day := days.get(order.split_parent_id.id):
                zone = self.env["order.quota"]._get_zone(order.company_id)
                noon = zone.localize(datetime.combine(day, time(12)))
                moments[order.id] = noon.astimezone(utc).replace(tzinfo=None)
        plan = self._plan_quotas(moments=moments, counting=True)
        return {
            (booking.order_id, booking.quota.id): (
                booking.target_held,
                booking.target_consumed,
            )
            for booking in plan.bookings
        }

    def _plan_quota_shares(self, others, booked, wanted):
        """Movements between this order and its parts that sum up to nothing.

        :param others: its parts
        """
        quota_ids = {
            quota_id
            for order_id, quota_id in booked
            if order_id in (self.id, *(order.id for order in others))
        }
        vals_list = []
        for quota_id in sorted(quota_ids):
            own = booked.get((self.id, quota_id)) or [0.0, 0.0, 0, None]
            rest = [own[0], own[1]]
            for other in others:
                theirs = booked.get((other.id, quota_id)) or [0.0, 0.0, 0, own[3]]
                target = (0.0, 0.0)
                if other.state != "cancel":
                    target = wanted.get((other.id, quota_id), target)
                deltas = []
                for index in range(2):
                    pool = rest[index] + theirs[index]
                    goal = min(target[index], pool)
                    rest[index] = pool - goal
                    deltas.append(round(goal - theirs[index], DECIMALS))
                vals_list += other._prepare_quota_share(quota_id, deltas, theirs)
            deltas = [round(rest[i] - own[i], DECIMALS) for i in range(2)]
            vals_list += self._prepare_quota_share(quota_id, deltas, own)
        return vals_list

    def _prepare_quota_share(self, quota_id, deltas, row):
        """Values of the movement of one order on one quota; none for no change."""
        if not any(deltas):
            return []
        return [
            {
                "quota_id": quota_id,
                "order_id": self.id,
                "kind": "transfer",
                "delta_held": deltas[0],
                "delta_consumed": deltas[1],
                "counted_on": row[3],
                "reason": self.name,
                "key": f"order-{self.id}-{quota_id}-{row[2] + 1}",
            }
        ]
