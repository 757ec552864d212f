# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Command


class ChannelReturn(models.Model):
    """A return; here: one in each state, for the demonstration data."""

    _inherit = "channel.return"

    @api.model
    def _make_demo(self, order_id):
        """Ship an order and take returns of it as far as each state.

        :param order_id: a quotation of the demonstration data
        """
        order = self.env["sale.order"].browse(order_id)
        line = order.order_line[:1]
        if order._is_awaiting_approval():
            order.action_submit()
            if order.approval_state == "to_approve":
                order.action_approve()
        if order._is_awaiting_approval():
            return  # others have to sign, too
        order.action_confirm()
        # without the questions that a person is asked
        for delivery in order.picking_ids.sorted("id"):
            # wherever the rules have it served from
            self.env["stock.quant"]._update_available_quantity(
                line.product_id, delivery.location_id, 40
            )
            delivery.action_assign()
            delivery.move_ids.picked = True
            delivery._action_done()
        if not line._has_left():
            return
        reason = self.env.ref("order_management.channel_return_reason_mind")
        for goal in ("requested", "to_receive", "received", "closed"):
            self._make_demo_return(line, reason)._take_demo_to(goal)
        exchange = self._make_demo_return(line, reason, return_type="exchange")
        exchange.line_ids.exchange_product_id = line.product_id
        exchange._take_demo_to("closed")
        self._make_demo_return(line, reason, return_type="replacement")._take_demo_to(
            "approved"
        )

    def _make_demo_return(self, line, reason, **values):
        order = line.order_id
        return self.create(
            {
                "partner_id": order.partner_id.id,
                "channel_id": order.sale_channel_id.id,
                "currency_id": order.currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": line.id,
                            "requested_qty": 2,
                            "reason_id": reason.id,
                        }
                    )
                ],
                **values,
            }
        )

    def _take_demo_to(self, goal):
        if goal == "requested":
            return
        self.action_approve()
        if goal in ("received", "closed"):
            self.action_receive()
        if goal == "closed":
            self.action_accept_all()
