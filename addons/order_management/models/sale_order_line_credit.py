# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: policies that invoice what was ordered, and what has left
_BASES = {
    "order": "order",
    "payment": "order",
    "shipment": "delivery",
    "delivery": "delivery",
}
#: returns that were decided on for the customer
GRANTED = ("approved", "to_receive", "received", "inspected", "closed")
_ARRIVED = ("received", "inspected", "closed")


class SaleOrderLine(models.Model):
    """A line; here: what its customer is to pay for, as the channel's policy says.

    Ordered or delivered quantity, less what was given back: so that after an invoice
    the quantity to invoice is below zero exactly by what is still to be credited.
    """

    # split by concern
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    channel_return_line_ids = fields.One2many(
        "channel.return.line", "sale_line_id", "Return Lines", readonly=True
    )

    @api.depends(
        "order_id.channel_invoice_policy",
        "channel_return_line_ids.state",
        "channel_return_line_ids.approved_qty",
        "channel_return_line_ids.received_qty",
        "channel_return_line_ids.accepted_qty",
        "channel_return_line_ids.credit_qty",
        "channel_return_line_ids.return_id.return_type",
        "channel_return_line_ids.return_id.settled_at",
    )
    def _compute_qty_to_invoice(self):
        return super()._compute_qty_to_invoice()

    @api.depends("order_id.channel_invoice_policy")
    def _compute_untaxed_amount_to_invoice(self):
        result = super()._compute_untaxed_amount_to_invoice()
        for line in self:
            if (quantity := line._get_policy_shift()) and line.product_uom_qty:
                unit = line.price_subtotal / line.product_uom_qty
                line.untaxed_amount_to_invoice += unit * quantity
        return result

    @api.depends("order_id.channel_invoice_policy")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        for line in self:
            if (quantity := line._get_policy_shift()) and line.product_uom_qty:
                unit = line.price_total / line.product_uom_qty
                line.amount_to_invoice += unit * quantity
        return result

    def _get_invoice_basis(self):
        """``order`` or ``delivery``: by which quantity the line is invoiced."""
        self.ensure_one()
        own = "order" if self.product_id.invoice_policy == "order" else "delivery"
        if not self._is_invoiced_by_channel():
            return own
        return _BASES.get(self.order_id.channel_invoice_policy, own)

    def _is_invoiced_by_channel(self):
        """Whether the channel's policy and not only the product decides."""
        self.ensure_one()
        return bool(
            self.order_id.channel_invoice_policy
            and self.product_id.type == "consu"
            and self.qty_delivered_method == "stock_move"
            and not self.display_type
            and not self.is_downpayment
            and not self.is_expense
            and self.product_uom_qty >= 0
        )

    def _get_policy_shift(self):
        """What Odoo's quantity by the product differs from that by the channel."""
        self.ensure_one()
        if not self._is_invoiced_by_channel() or self.state != "sale":
            return self._get_settled_shift()
        basis, shift = self._get_invoice_basis(), 0.0
        by_order = self.product_id.invoice_policy == "order"
        if basis == "order" and not by_order:
            shift = self.product_uom_qty - self.qty_delivered
        elif basis == "delivery" and by_order:
            shift = self.qty_delivered - self.product_uom_qty
        return shift - self._get_given_back_qty(basis)

    def _get_given_back_qty(self, basis):
        """Units that the customer is not to pay for any more, in the line's unit.

        Goods that a transfer brought back are missing in the delivered quantity
        already. Those of a return (``channel.return``) count once, whether a transfer
        tells of them or the return alone.
        """
        self.ensure_one()
        all_moved = self._get_moved_back_qty()
        # what came back with a return counts when that is settled, see
        # channel.return._settle
        moved = max(all_moved - self._get_moved_by_returns(), 0.0)
        received = granted = 0.0
        settled = self._get_settled_qty()
        for entry in self.channel_return_line_ids:
            to_unit = entry.uom_id._compute_quantity
            kind, state = entry.return_id.return_type, entry.return_id.state
            if entry.return_id.settled_at or entry._get_arrived_moves():
                continue
            if kind == "refund_only" and state in GRANTED:
                granted += to_unit(entry.approved_qty, self.product_uom_id)
            elif kind == "return_refund" and state in _ARRIVED:
                inspected = state != "received"
                quantity = entry.accepted_qty if inspected else entry.received_qty
                received += to_unit(quantity, self.product_uom_id)
        back = max(moved, received) + settled
        return granted + (back if basis == "order" else back - all_moved)

    def _get_moved_back_qty(self):
        """Units that transfers brought back to be refunded, in the line's unit."""
        self.ensure_one()
        if not self.qty_delivered and not self.move_ids:
            return 0.0
        _outgoing, incoming = self._get_outgoing_incoming_moves()
        back = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in incoming
            if move.state == "done" and move.to_refund
        )
        # what was sent once more in place of it is to be paid
        return min(back, max(self.product_uom_qty - self.qty_delivered, 0.0))

    def _get_settled_qty(self):
        """Units that settled returns give money back for, in the line's unit."""
        self.ensure_one()
        return sum(
            entry.uom_id._compute_quantity(entry.credit_qty, self.product_uom_id)
            for entry in self.channel_return_line_ids
            if entry.credit_qty and entry.return_id.settled_at
        )

    def _get_moved_by_returns(self):
        """Units that returns brought back to be refunded, less what was sent back.

        Kits as Odoo counts them out of the delivered ones: by the part furthest ahead.
        """
        self.ensure_one()
        parts = {}
        for move in self.channel_return_line_ids.sudo().move_ids:
            sign = move.location_dest_id._is_customer_side() - move.is_customer_return
            if move.state != "done" or not move.to_refund or not sign:
                continue
            quantity = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, round=False
            )
            product = move.product_id
            parts[product] = parts.get(product, 0.0) - sign * quantity
        return self._count_pieces(parts, whole=max) if parts else 0.0

    def _get_settled_shift(self):
        """Without a channel's policy: what settled returns change in Odoo's figure.

        Ordered goods that were given back are not to be paid; of delivered ones Odoo
        knows what a transfer brought back, accepted or not.
        """
        self.ensure_one()
        if self.state != "sale" or self.display_type:
            return 0.0
        if self._is_replacement():
            # paid with the line that it is sent in place of
            basis = self.product_id.invoice_policy
            ordered = self.product_uom_qty if basis == "order" else self.qty_delivered
            return self.qty_invoiced - ordered
        if not self.company_id.sudo().has_returns:
            return 0.0  # no query for lines that no return ever was about
        if not self.channel_return_line_ids:
            return 0.0
        settled = self._get_settled_qty()
        if self.product_id.invoice_policy == "order":
            return -settled
        return self._get_moved_by_returns() - settled

    def _may_be_credited(self):
        """Whether what is invoiced too much of this line is credited by itself."""
        self.ensure_one()
        return self._is_invoiced_by_channel() or bool(self._get_settled_qty())
