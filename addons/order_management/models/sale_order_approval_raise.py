# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrder(models.Model):
    """An order; here: what is changed in a confirmed one waits for its approvers.

    The order stays confirmed, what was approved before goes on leaving. Only what was
    added, raised or put on other terms waits, by the same rules as a whole order.
    """

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _get_raise_lines(self):
        """Lines of these confirmed orders that ask for more than is approved."""
        return self.order_line.filtered(lambda line: line._is_raise_waiting())

    def _hold_confirmed_to_shipped(self):
        """Confirmed orders go to somebody or somewhere else: what has not left yet
        needs a new approval."""
        confirmed = self.filtered(
            lambda order: order.state == "sale" and order.approval_mode == "explicit"
        )
        lines = confirmed.order_line.filtered(
            lambda line: not line.display_type and not line._is_fee()
        )
        lines._hold_to_shipped()

    def _refresh_raise_steps(self):
        """Ask for the approval of what waits in these confirmed orders, once; withdraw
        the question where nothing waits any more."""
        if not self:
            return
        asking = self._get_raise_lines().order_id
        (self - asking)._withdraw_raise()
        asking._refresh_approval_steps("raise")

    def _reopen_changed(self, changed):
        """Lines of these orders were changed.

        :param changed: orders in which something was put on other terms or raised
        """
        changed._reopen_approval()
        (self - changed)._withdraw_settled()

    def _after_confirmed_cut(self, reason):
        """Quantities of these confirmed orders were decided one by one.

        :param reason: the reviewer's; without one it is no cut for good
        """
        self._withdraw_settled()
        if reason:
            self._propose_refund(reason)

    def _withdraw_settled(self):
        """Withdraw the question where nothing in a confirmed order waits any more."""
        confirmed = self.filtered(
            lambda order: order.state == "sale" and order.approval_mode == "explicit"
        )
        (confirmed - confirmed._get_raise_lines().order_id)._withdraw_raise()

    def _withdraw_raise(self):
        if not self:
            return
        steps = self._get_live_steps().filtered(lambda step: step.kind == "raise")
        if steps:
            self._end_notifications(steps, steps.browse())
            steps._close()

    def _apply_raise(self):
        """The change of these confirmed orders is approved: it may leave."""
        lines = self._get_raise_lines()
        if not lines:
            return
        before = {line.id: f"{line.approved_qty:g}" for line in lines}
        self._write_approved_qty(
            SQL("GREATEST(product_uom_qty, net_shipped_qty, 0)"),
            SQL("cut_reason IS NULL AND id = ANY(%s)", list(lines.ids)),
        )
        lines.modified(["approved_qty"])
        for quantity, alike in lines.grouped("approved_qty").items():
            alike._log_event("quantity", before, f"{quantity:g}")
        lines._action_launch_stock_rule()

    def _refuse_raise(self, reason):
        """The change of these confirmed orders is refused: what was approved stays."""
        lines = self._get_raise_lines()
        steps = self._get_live_steps()
        self._end_notifications(steps, steps.browse())
        steps._close()
        # the decision of the reviewer whose step it was
        lines.sudo().write({"cut_reason": reason})
        for order in self:
            order.message_post(
                body=self.env._("The change was refused: %(reason)s", reason=reason)
            )

    def _check_raise_allowed(self):
        """A quantity raised past the buttons needs somebody who may decide it alone.

        :raises UserError: a rule asks for others, or for several
        """
        blocked = self._get_raise_blockers()
        for order in self:
            if rule := blocked.get(order.id):
                raise UserError(
                    self.env._(
                        "%(order)s with this quantity needs the approval of others, by "
                        "the rule “%(rule)s”. Raise the ordered quantity instead: they "
                        "are asked then.",
                        order=order.display_name,
                        rule=rule.name,
                    )
                )

    def _get_raise_blockers(self):
        """``{order id: a rule by which the user may not decide alone}``"""
        if self.env.su:
            return {}
        rules_sudo = self.env["order.approval.rule"].sudo()
        matches = rules_sudo._get_matches(self)
        if not matches:
            return {}
        asked = self.browse(matches)
        matched = rules_sudo.concat(
            *(rule for rows in matches.values() for rule, _reasons in rows)
        )
        approvers = matched._get_approvers(asked)
        principals = (
            self.env.user
            | self.env["order.approval.delegation"]
            ._get_active_for(self.env.user)
            .user_id
        )
        blockers = {}
        for order in asked:
            owners = order._get_approval_owners()
            for rule, _reasons in matches[order.id]:
                own = rule.is_own_forbidden and self.env.user in owners
                named = approvers[rule.id, order.id] & principals
                if own or not named or rule.min_approvals > 1:
                    blockers.setdefault(order.id, rule)
        return blockers
