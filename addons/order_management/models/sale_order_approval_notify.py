# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from markupsafe import Markup

from odoo import api, models

#: more orders at once than this: no activity an order, only the mail an approver
_ACTIVITY_LIMIT = 20
_ACTIVITY_TYPE = "order_management.mail_activity_type_approval"


class SaleOrder(models.Model):
    """An order; here: how approvers learn that it is their turn."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _notify_turn(self, steps):
        """Tell the approvers of these steps that they are to decide now.

        Who is asked by name gets an activity (and Odoo's mail with its link), stand-ins
        of today as well. Steps for any reviewer wait in “My Approvals”.
        """
        named_sudo = steps.sudo().filtered("approver_ids")
        if not named_sudo:
            return
        delegates = self.env["order.approval.delegation"]._get_delegates(
            named_sudo.approver_ids
        )
        asked = defaultdict(dict)
        for step in named_sudo:
            users = step.approver_ids
            for user in step.approver_ids:
                users |= delegates.get(user, users.browse())
            for user in users - step.excluded_ids:
                asked[user].setdefault(step.order_id, []).append(step.why or "")
        count = len(named_sudo.order_id)
        if count <= _ACTIVITY_LIMIT:
            # Odoo mails each activity by itself: good for one order, a flood for ten
            self.with_context(mail_activity_quick_update=count > 1)._schedule_turn(
                asked
            )
        if count > 1:
            self._mail_turn(asked)

    @api.model
    def _schedule_turn(self, asked):
        """:param asked: ``{user: {order: [reasons]}}``"""
        kind = self.env.ref(_ACTIVITY_TYPE, raise_if_not_found=False)
        if not kind:
            return
        model_id = self.env["ir.model"]._get_id("sale.order")
        # approvers need no right on the order's activities to be asked
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "user_id": user.id,
                    "activity_type_id": kind.id,
                    "automated": True,
                    "summary": self.env._("Approve %(order)s", order=order.name),
                    "note": Markup("<br/>").join(dict.fromkeys(filter(None, whys))),
                }
                for user, orders in asked.items()
                for order, whys in orders.items()
            ]
        )

    @api.model
    def _mail_turn(self, asked):
        """One message an approver, with the link to all that waits for them."""
        # only the address is read, which is no secret
        action_sudo = self.env.ref(
            "order_management.sale_order_action_my_approvals"
        ).sudo()
        link = Markup('<p><a href="/odoo/%s">%s</a></p>')
        for user, orders in asked.items():
            subject = self.env._("%(count)s orders to approve", count=len(orders))
            self.env["mail.thread"].sudo().message_notify(
                partner_ids=user.partner_id.ids,
                subject=subject,
                body=Markup("<p>%s</p>") % subject
                + link % (action_sudo.path, self.env._("My Approvals")),
            )

    @api.model
    def _end_notifications(self, done, left):
        """Take back what was asked of people who need not decide any more.

        :param done: steps that were decided or closed
        :param left: steps of the same orders that are still to be decided
        """
        orders = done.order_id
        kind = self.env.ref(_ACTIVITY_TYPE, raise_if_not_found=False)
        if not orders or not kind:
            return
        activities_sudo = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "sale.order"),
                    ("res_id", "in", orders.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            )
        )
        if not activities_sudo:
            return
        asked = defaultdict(set)
        for step in left.sudo().filtered(lambda step: step.state == "pending"):
            asked[step.order_id.id].update(step.approver_ids.ids)
        activities_sudo.filtered(
            lambda activity: activity.user_id.id not in asked[activity.res_id]
        ).unlink()
