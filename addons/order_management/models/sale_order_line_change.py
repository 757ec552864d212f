# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class SaleOrderLine(models.Model):
    """A line; here: what a change does to what was approved of it."""

    # split by concern
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _is_fee(self):
        """Whether the line is no quantity that anybody approves: what sending costs, a
        down payment, an expense invoiced on."""
        self.ensure_one()
        return (
            self.is_downpayment
            or self.is_expense
            or (self.is_delivery and self.product_id.type == "service")
        )

    def _is_closed_short(self):
        """Whether the line follows the ordered quantity no more."""
        self.ensure_one()
        return self.approval_mode == "follow" and bool(self.cut_reason)

    def _is_raise_waiting(self):
        """Whether the line of a confirmed order asks for more than is approved, and
        nobody has decided about it yet."""
        self.ensure_one()
        return (
            self.state == "sale"
            and self.approval_mode == "explicit"
            and not self.display_type
            and not self.cut_reason
            and not self._is_fee()
            and self.product_uom_id.compare(self.product_uom_qty, self.approved_qty) > 0
        )

    def _void_approval(self, terms, ordered):
        """After a change: what was decided on other terms is void.

        Of a quotation the whole line; of a confirmed order what has not left yet. A
        lowered quantity needs no new decision.

        :param terms: those whose product, unit, price or discount changed
        :param ordered: ``{line: quantity}`` before the change
        """
        raised = self.filtered(
            lambda line: (
                line.product_uom_id.compare(line.product_uom_qty, ordered[line]) > 0
            )
        )
        explicit = (terms | raised).filtered(
            lambda line: line.approval_mode == "explicit"
        )
        drafts = explicit.filtered(lambda line: line.state in ("draft", "sent"))
        if drafts:
            drafts.sudo().write({"approved_qty": 0.0, "cut_reason": False})
        confirmed = explicit.filtered(lambda line: line.state == "sale")
        (confirmed & terms)._hold_to_shipped()
        # decided before there was more to decide about
        (confirmed & raised).filtered("cut_reason").sudo().write({"cut_reason": False})
        (raised - explicit)._reopen_short_closed()
        # also of those that were lowered: there may be nothing to ask any more
        self.order_id._reopen_changed(explicit.order_id)

    def _hold_to_shipped(self):
        """No more of these lines may leave than has, until it is approved again."""
        for line in self:
            left = max(line.net_shipped_qty, 0.0)
            if line.product_uom_id.compare(line.approved_qty, left) > 0:
                line.sudo().write({"approved_qty": left, "cut_reason": False})

    def _reopen_short_closed(self):
        """More was ordered of lines that follow the order: they follow again."""
        closed = self.filtered(lambda line: line._is_closed_short())
        if closed:
            closed.sudo().write({"cut_reason": False})
            self.env.add_to_compute(self._fields["approved_qty"], closed)
            closed._action_launch_stock_rule()

    def _after_approved_qty(self, approved, reason):
        """The approved quantity of these lines was changed: demand follows.

        :param approved: ``{line: quantity}`` before the change
        :raises UserError: raised by somebody who may not decide it alone
        """
        for quantity, lines in self.grouped("approved_qty").items():
            before = {line.id: f"{approved[line]:g}" for line in lines}
            lines._log_event("quantity", before, f"{quantity:g}", reason)
        raised = self.filtered(lambda line: line.approved_qty > approved[line])
        raised._check_raised()
        confirmed = self.filtered(lambda line: line.state == "sale")
        if confirmed:
            confirmed._action_launch_stock_rule()
            confirmed.order_id._after_confirmed_cut(reason)

    def _check_raised(self):
        """Who is asked about an order is asked about what is raised in it as well."""
        decided = self.filtered(lambda line: line.order_id.approval_state == "approved")
        if decided:
            decided.order_id._check_raise_allowed()
        beyond = (self - decided).filtered(
            lambda line: (
                line.order_id.approval_state == "to_approve"
                and line.product_uom_id.compare(line.approved_qty, line.product_uom_qty)
                > 0
            )
        )
        beyond.order_id._refresh_approval_steps()

    def _get_open_demand(self, uom):
        """What of this line is on its way to the customer and not done yet, in ``uom``;
        of a kit the demand is its components'."""
        moves = self._get_open_outgoing_moves()
        if any(move.product_id != self.product_id for move in moves):
            return float("inf")
        return sum(
            move.product_uom._compute_quantity(move.product_uom_qty, uom, round=False)
            for move in moves
            if not move.move_dest_ids
        )
