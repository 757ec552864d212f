# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..tools.transient import is_transient
from .sale_order_bulk import Bulk

#: orders that go on in the request of who released them; more go on in jobs
_NOW = 10
_CHUNK = 50
_ACTIVITY = "order_management.mail_activity_type_review"
#: Proof that orders were reviewed just now: an object that no RPC context can carry
_REVIEWED = object()


class SaleOrder(models.Model):
    """An order; here: the doors at which the review stands, and the way on."""

    _inherit = "sale.order"

    def _confirmation_error_message(self):
        """Override of ``sale``: what the review holds is named."""
        message = super()._confirmation_error_message()
        if message or self.review_state != "held":
            return message
        return self._get_held_message()

    def _get_held_message(self):
        self.ensure_one()
        return self.env._(
            "%(order)s is held by the review:\n%(reasons)s\nOwner: %(owner)s. Remove "
            "the cause and review it again, or have the holds released.",
            order=self.display_name,
            reasons="\n".join(f"- {x}" for x in (self.review_text or "").splitlines()),
            owner=self.review_owner or self.env._("nobody"),
        )

    def action_submit(self):
        """Override of the hub: reviewed first, and clean ones are submitted.

        As with a confirmation: an order that is held only now stays with its holds, and
        the answer says so; one that was held before raises.

        :return: True, or a notification about what is held
        """
        reviewed = self.env.context.get("order_management_submit") is _REVIEWED
        if reviewed or not self._may_review():
            return super().action_submit()
        self.check_access("write")
        for order in self:
            order._check_submit_allowed()
        held, known = self._find_held()
        if not held:
            return super().action_submit()
        if len(self) == 1 and known:
            raise UserError(self._get_held_message())
        if ready := self - held:
            super(SaleOrder, ready).action_submit()
        return held._notify_held()

    def _submit_reviewed(self):
        """Submit orders that the review has let through just now."""
        return self._mark_reviewed().action_submit()

    def _mark_reviewed(self):
        """These orders, of which a submission asks the review no second time."""
        return self.with_context(order_management_submit=_REVIEWED)

    def _find_held(self):
        """Review these orders, after the rules.

        :return: the orders that are held, and those that were held before
        """
        # the review judges what the rules made of it
        self._classify_once()
        under = self._filter_reviewable()
        known = under.filtered(lambda order: order.review_state == "held")
        under._run_review()
        return under.filtered(lambda order: order.review_state == "held"), known

    def _notify_held(self):
        text = "\n".join(order._get_held_message() for order in self)
        return self.env["channel.order"]._notify(text, "warning")

    def action_confirm(self):
        """Override of ``sale``: reviewed first, and clean ones go on.

        An error would take the holds back that it tells about. So an order that is held
        only now stays a quotation with its holds, and the answer says so; one that was
        held before raises, as everything that cannot be confirmed.

        Bulk steps and the importer have split clean from held already.

        :return: True, or a notification about what is held
        """
        if Bulk.of(self) or not self._may_review():
            return super().action_confirm()
        held, known = self._find_held()
        if not held or (len(self) == 1 and known):
            return super().action_confirm()
        if ready := self - held:
            super(SaleOrder, ready).action_confirm()
        return held._notify_held()

    def _keep_held_in_review(self):
        """For customers who sign, pay or stand at a till: review these orders, and tell
        the owners of those that are held. Never raises for a hold.

        :return: the orders that are held
        """
        orders_sudo = self.sudo()
        orders_sudo._classify_once()
        orders_sudo._review()
        held_sudo = orders_sudo.filtered(lambda order: order.review_state == "held")
        fresh_sudo = held_sudo.filtered(lambda order: not order.is_accepted_in_review)
        fresh_sudo._save_review({"is_accepted_in_review": True})
        # held or not, it is there: as with imported orders and those to approve
        fresh_sudo._tell_customer("received")
        for order in fresh_sudo:
            order.activity_schedule(
                _ACTIVITY,
                summary=self.env._("Accepted by the customer, but held by the review"),
                note=plaintext2html(order.review_text or ""),
                user_id=order._get_told_user().id,
            )
        return self.browse(held_sudo.ids)

    def _get_told_user(self):
        """The first owner of the holds, else who looks after the order."""
        owners = self._get_open_holds().filtered(lambda hold: not hold.is_note).user_id
        return owners[:1] or self._get_approval_user()

    def _validate_order(self):
        """Override of ``sale``: a customer who signs or pays never meets a hold."""
        held = self._keep_held_in_review()
        if self - held:
            return super(SaleOrder, self - held)._validate_order()
        return None

    def _get_confirmable(self):
        """Override: nothing confirms by itself what the review holds."""
        orders = super()._get_confirmable()
        return orders.filtered(lambda order: order.review_state != "held")

    # ------------------------------------------------------------- the way on

    def _go_on_after_review(self, now=_NOW):
        """Let released orders go on as their channels say: a few now, more in jobs.

        :param now: how many are a few
        """
        ready = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.review_state != "held"
                and (order.sale_channel_id or order.is_accepted_in_review)
            )
        )
        if len(ready) <= now:
            ready._go_on_reviewed()
            return
        for start in range(0, len(ready), _CHUNK):
            part = ready[start : start + _CHUNK].sudo()
            part.with_delay(
                channel="root.order_management.bulk",
                description=self.env._(
                    "%(count)s orders released from the review go on", count=len(part)
                ),
                identity_key=f"order_management.review:{part.ids}",
            )._job_go_on_reviewed()

    def _job_go_on_reviewed(self):
        """Let these orders go on in a job; repeatable."""
        orders = self.sudo().exists()
        orders._take_review_turn()
        orders.invalidate_recordset()
        orders.filtered(lambda o: o.review_state != "held")._go_on_reviewed()

    def _go_on_reviewed(self):
        """The next step of orders that nothing holds any more.

        Imported ones take the importer's way; what a customer signed or paid meanwhile
        is confirmed, unless something else keeps it.
        """
        orders_sudo = self.sudo().filtered(lambda o: o.state in ("draft", "sent"))
        accepted_sudo = orders_sudo.filtered("is_accepted_in_review")
        for order in accepted_sudo:
            order._go_on_accepted()
        imported_sudo = (orders_sudo - accepted_sudo).filtered(
            lambda order: order.channel_number and not order.pending_change_count
        )
        for channel, orders in imported_sudo.grouped("sale_channel_id").items():
            importer = self.env["channel.order.importer"]._for_channel(channel)
            importer._go_on(
                channel.with_env(importer.env), orders.with_env(importer.env)
            )
        orders_sudo.invalidate_recordset()

    def _go_on_accepted(self):
        """Confirm what the customer accepted while it was held.

        What cannot be confirmed stays with the person who was told of it: it must not
        keep others from being released.
        """
        self.ensure_one()
        self._save_review({"is_accepted_in_review": False})
        try:
            with self.env.cr.savepoint():
                self.activity_unlink([_ACTIVITY])
                self._validate_order()
        except UserError as error:
            self.env["channel.order.importer"]._note_unconfirmed(self, str(error))

    @api.model
    def _cron_review_again(self, limit=500):
        """Clear holds whose causes have gone: goods that came, payments, addresses."""
        holds_sudo = self.env["order.review.hold"].sudo()
        domain = [("state", "=", "open"), ("rule_id.auto_release", "=", True)]
        domain.append(("order_id.state", "in", ("draft", "sent")))
        orders = holds_sudo.search(domain, order="id").order_id
        for start in range(0, len(orders), limit):
            part = orders[start : start + limit]
            part = part.try_lock_for_update(allow_referencing=True)
            freed = part._review_whole()
            try:
                with self.env.cr.savepoint():
                    freed._go_on_after_review()
            except Exception as error:
                if is_transient(error):
                    raise
                # one that cannot go on must not keep the others held for ever: its job
                # tells why
                freed._go_on_after_review(now=0)
            remaining = max(len(orders) - start - limit, 0)
            if not self.env["ir.cron"]._commit_progress(len(part), remaining=remaining):
                break
