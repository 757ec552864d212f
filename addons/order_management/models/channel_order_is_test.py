# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: The channel's customer ID of every test order: one buyer, however often tests run.
TEST_CUSTOMER = "order-hub-test"


class ChannelOrder(models.Model):
    """A row of the inbox; here: one that only shows whether a channel works."""

    _inherit = "channel.order"

    is_test = fields.Boolean(
        "Test Order",
        readonly=True,
        copy=False,
        help="Made by “Send a Test Order” of the channel; no figure counts it.",
    )

    # few among millions
    _is_test_idx = models.Index("(channel_id) WHERE is_test")

    def _get_possible_states(self):
        """Override of ``order.state.mixin``: a test can be taken back at any time."""
        states = super()._get_possible_states()
        if self.is_test and self.state != "ignored":
            return (*states, "ignored")
        return states

    def _prepare_transition_vals(self, target, reason):
        """Override of ``order_management``: an ignored test lets its order go."""
        vals = super()._prepare_transition_vals(target, reason)
        if target == "ignored" and any(row.is_test for row in self):
            vals.update(sale_order_id=False, to_process=False)
        return vals

    def _prepare_event_vals(self):
        """Override of ``order_management``: what is a test stays out of the figures."""
        vals = super()._prepare_event_vals()
        return {**vals, "is_test": True} if self.is_test else vals

    def action_remove_test(self):
        """Take test orders back: the quotation and the test's customer are deleted, the
        row stays in the inbox as ignored.

        :raises AccessError: for everybody but managers
        :raises UserError: when one of them is a real order
        """
        if not self.env.user.has_group("order_management.group_manager"):
            raise AccessError(
                self.env._("Removing test orders needs the right Order Hub: Manager.")
            )
        self.check_access("read")
        if not self or not all(row.is_test for row in self):
            raise UserError(
                self.env._(
                    "Only test orders can be removed. Use “Ignore” for orders that "
                    "should not be imported."
                )
            )
        # the channel's order is deleted whoever's it is: the right was checked above
        rows_sudo = self.sudo()
        orders_sudo = rows_sudo.sale_order_id
        buyers_sudo = rows_sudo._get_test_buyers()
        rows_sudo._transition("ignored", self.env._("Test order removed"))
        orders_sudo.filtered(lambda order: order.state != "cancel")._action_cancel()
        orders_sudo.unlink()
        self._remove_test_buyers(buyers_sudo)
        return True

    def _get_test_buyers(self):
        """The customers that were made for test orders of these rows' channels."""
        maps = self.env["channel.partner.map"].search(
            [
                ("channel_id", "in", self.channel_id.ids),
                ("kind", "=", "customer"),
                ("external_id", "=", TEST_CUSTOMER),
            ]
        )
        return maps.partner_id

    def _remove_test_buyers(self, buyers_sudo):
        """Delete them; who is used elsewhere by now is archived instead."""
        contacts_sudo = buyers_sudo | buyers_sudo.child_ids
        if not contacts_sudo:
            return
        used = any(
            self.env[model]
            .sudo()
            .search_count([(field, "in", contacts_sudo.ids)], limit=1)
            for model, field in self._get_buyer_documents()
        )
        if used:
            contacts_sudo.action_archive()
        else:
            contacts_sudo.unlink()

    @api.model
    def _get_buyer_documents(self):
        """``[(model, field)]`` of documents that keep a customer; addons add theirs."""
        return [
            ("sale.order", "partner_id"),
            ("sale.order", "partner_shipping_id"),
            ("sale.order", "partner_invoice_id"),
            ("account.move", "partner_id"),
            ("stock.picking", "partner_id"),
        ]
