# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

#: what orders can be split by
SPLIT_BY = [
    ("availability", "What can ship now"),
    ("warehouse", "Warehouse"),
    ("supplier", "Supplier"),
    ("temperature", "Temperature"),
    ("date", "Day of shipping"),
    ("weight", "Weight of a parcel"),
]


class SaleOrder(models.Model):
    """An order; here: what parts it falls into, by some property of its lines.

    Nothing is written. The first part is what stays with the order, so the groups that
    are returned are the others.
    """

    _inherit = "sale.order"

    @api.model
    def _get_split_reason(self, split_by):
        return dict(self._get_split_by_labels())[split_by]

    @api.model
    def _get_split_by_labels(self):
        """What orders can be split by, in the user's language."""
        field = self.env["order.batch"]._fields["split_by"]
        return field._description_selection(self.env)

    def _get_split_groups(self, split_by, max_weight=0.0):
        """The groups that ``_split`` takes.

        :param split_by: a value of ``SPLIT_BY``
        :param max_weight: for ``weight``: of a part, in the unit that weights have
        :return: ``{order: groups}``; no groups for an order that is one part
        :raises UserError: no weight
        """
        if split_by == "availability":
            return self._get_groups_by_availability()
        if split_by == "weight":
            if max_weight <= 0:
                raise UserError(self.env._("Say how heavy a part of the order may be."))
            return {order: order._get_groups_by_weight(max_weight) for order in self}
        return {order: order._get_groups_by_key(split_by) for order in self}

    def _get_groups_by_key(self, split_by):
        """One part for each value; the first line's stays."""
        self.ensure_one()
        groups = {}
        for line in self.order_line.filtered(lambda line: line._is_splittable()):
            key = getattr(line, f"_get_split_{split_by}")()
            groups.setdefault(key, {})[line] = line.product_uom_qty
        return list(groups.values())[1:]

    def _get_groups_by_availability(self):
        """What can ship now stays, the rest is one part.

        Of a confirmed order what is reserved can ship, of a quotation what is there
        and promised to nobody else; earlier orders come first.
        """
        lines = self.order_line.filtered(lambda line: line._is_splittable())
        drafts = lines.filtered(lambda line: line.state != "sale")
        ready = drafts._get_ready_by_stock()
        ready |= (lines - drafts)._get_ready_by_reservation()
        result = {}
        for order in self:
            rest, stays = {}, False
            for line in order.order_line & lines:
                now = min(ready[line], line.product_uom_qty)
                if line._has_to_stay_whole() and now < line.product_uom_qty:
                    now = 0.0
                left = line.product_uom_id.round(line.product_uom_qty - now)
                stays = stays or line.product_uom_id.compare(now, 0.0) > 0
                if line.product_uom_id.compare(left, 0.0) > 0:
                    rest[line] = left
            result[order] = [rest] if rest and stays else []
        return result

    def _get_groups_by_weight(self, max_weight):
        """Parcels that are filled one after the other; one piece that is heavier than
        allowed is a parcel of its own."""
        self.ensure_one()
        parcels, weight = [{}], 0.0
        for line in self.order_line.filtered(lambda line: line._is_splittable()):
            unit = line.product_uom_id._compute_quantity(1.0, line.product_id.uom_id)
            each = line.product_id.weight * unit
            left = line.product_uom_qty
            while line.product_uom_id.compare(left, 0.0) > 0:
                fits = left
                if each > 0:
                    fits = min(left, int((max_weight - weight) / each + 1e-6))
                if line._has_to_stay_whole() and fits < left:
                    fits = 0
                if fits <= 0 and weight:
                    parcels.append({})
                    weight = 0.0
                    continue
                take = fits if fits > 0 else self._get_least(line, left)
                parcels[-1][line] = parcels[-1].get(line, 0.0) + take
                weight += take * each
                left = line.product_uom_id.round(left - take)
        return [parcel for parcel in parcels[1:] if parcel]

    @api.model
    def _get_least(self, line, left):
        """The least that a parcel takes of a line that is too heavy for any."""
        return left if line._has_to_stay_whole() else min(left, 1.0)
