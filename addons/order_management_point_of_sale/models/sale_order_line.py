# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL

#: states of a transfer whose demand may still change
_OPEN = ("waiting", "confirmed", "partially_available", "assigned")


class SaleOrderLine(models.Model):
    """An ordered product; here: what of it is handed over at a till."""

    _inherit = "sale.order.line"

    def read_converted(self):
        """Override of `pos_sale`: the till offers what was approved, not more."""
        items = super().read_converted()
        lines = {line.id: line for line in self}
        for item in items:
            line = lines[item["id"]]
            if line.approval_mode == "explicit" and not line.is_downpayment:
                order = line.order_id
                if not order._is_awaiting_approval():
                    approved = self._convert_qty(line, line.approved_qty, "s2p")
                    item["product_uom_qty"] = min(item["product_uom_qty"], approved)
        return items

    def _get_pos_settled_qty(self):
        """Quantity sold at tills for this line, in its unit.

        Refunds are not given back: those goods are returned, not asked for again.
        """
        self.ensure_one()
        sold = self.sudo().pos_order_line_ids.filtered(
            lambda line: line.order_id.state not in ("draft", "cancel") and line.qty > 0
        )
        return self._convert_qty(self, sum(sold.mapped("qty")), "p2s")

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override of `sale_stock`: what a till handed over is not delivered again."""
        quantity = super()._get_qty_procurement(
            previous_product_uom_qty=previous_product_uom_qty
        )
        if self._is_under_ceiling():
            missing = max(self.product_uom_qty - quantity, 0.0)
            if missing:
                quantity += min(self._get_pos_settled_qty(), missing)
        return quantity

    def _cap_open_demand(self):
        """Ask no transfer for what is not approved, or what a till handed over.

        `pos_sale` does so too, but goes by what is ordered, and leaves all as it was
        where goods of the sale wait.
        """
        emptied = self.env["stock.picking"]
        for line in self.filtered(lambda line: line._is_under_ceiling()):
            taken = line._get_delivered_by_moves() + line._get_pos_settled_qty()
            left = max(line.approved_qty - taken, 0.0)
            for move in line.move_ids.filtered(lambda move: move.state in _OPEN):
                most = line.product_uom_id._compute_quantity(left, move.product_uom)
                if (
                    move.product_id == line.product_id
                    and move.product_uom.compare(move.product_uom_qty, most) > 0
                ):
                    move.product_uom_qty = most
                    emptied |= move.picking_id
        emptied.filtered(
            lambda picking: not any(picking.move_ids.mapped("product_uom_qty"))
        ).action_cancel()

    def _get_delivered_by_moves(self):
        """Quantity delivered by the order's own transfers, in the line's unit."""
        self.ensure_one()
        outgoing, incoming = self._get_outgoing_incoming_moves()
        return sum(
            sign
            * move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, round=False
            )
            for sign, moves in ((1, outgoing), (-1, incoming))
            for move in moves
            if move.state == "done"
        )

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Override of `sale_stock`: what a till handed over leaves as soon as it may.

        Called whenever an order is confirmed, or more of it ordered or approved.
        """
        result = super()._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )
        controlled = self.filtered(lambda line: line._is_under_ceiling())
        if controlled:
            controlled._complete_settled_goods()
        return result

    def _complete_settled_goods(self):
        """Do what waits of the goods of these lines that a till handed over."""
        moves_sudo = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("settled_line_id", "in", self.ids),
                    ("state", "not in", ("draft", "done", "cancel")),
                    ("picked", "=", True),
                    "|",
                    ("picking_id.pos_order_id", "=", False),
                    ("picking_id.pos_order_id.shipping_date", "=", False),
                ]
            )
        )
        # reviewers and clerks need no right on transfers: the goods left long ago
        moves_sudo.picking_id._complete_settled_goods()

    def _sql_is_move_of_line(self):
        """Override of `order_management`: or moves of what a till handed over."""
        return SQL(
            "(%s OR move.settled_line_id = line.id)", super()._sql_is_move_of_line()
        )

    def _get_counted_fields(self):
        """Override of `order_management`: the counting query reads one field more."""
        return [
            *super()._get_counted_fields(),
            self.env["stock.move"]._fields["settled_line_id"],
        ]
