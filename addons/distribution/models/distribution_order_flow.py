# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_management.tools.figures import plain_figure


class DistributionOrder(models.Model):
    """A secondary order; here: sent, confirmed, delivered, returned, cancelled."""

    _inherit = "distribution.order"

    # --- by the rep or the outlet ---
    def action_send(self):
        """Send these orders to who supplies them; split what has several suppliers.

        :return: all orders that were sent, those split off included
        :raises UserError: no lines, no supplier for a product, a member that is closed
        """
        self.check_access("write")
        drafts = self.filtered(lambda order: order.state == "draft")
        for order in drafts:
            if not order.line_ids:
                raise UserError(
                    self.env._(
                        "Order %(name)s has no lines. Add what the outlet wants.",
                        name=order.name,
                    )
                )
        orders = drafts | drafts._split_by_supplier()
        orders._check_members()
        for line in orders.line_ids:
            line.write({"confirmed_qty": line.product_qty, "cut_reason": False})
        orders._transition("sent")
        orders._mail_supplier()
        return orders | (self - drafts)

    def _split_by_supplier(self):
        """Move lines that somebody else supplies to orders of their own.

        :return: the new orders
        :raises UserError: nobody in the network supplies a product to the buyer
        """
        new = self.browse()
        for day, orders in self.grouped(lambda o: o.date_order.date()).items():
            products = orders.line_ids.product_id
            suppliers = orders.buyer_id.sudo()._get_suppliers(products, day)
            for order in orders:
                new |= order._split(suppliers)
        return new

    def _split(self, suppliers):
        parts = defaultdict(self.line_ids.browse)
        for line in self.line_ids:
            supplier = suppliers.get((self.buyer_id, line.product_id))
            if not supplier:
                raise UserError(self._get_no_supplier_message(line.product_id))
            parts[supplier.id] |= line
        if self.supplier_id.id not in parts:
            self.supplier_id = next(iter(parts))
        new = self.browse()
        for supplier_id, lines in parts.items():
            if supplier_id != self.supplier_id.id:
                part = self.copy(
                    {
                        "supplier_id": supplier_id,
                        "origin_id": self.id,
                        "line_ids": [],
                        "date_order": self.date_order,
                        "delivery_date": self.delivery_date,
                    }
                )
                lines.order_id = part
                lines._compute_price_unit()
                new |= part
        return new

    def _get_no_supplier_message(self, product):
        return self.env._(
            "Nobody in the network supplies %(product)s to “%(buyer)s” today. If this "
            "company supplies it, make a sales order; otherwise add a supply link to "
            "the buyer.",
            product=product.display_name,
            buyer=self.buyer_id.display_name,
        )

    def _check_members(self):
        """Refuse orders of or to members that were archived or closed.

        :raises UserError: naming the member
        """
        for order in self.sudo():
            for member in order.buyer_id | order.supplier_id:
                if not member.active or member.state == "closed":
                    raise UserError(
                        self.env._(
                            "%(order)s: “%(member)s” is no longer active in the "
                            "network. Choose another supplier, or cancel the order.",
                            order=order.name,
                            member=member.display_name,
                        )
                    )

    def action_draft(self):
        """Take refused, cancelled or unanswered orders back to work on them."""
        self.check_access("write")
        return self._transition("draft")

    # --- by the supplier ---
    def _check_may_answer(self):
        """Only the supplier answers (through the portal, as the system), or who
        records the answer for it.

        :raises AccessError: for anybody else
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_supervisor"
        ):
            raise AccessError(
                self.env._(
                    "The supplier confirms secondary orders. Ask it to, or have a "
                    "supervisor record its answer."
                )
            )

    def action_confirm(self, quantities=None, reasons=None):
        """Confirm what the supplier will deliver, in full or cut.

        :param quantities: ``{line id: quantity}`` in the line's unit; left out lines
            keep what was entered on them. Keys may be text, as JSON has them.
        :param reasons: ``{line id: why it was cut}``
        :raises UserError: more than ordered, less without a reason, nothing at all, a
            member that is gone
        :raises ValidationError: stock is missing and the company blocks
        """
        self._check_may_answer()
        orders = self.filtered(lambda order: order.state != "confirmed")
        orders._check_members()
        orders.line_ids._take_answer(quantities or {}, reasons or {})
        for order in orders:
            order._check_answer()
        self.env["distribution.stock"].sudo()._promise_orders(orders)
        cut = orders.filtered(lambda order: any(line.is_cut for line in order.line_ids))
        cut._transition("partly")
        (orders - cut)._transition("confirmed")
        return True

    def _check_answer(self):
        if self.state != "sent":
            raise UserError(self._get_transition_error("confirmed"))
        if not any(line.confirmed_qty > 0 for line in self.line_ids):
            raise UserError(
                self.env._(
                    "Nothing of %(name)s is confirmed. Refuse the order instead, with "
                    "a reason.",
                    name=self.name,
                )
            )

    def action_refuse(self, reason):
        """The supplier will not deliver.

        :raises UserError: without a reason
        """
        self._check_may_answer()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the order is refused."))
        self.refuse_reason = reason
        return self._transition("refused", reason)

    def action_deliver(self, quantities=None):
        """Record what was delivered: sell-through of the supplier, stock of the buyer.

        :param quantities: ``{line id: quantity}`` in the line's unit; default: what is
            entered on the lines, which is all that is left
        :raises UserError: more than confirmed, negative, nothing
        """
        self._check_may_answer()
        orders = self.filtered(lambda order: order.state in ("confirmed", "partly"))
        if wrong := self - orders:
            raise UserError(wrong[0]._get_transition_error("delivered"))
        lines = orders.line_ids
        moved = lines._take_delivery(quantities)
        lines._post_flow(moved)
        moved_lines = lines.browse([line.id for line in moved])
        today = fields.Date.context_today(self)
        done = orders.filtered(
            lambda order: all(not line.remaining_qty for line in order.line_ids)
        )
        orders.filtered(lambda order: order.line_ids & moved_lines).delivered_on = today
        done._transition("delivered")
        return True

    def action_close(self, reason=None):
        """Nothing more will be delivered of partly delivered orders."""
        self._check_may_answer()
        for order in self:
            if not any(order.line_ids.mapped("delivered_qty")):
                raise UserError(
                    self.env._(
                        "Nothing of %(name)s was delivered. Cancel it instead.",
                        name=order.name,
                    )
                )
        self._release_promises()
        self.line_ids.filtered("remaining_qty").sudo().is_closed = True
        return self._transition("delivered", reason)

    def action_cancel(self, reason=None):
        """Cancel orders; what was promised is free again.

        :raises UserError: goods were delivered already
        """
        self.check_access("write")
        if any(order.state in ("confirmed", "partly") for order in self):
            self._check_may_answer()
        for order in self:
            if any(order.line_ids.mapped("delivered_qty")):
                raise UserError(
                    self.env._(
                        "Goods of %(name)s were delivered already. Close the order, or "
                        "have them returned.",
                        name=order.name,
                    )
                )
        self._release_promises()
        return self._transition("cancelled", reason)

    def _release_promises(self):
        orders = self.filtered(lambda order: order.state in ("confirmed", "partly"))
        give_back = orders._get_wanted("remaining_qty")
        self.env["distribution.stock"].sudo()._promise(
            {key: -quantity for key, quantity in give_back.items()}, "none"
        )

    def action_return(self, quantities, reason=None):
        """Take delivered goods back: into the supplier's stock, out of the buyer's.

        :param quantities: ``{line id: quantity}`` in the line's unit
        :raises UserError: more than was delivered, negative, nothing
        """
        self._check_may_answer()
        lines = self.line_ids
        moved = lines._take_return(quantities)
        lines._post_flow(moved, is_return=True, reason=reason)
        body = "\n".join(
            f"{line.product_id.display_name}: {plain_figure(quantity)}"
            for line, quantity in moved.items()
        )
        for order in self:
            order.message_post(
                body=self.env._("Returned: %(lines)s", lines=body),
                subtype_xmlid="mail.mt_note",
            )
        return True

    # --- mail ---
    def _mail_supplier(self):
        """Write to suppliers that have an address; never holds an order up."""
        template = self.env.ref(
            "distribution.mail_template_distribution_order", raise_if_not_found=False
        )
        if not template:
            return
        # the template reads the supplier, whom a rep need not see
        for order in self.sudo():
            if order.supplier_id.partner_id.email:
                template.sudo().send_mail(order.id, force_send=False)

    def _get_visible_domain(self, members):
        """Orders that these members may see: what they buy and what they supply."""
        return [
            "|",
            ("buyer_id", "in", members.ids),
            "&",
            ("supplier_id", "in", members.ids),
            ("state", "!=", "draft"),
        ]
