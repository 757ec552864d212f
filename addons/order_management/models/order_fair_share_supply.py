# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class OrderFairShare(models.Model):
    """A sharing; here: how much there is to share, and that it is shared once."""

    _inherit = "order.fair.share"

    def _get_warehouses(self):
        """Where the goods are."""
        return self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )

    def _get_supply(self, products, claims):
        """``{product: quantity there is to share}`` in the product's unit.

        Hook. What can be promised, and what the orders that take part have already:
        their deliveries asked for or reserved it, or it is held for them. Without what
        earlier sharings gave to quotations that do not take part.

        :param claims: order lines that take part
        """
        warehouses = self._get_warehouses()
        supply = products._get_available_to_promise(warehouses)
        for product_id, quantity in (
            *self._get_delivery_claims(claims, warehouses),
            *self._get_hold_claims(claims, warehouses),
            *((key, -qty) for key, qty in self._get_given(products, claims)),
        ):
            if product_id in supply:
                supply[product_id] += quantity
        supply = products._round_promise(supply)
        return {product: max(supply[product.id], 0.0) for product in products}

    def _get_delivery_claims(self, claims, warehouses):
        """What deliveries of these lines take away from what can be promised.

        What is reserved; and what is not, once for each chain of moves, at the first
        one that is open.

        :return: list of (product id, quantity)
        """
        moves = claims.sudo().move_ids  # who approves need not see deliveries
        moves |= moves.browse(moves._rollup_move_origs())
        closed = ("draft", "done", "cancel")
        result = []
        for move in moves:
            if move.state in closed or move.location_id.warehouse_id not in warehouses:
                continue
            unit = move.product_id.uom_id
            quantity = move.product_uom._compute_quantity(
                move.quantity, unit, round=False
            )
            states = set(move.move_orig_ids.mapped("state"))
            brought = "done" in states or move.procure_method != "make_to_order"
            if brought and states <= set(closed):
                quantity = max(quantity, move.product_qty)
            result.append((move.product_id.id, quantity))
        return result

    def _get_hold_claims(self, claims, warehouses):
        """What is held for the orders of these lines: list of (product id, quantity)"""
        held = claims.order_id._get_held_quantities()
        return [
            (product_id, quantity)
            for (_order, product_id, warehouse_id), quantity in held.items()
            if warehouse_id in warehouses.ids
        ]

    def _get_given(self, products, claims):
        """What earlier sharings gave to quotations that take no part in this one.

        Once they are confirmed their deliveries ask for it, and what is held for them
        is not there to promise anyway.

        :return: list of (product id, quantity)
        """
        shares = self.env["order.fair.share.line"].search(
            [
                ("share_id.state", "=", "applied"),
                ("product_id", "in", products.ids),
                ("order_id.state", "in", ("draft", "sent")),
                ("order_id.approval_state", "in", ("to_approve", "approved")),
                ("sale_line_id", "not in", claims.ids),
            ]
        )
        lines = shares.sale_line_id
        if self.warehouse_id:
            own = (self.warehouse_id, self.warehouse_id.browse())
            lines = lines.filtered(lambda line: line.order_id.warehouse_id in own)
        held = {}
        for (
            order_id,
            product_id,
            _wh,
        ), quantity in lines.order_id._get_held_quantities().items():
            key = order_id, product_id
            held[key] = held.get(key, 0.0) + quantity
        given = {}
        for line in lines:
            key = line.order_id.id, line.product_id.id
            given[key] = given.get(key, 0.0) + line.product_uom_id._compute_quantity(
                line.approved_qty, line.product_id.uom_id, round=False
            )
        return [
            (key[1], max(quantity - held.get(key, 0.0), 0.0))
            for key, quantity in given.items()
        ]

    def _claim_goods(self):
        """Meet everybody who takes the same goods or decides about the same orders.

        The orders and the rows of the stock are written, so that of two sharings, or of
        a sharing and a confirmation, the later one starts over and sees the other.

        :raises psycopg2.errors.SerializationFailure: somebody was faster; the request
            is retried by Odoo
        """
        self.line_ids.order_id._touch_approval()
        # sudo: who approves need not be allowed to move goods
        self.env["stock.hold"].sudo()._claim_stock(
            self.product_ids.product_id, self._get_warehouses()
        )
