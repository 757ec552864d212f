# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from .sale_order_bulk import Bulk

_OPEN = ("draft", "waiting", "confirmed", "assigned")
_DELIVERIES = ("outgoing", "dropship")


class SaleOrder(models.Model):
    """An order; here: reserved and shipped together with many others."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _get_open_deliveries(self):
        """Transfers of these orders to the customer that are not done."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state in _OPEN and picking.picking_type_id.code in _DELIVERIES
            )
        )

    def _with_bulk(self):
        """These orders, worked on as one batch (see `Bulk`)."""
        return self.with_context(
            order_management_bulk=Bulk(self.order_line.product_id),
            tracking_disable=True,
            mail_auto_subscribe_no_notify=True,
        )

    def _reserve_in_bulk(self):
        """Reserve what the open transfers of these orders need.

        Waits for stock that somebody else is taking (never deferred).

        :return: ``{order: (moves without anything, moves in part, moves)}``
        """
        self.picking_ids.check_access("write")
        batch = self._with_bulk().with_context(order_management_reserve_wait=True)
        moves = batch.order_line.move_ids.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        )
        # the order that Odoo's own button takes them in
        moves = moves.sorted(
            lambda move: (
                -int(move.priority),
                not move.date_deadline,
                move.date_deadline or move.date,
                move.date,
                move.id,
            )
        )
        moves._action_assign()
        batch.env.flush_all()
        found = defaultdict(lambda: [0, 0, 0])
        for move in moves:
            counts = found[self.browse(move.sale_line_id.order_id.id)]
            counts[0] += move.state in ("confirmed", "waiting")
            counts[1] += move.state == "partially_available"
            counts[2] += 1
        return found

    def _ship_in_bulk(self, partial="backorder"):
        """Validate the deliveries of these orders that are ready, as one batch.

        What leaves is what is reserved, or what was picked where somebody began to.

        :param partial: ``backorder`` ships what is reserved and leaves the rest for
            later; ``skip`` leaves deliveries alone that are not wholly reserved
        :return: ``{order: (whether anything left, what is to be said)}`` of orders
            that have not left as a whole
        :raises UserError: one of them cannot be validated; then none is
        """
        batch = self._with_bulk()
        ready = batch._get_open_deliveries().filtered(
            lambda picking: picking.state == "assigned" and picking._has_quantity()
        )
        if partial == "skip":
            ready = ready.filtered(lambda picking: picking._is_all_reserved())
        ready._ship_all()
        # here, where what is recomputed is looked up once for the batch as well
        batch.env.flush_all()
        shipped_ids = set(ready.sale_id.ids)
        return {
            order: (order.id in shipped_ids, text)
            for order in self
            if (text := order._describe_unshipped(order.id in shipped_ids))
        }

    def _describe_unshipped(self, shipped):
        """What is still to leave after a bulk step; False when nothing is."""
        left = self._get_open_deliveries()
        if not left:
            return False
        names = ", ".join(left.mapped("name"))
        if shipped:
            return self.env._("The rest is for later: %(names)s.", names=names)
        ready = left.filtered(lambda picking: picking.state == "assigned")
        if ready:
            return self.env._(
                "%(names)s: not everything is reserved, so nothing was shipped.",
                names=names,
            )
        raise UserError(
            self.env._(
                "%(names)s: nothing is reserved yet, or another transfer comes first. "
                "Reserve it, or do that transfer.",
                names=names,
            )
        )

    def _check_nothing_left(self, picked=False):
        """:param picked: refuse orders, too, of which something is being picked
        :raises UserError: an order that something was built upon
        """
        # sudo: invoices and transfers count, too, that the user does not see
        orders = self.sudo()
        counts = {}
        if picked:
            asked = orders.order_line.move_ids
            asked |= asked.move_orig_ids
            counts = self.env["stock.scan.count"]._get_counts(asked)
        for order in orders:
            moves = order.order_line.move_ids
            moves |= moves.move_orig_ids
            if order._has_left():
                text = self.env._(
                    "%(order)s: goods have left, or an invoice is posted. Make a "
                    "return or a credit note.",
                    order=order.display_name,
                )
                raise UserError(text)
            if picked and any(
                move.picked
                or move.state == "done"
                or (move.state != "cancel" and counts[move.id][False])
                for move in moves
            ):
                text = self.env._(
                    "%(order)s is being picked. Unpick it first, or cancel the order "
                    "itself.",
                    order=order.display_name,
                )
                raise UserError(text)
