# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class HoldRoom(dict):
    """What reservations may still take, by (product id, warehouse id).

    Two are never equal: Odoo looks up environments by equal contexts, and would find
    that of an earlier call.
    """

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


class StockMove(models.Model):
    """A move; here: it reserves nothing that is held for somebody else.

    A hold keeps a quantity, not certain pieces: what is free in the warehouse beyond
    all holds is there for everybody. Goods that an earlier step brought for a move are
    its own already.
    """

    _inherit = "stock.move"

    # availability looks for the few open moves of a product among all it ever had
    _open_product_idx = models.Index(
        "(product_id) WHERE state IN "
        "('waiting', 'confirmed', 'partially_available', 'assigned')"
    )

    def _get_hold_room(self, needs):
        """What may be reserved beside the holds, or None where nothing is held.

        No query as long as the companies never held anything.
        """
        if not any(move.company_id.has_holds for move in self):
            return None
        room = self.env["stock.hold"].sudo()._get_reservation_room(needs)
        return HoldRoom(room) if room else None

    def _get_need_beside_holds(self, need, location):
        """:param need: quantity in the product's unit
        :return: the part of it that is not held for somebody else
        """
        room = self.env.context.get("order_management_room")
        key = self.product_id.id, location.warehouse_id.id
        if not room or key not in room:
            return need
        return min(need, max(room[key], 0.0))

    def _take_beside_holds(self, taken, location):
        """Count what was reserved."""
        room = self.env.context.get("order_management_room")
        key = self.product_id.id, location.warehouse_id.id
        if room and key in room:
            room[key] -= taken
