# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import date

from odoo import models

from ..sourcing import Need

#: stands for "no promise": after every day that was promised
_FAR = date(9999, 1, 1)
_ENDED = ("done", "cancel")


class SaleOrder(models.Model):
    """An order; here: what choosing its warehouses has to know about it."""

    _inherit = "sale.order"

    def _get_sourcing_due(self):
        """The day on which it was promised to leave, or False."""
        self.ensure_one()
        moment = self.ship_by or self.commitment_date
        return moment and moment.date()

    def _get_sourcing_priority(self):
        """0 normal, 1 high, 2 urgent."""
        self.ensure_one()
        return int(self.priority or 0)

    def _get_sourcing_rank(self):
        """Who is served first: urgent ones, what was promised earlier, older ones."""
        self.ensure_one()
        return (
            -self._get_sourcing_priority(),
            self._get_sourcing_due() or _FAR,
            str(self.date_order or ""),
        )

    def _get_sourcing_needs(self, lines=None):
        """What has to come from a warehouse.

        :param lines: only these lines; None: all
        :return: ``{order: [Need]}``, without orders that need nothing from stock
        """
        lines = (self.order_line if lines is None else lines)._filter_sourced()
        made_of = lines._get_hold_quantities()
        needs = defaultdict(list)
        for line, quantities in made_of.items():
            need = line._prepare_need(quantities)
            if need:
                needs[line.order_id].append(need)
        return dict(needs)

    def _get_sourcing_own(self):
        """Stock that is kept for these orders already: by holds, and by the open
        deliveries of confirmed ones.

        :return: ``{order id: {(product id, warehouse id): quantity}}``
        """
        if self.env.context.get("order_management_sourcing_trial"):
            return {}
        own = defaultdict(lambda: defaultdict(float))
        for (order_id, *key), quantity in self._get_held_quantities().items():
            own[order_id][tuple(key)] += quantity
        confirmed = self.filtered(lambda order: order.state == "sale")
        for line in confirmed.order_line:
            for move in line._get_open_sourced_moves(with_earlier=False):
                key = move.product_id.id, move.location_id.warehouse_id.id
                own[line.order_id.id][key] += move.product_qty
        return {order_id: dict(quantities) for order_id, quantities in own.items()}

    def _get_sourcing_key(self):
        """Tells whether an order is still what its warehouses were chosen for."""
        self.ensure_one()
        rows = [
            f"{line.id}:{line.product_id.id}:{line.product_uom_id.id}:"
            f"{line.product_uom_qty:g}"
            for line in self.order_line
            if line.product_id.type == "consu"
        ]
        return f"{self.partner_shipping_id.id}|" + ",".join(rows)


class SaleOrderLine(models.Model):
    """A line; here: what it needs from a warehouse."""

    _inherit = "sale.order.line"

    def _filter_sourced(self):
        """Lines whose warehouse may be chosen.

        Not: those whose route was chosen by somebody, what is sent by a vendor, and
        goods that are under way already.
        """
        lines = self.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and not line.route_ids
                and not line._is_under_way()
            )
        )
        routes = lines.product_id.route_ids | lines.product_id.categ_id.total_route_ids
        direct = routes and routes & self.env["order.sourcing"]._get_direct_routes()
        if not direct:
            return lines
        return lines.filtered(
            lambda line: (
                not direct
                & (line.product_id.route_ids | line.product_id.categ_id.total_route_ids)
            )
        )

    def _is_under_way(self):
        """Whether some of the line was taken from its shelf and did not leave yet."""
        self.ensure_one()
        if self.env.context.get("order_management_sourcing_trial"):
            return False
        return any(
            move.state not in _ENDED
            and any(earlier.state == "done" for earlier in move.move_orig_ids)
            for move in self.move_ids
        )

    def _get_open_sourced_moves(self, with_earlier=True):
        """Open moves that bring this line to the customer.

        :param with_earlier: also the steps before them; without, only the first open
            step of each, which is what takes stock
        """
        moves = self.move_ids.filtered(
            lambda move: (
                not move.origin_returned_move_id
                and move.location_id.usage in ("internal", "transit")
            )
        )
        moves |= moves.browse(moves._rollup_move_origs()).filtered(
            lambda move: move.location_id.usage in ("internal", "transit")
        )
        moves = moves.filtered(lambda move: move.state not in _ENDED)
        if with_earlier:
            return moves
        return moves.filtered(
            lambda move: all(o.state in _ENDED for o in move.move_orig_ids)
        )

    def _get_sourcing_quantity(self):
        """What of the line still has to leave, in its unit."""
        self.ensure_one()
        limit = self.product_uom_qty
        approved = self.order_id.approval_state == "approved"
        if self.approval_mode == "explicit" and (approved or self.state == "sale"):
            limit = self.approved_qty
        elif self._is_closed_short():
            limit = self.approved_qty
        if self.env.context.get("order_management_sourcing_trial"):
            return limit
        return max(limit - self.qty_delivered, 0.0)

    def _prepare_need(self, quantities):
        """The line as the solver knows it, or None when nothing is left to send.

        :param quantities: ``{product: quantity}`` that the whole line is made of
        """
        self.ensure_one()
        quantity, ordered = self._get_sourcing_quantity(), self.product_uom_qty
        if self.product_uom_id.is_zero(quantity) or not quantities:
            return None
        worth = self.price_subtotal / ordered / (self.order_id.currency_rate or 1.0)
        product, factor = self.product_id, 1.0
        if self.product_uom_id != product.uom_id:
            factor = self.product_uom_id._compute_quantity(
                1.0, product.uom_id, round=False
            )
        is_whole = quantity == int(quantity)
        return Need(
            key=self.id,
            parts=tuple(
                sorted(
                    (part.id, amount / ordered) for part, amount in quantities.items()
                )
            ),
            quantity=quantity,
            value=worth,
            weight=product.weight * factor,
            volume=product.volume * factor,
            step=1.0 if is_whole else self.product_uom_id.rounding or 0.01,
            tags=frozenset(product.all_product_tag_ids.ids),
        )
