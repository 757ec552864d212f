# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare, plaintext2html


class SaleOrder(models.Model):
    """An order; here: one that is paid and handed over at a till."""

    _inherit = "sale.order"

    def action_confirm(self):
        """Override of `sale`: at a till, an order that has to wait waits in silence.

        The customer paid and left: the sale is booked, and a person here is told.
        """
        if not self.env.context.get("order_management_settling"):
            return super().action_confirm()
        orders = self.with_context(order_management_settling=False)
        held = orders._keep_held_in_review()
        waiting = (orders - held).filtered(lambda order: order._is_awaiting_approval())
        waiting._hold_for_approval()
        held |= waiting
        for order in orders - held:
            if not order._is_under_approval_control() and not order.sale_channel_id:
                super(SaleOrder, order).action_confirm()
                continue
            try:
                with self.env.cr.savepoint():
                    super(SaleOrder, order).action_confirm()
            except UserError as error:
                order._tell_about_till(
                    self.env._("Sold at the point of sale: confirm the order"), error
                )
        return True

    def _tell_settled_goods_wait(self, pickings, pos_lines):
        """Tell who looks after the order that goods sold at a till may not leave yet.

        :param pickings: the transfers of these goods
        :param pos_lines: the lines of the sales that handed them over
        """
        self.ensure_one()
        waiting = pickings.filtered(lambda picking: picking.state != "done")
        if not waiting or self._is_awaiting_approval():
            # told already by the order that waits for its approval
            return
        messages = []
        sold = pos_lines.filtered(lambda pos_line: pos_line.qty > 0)
        for line, lines in sold.grouped(lambda one: one._get_settled_line()).items():
            quantity = line._convert_qty(line, sum(lines.mapped("qty")), "p2s")
            net = line.net_shipped_qty + quantity
            if float_compare(net, line.approved_qty, precision_digits=6) > 0:
                messages.append(line._get_ceiling_message(net))
        if messages:
            self._tell_about_till(
                self.env._(
                    "Sold at the point of sale beyond what is approved: %(transfer)s "
                    "waits",
                    transfer=", ".join(waiting.mapped("name")),
                ),
                "\n".join(messages),
            )

    def _tell_about_till(self, summary, note):
        order_sudo = self.sudo()
        order_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(str(note)),
            user_id=order_sudo._get_approval_user().id,
        )
