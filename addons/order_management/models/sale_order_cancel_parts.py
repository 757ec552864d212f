# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """An order; here: its end is asked for once, in however many parts it comes."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _create_request(self, kind, text, lines, nonce, reason_id=None):
        """Override: the end of an order is the end of all of its parts."""
        request = super()._create_request(kind, text, lines, nonce, reason_id)
        if kind == "cancel":
            request._open_parts(self._get_tracking_parts())
        return request

    def _get_own_requests(self):
        """What was asked for of these orders, also on the page of another part."""
        if not self._is_in_parts():
            return self.customer_request_ids
        return self.env["order.request"].search(self._get_request_domain())

    def _is_in_parts(self):
        """Whether one of these orders was split, or came of a split."""
        return any(order.split_child_ids or order.split_parent_id for order in self)

    def _get_request_domain(self):
        ids = self._origin.ids
        return Domain("order_id", "in", ids) | Domain("part_ids.order_id", "in", ids)

    def _compute_customer_request_count(self):
        """Override: those that were asked for on another part count as well."""
        alone = self._count_by_order(
            "order.request", "order_id", [("part_ids", "=", False)]
        )
        shared = self._count_by_order("order.request.part", "order_id")
        for order in self:
            key = order._origin.id
            order.customer_request_count = alone.get(key, 0) + shared.get(key, 0)

    def action_view_customer_requests(self):
        """Override: those that were asked for on another part as well."""
        action = super().action_view_customer_requests()
        return {**action, "domain": list(self._get_request_domain())}

    def _cancel_as_wished(self):
        """Cancel these parts of one order for its customer; somebody gives back what
        was paid."""
        if not self:
            return
        first = self.sorted("id")[0]
        due = min(self._get_paid_left(), sum(self.mapped("amount_total")))
        # sudo: what goes with it, waves for instance, is not for who sells to see;
        # together, so that the customer hears of one end
        self.sudo()._action_cancel()
        if first.currency_id.compare_amounts(due, 0) > 0:
            no_credit = self.env["account.move"]
            first._tell_refund(due, no_credit, self.env._("Order cancelled"))

    def _get_paid_left(self):
        """What was paid for the order that these are parts of, less the parts that
        ended before; in the order's currency."""
        # sudo: whoever may end a part need not see the others
        family = generation = self[:1].sudo()._get_channel_root()
        while generation := generation.split_child_ids:
            family |= generation
        # the first part of an order that was split keeps what was paid for all
        paid = sum((family | self.sudo()).mapped("amount_paid"))
        ended = family.filtered(lambda part: part.state == "cancel") - self.sudo()
        return paid - sum(ended.mapped("amount_total"))
