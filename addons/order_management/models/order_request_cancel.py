# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class OrderRequest(models.Model):
    """A customer's request; here: the end of an order, in one part or in several.

    To the customer it is one order: one request, with what became of each part.
    """

    _inherit = "order.request"

    part_ids = fields.One2many(
        "order.request.part", "request_id", "Parts", readonly=True
    )

    def _open_parts(self, parts):
        """Name the parts of the order that is to end, where there are several."""
        self.ensure_one()
        if len(parts) < 2:
            return
        self.env["order.request.part"].create(
            [{"request_id": self.id, "order_id": part.id} for part in parts]
        )
        # what has left already needs nobody's decision
        self.part_ids._settle("waiting")

    def _get_orders_to_cancel(self):
        """The orders of one request that can end, and did not yet."""
        self.ensure_one()
        waiting = self.part_ids.filtered(lambda part: part.state == "waiting")
        orders = waiting.order_id if self.part_ids else self.order_id
        return orders.filtered(
            lambda order: (
                order.state != "cancel" and (not self.part_ids or not order._has_left())
            )
        )

    def _check_still_cancellable(self):
        """:raises UserError: goods have left, so that cancelling would be a lie"""
        orders = self.part_ids.order_id or self.order_id
        live = orders.filtered(lambda order: order.state != "cancel")
        if live and all(order._has_left() for order in live):
            raise UserError(
                self.env._(
                    "Goods of %(order)s have left or were invoiced: refuse the request "
                    "and offer a return, or close the order short.",
                    order=", ".join(live.mapped("display_name")),
                )
            )

    def _cancel_orders(self):
        """End all that these requests are about and that has not left."""
        for request in self:
            request._get_orders_to_cancel()._cancel_as_wished()
            request.part_ids._settle("kept")

    def _cancel_alone(self):
        """End what the customer's word is enough for.

        :return: whether nobody else has to decide
        """
        self.ensure_one()
        orders = self._get_orders_to_cancel()
        alone = orders.filtered(lambda order: order._is_cancellable_alone())
        is_whole = bool(orders) and alone == orders
        if is_whole:
            self._transition("done", self.env._("Allowed by the channel"))
        alone._cancel_as_wished()
        self.part_ids._settle("waiting")
        return is_whole

    def _get_tracking_results(self):
        """What became of each part, for the customer: dicts with ``goods``, ``label``;
        none where the order is one."""
        self.ensure_one()
        if self.kind != "cancel" or not self.order_id._is_in_parts():
            return []
        labels = dict(self.part_ids._fields["state"]._description_selection(self.env))
        return [
            {"goods": part.goods, "label": labels[part.state]} for part in self.part_ids
        ]

    def _after_refused(self):
        """What was not cancelled goes on."""
        self.part_ids._settle("kept")
