# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order; here: one that only shows whether a channel is set up well.

    A test order stays a quotation: it is never submitted, so it holds no quota, and
    never confirmed, so it reserves nothing, ships nothing and is no turnover.
    """

    _inherit = "sale.order"

    # no default: a column of nulls is added to any number of orders at once
    is_channel_test = fields.Boolean(
        "Test Order",
        readonly=True,
        copy=False,
        help="Made to try out a channel. It can be looked at and removed, never "
        "submitted or confirmed, and no report counts it.",
    )

    _channel_test_check = models.Constraint(
        "CHECK (is_channel_test IS NOT TRUE OR state <> 'sale')",
        "A test order stays a quotation: it cannot be confirmed.",
    )

    def _confirmation_error_message(self):
        """Override of ``sale``: a test order is never confirmed."""
        if self.is_channel_test:
            return self.env._(
                "%(order)s is a test order and stays a quotation. Remove it when you "
                "have seen enough; duplicate it if you want to sell this for real.",
                order=self.display_name,
            )
        return super()._confirmation_error_message()

    def action_submit(self):
        """Override of ``order_management``: a test order holds no quota.

        :raises UserError: when one of them is a test order
        """
        if tests := self.filtered("is_channel_test"):
            raise UserError(
                self.env._(
                    "%(order)s is a test order: there is nothing to approve. Leave it "
                    "out, or remove it.",
                    order=tests[0].display_name,
                )
            )
        return super().action_submit()

    def action_remove_channel_test(self):
        """Remove these test orders with their rows of the inbox.

        :raises AccessError: for everybody but managers
        :raises UserError: when one of them is a real order
        """
        rows = self.channel_order_ids
        channel = self.sale_channel_id[:1]
        rows.action_remove_test()
        return channel.get_formview_action()

    def _prepare_event_vals(self):
        """Override of ``order_management``: what is a test stays out of the figures."""
        vals = super()._prepare_event_vals()
        return {**vals, "is_test": True} if self.is_channel_test else vals
