# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.tools import float_compare


class SaleOrder(models.Model):
    """An order; here: what an approval means for its confirmation and its transfers."""

    # split by concern: one file holds the approval, this one what it leads to
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        if message or not self._is_awaiting_approval():
            return message
        names = {"order": self.display_name, "reason": self.approval_reason}
        if self.approval_state == "to_approve":
            return self.env._(
                "%(order)s waits for approval; a reviewer has to approve it before it "
                "can be confirmed.",
                **names,
            )
        if self.approval_state == "refused":
            return self.env._(
                "%(order)s was refused: %(reason)s. Change it and submit it again.",
                **names,
            )
        return self.env._(
            "%(order)s needs approval. Submit it; it can be confirmed once a reviewer "
            "has approved it.",
            **names,
        )

    def _validate_order(self):
        """A customer who signs or pays is never stopped by an approval: it waits."""
        held = self.filtered(lambda order: order._is_awaiting_approval())
        held._hold_for_approval()
        if self - held:
            return super(SaleOrder, self - held)._validate_order()
        return None

    def _hold_for_approval(self):
        """Submit orders the customer accepted, and tell somebody.

        A refused order is submitted again: the customer paid or signed after all.
        """
        # whoever decides sees what the rules made of it
        self.sudo()._classify_once()
        for order in self.sudo():
            if order.approval_state in ("none", "refused"):
                order._approval_transition(
                    "to_approve", self.env._("Accepted by the customer")
                )
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Accepted by the customer: approve and confirm"),
                user_id=order._get_approval_user().id,
            )

    def _get_approval_user(self):
        """Who is told that a customer waits for the approval of this order.

        The salesperson, else who entered it if that was one of us and no visitor of a
        web shop, else who looks after the channel, else a manager of the hub.
        """
        self.ensure_one()
        author = self.create_uid
        if author.share or author == self.env.ref("base.user_root"):
            author = author.browse()
        channel = self.sale_channel_id
        return (
            self.user_id
            or author
            or channel._get_mail_user()
            or channel._get_hub_manager(self.company_id)
            or self.create_uid
        )

    def _reopen_approval(self):
        """Ask again for orders that were changed since they were submitted.

        Approved quotations wait again; of those that wait already, signatures given
        on other terms are void; of confirmed orders the change alone waits.
        """
        explicit = self.filtered(lambda order: order.approval_mode == "explicit")
        drafts = explicit.filtered(lambda order: order.state in ("draft", "sent"))
        waiting = drafts.filtered(lambda order: order.approval_state == "to_approve")
        approved = drafts.filtered(lambda order: order.approval_state == "approved")
        if approved:
            approved._approval_transition(
                "to_approve", self.env._("Changed after it was approved")
            )
        waiting._refresh_approval_steps()
        explicit.filtered(lambda order: order.state == "sale")._refresh_raise_steps()

    def _get_line_with_room(self, move):
        """The line of these orders that a done move without one belongs to.

        :return: the first line of the product with room for it, else its last line (and
            the ceiling speaks), else none
        """
        lines = self.order_line.filtered(
            lambda line: line.product_id == move.product_id
        )
        for line in lines:
            quantity = move.product_uom._compute_quantity(
                move.quantity, line.product_uom_id, round=False
            )
            room = line.approved_qty - line.net_shipped_qty
            if float_compare(quantity, room, precision_digits=6) <= 0:
                return line
        return lines[-1:]
