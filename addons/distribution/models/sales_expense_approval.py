# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class SalesExpense(models.Model):
    """A sales expense; here: who decides on it, level after level."""

    _inherit = "sales.expense"

    step_ids = fields.One2many("sales.expense.step", "expense_id", "Decisions")
    can_decide = fields.Boolean(
        compute="_compute_can_decide", search="_search_can_decide"
    )

    @api.depends("state", "step_ids.state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for expense in self:
            expense.can_decide = expense.state == "submitted" and bool(
                expense.sudo()
                ._get_open_steps()[:1]
                .filtered(lambda step, expense=expense: expense._get_acting_for(step))
            )

    def _search_can_decide(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        steps = self.env["sales.expense.step"].sudo()
        found = steps.search(
            [("state", "=", "waiting"), ("expense_id.state", "=", "submitted")]
        )
        mine = found.expense_id.with_env(self.env).filtered("can_decide")
        return Domain("id", operator, mine.ids)

    def action_approve(self):
        """Approve the step of these requests that waits for this user.

        :raises AccessError: somebody else decides
        :raises UserError: a release is missing
        """
        for expense in self.sorted("id").filtered(lambda e: e.state == "submitted"):
            step, acting_for = expense._get_own_step()
            if expense.needs_release:
                raise UserError(
                    self.env._(
                        "“%(expense)s” is above its budget: a trade manager has to "
                        "release it first.",
                        expense=expense.display_name,
                    )
                )
            expense._decide(step, acting_for, "approved")
            if not expense.sudo()._get_open_steps():
                expense.sudo()._transition("approved")
            else:
                expense._notify_approvers()
        return True

    def action_refuse(self, reason):
        """Refuse these requests; what they held is free again.

        :param str reason: told to who asked
        :raises AccessError: somebody else decides
        :raises UserError: no reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: who asked wants to know."))
        for expense in self.filtered(lambda e: e.state == "submitted"):
            step, acting_for = expense._get_own_step()
            expense._decide(step, acting_for, "refused", reason)
            expense.sudo()._transition("refused", reason.strip())
            expense.sudo().message_post(
                body=self.env._("Refused: %(reason)s", reason=reason),
                partner_ids=expense.user_id.partner_id.ids,
            )
        return True

    def _get_open_steps(self):
        """Steps of the lowest level that is not decided yet."""
        self.ensure_one()
        waiting = self.step_ids.filtered(lambda step: step.state == "waiting")
        level = min(waiting.mapped("level"), default=0)
        return waiting.filtered(lambda step: step.level == level)

    def _get_acting_for(self, step):
        """Whose decision this user may take: the user's own or an absent one's."""
        self.ensure_one()
        user = self.env.user
        own = user in (self.user_id, self.create_uid)
        if own and not user.has_group("distribution.group_trade_manager"):
            return self.env["res.users"]
        approvers = step.sudo().user_ids
        if user in approvers:
            return user
        delegations = self.env["order.approval.delegation"]._get_active_for(user)
        return delegations.filtered(
            lambda given: (
                given.company_id in (self.company_id, self.env["res.company"])
                and given.user_id in approvers
            )
        ).user_id[:1]

    def _get_own_step(self):
        """The open step that this user may decide, and for whom.

        :raises AccessError: there is none
        """
        self.ensure_one()
        self.check_access("read")
        steps = self.sudo()._get_open_steps()
        for step in steps:
            if acting_for := self._get_acting_for(step):
                return step, acting_for
        names = ", ".join(steps.user_ids[:5].mapped("name"))
        raise AccessError(
            self.env._(
                "You do not decide on “%(expense)s”. It waits for: %(names)s.",
                expense=self.display_name,
                names=names or "-",
            )
        )

    def _decide(self, step, acting_for, state, reason=None):
        step.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "stand_in_for_id": acting_for.id
                if acting_for != self.env.user
                else False,
                "decided_at": fields.Datetime.now(),
                "reason": reason,
            }
        )
        self.sudo().activity_ids.filtered(
            lambda activity: activity.user_id == acting_for
        ).action_feedback()

    def _check_decider(self):
        """:raises AccessError: neither supervisor nor accountant"""
        self.check_access("read")
        user = self.env.user
        if not (
            user.has_group("distribution.group_supervisor")
            or user.has_group("distribution.group_accountant")
        ):
            raise AccessError(
                self.env._("Only supervisors and accountants close expense requests.")
            )

    def _after_submitted(self):
        """Hook of the state: ask those who have to decide."""
        for expense in self.sudo():
            expense._void_steps()
            self.env["sales.expense.step"].sudo().create(expense._prepare_steps())
            # what waits for a release is asked about then
            if not expense.needs_release:
                expense._notify_approvers()

    def _after_draft(self):
        """Hook of the state: nobody has to decide."""
        self.sudo()._void_steps()

    def _after_cancelled(self):
        """Hook of the state: nobody has to decide."""
        self.sudo()._void_steps()

    def _after_refused(self):
        """Hook of the state: nobody else has to decide."""
        self.sudo()._void_steps()

    def _void_steps(self):
        waiting = self.step_ids.filtered(lambda step: step.state == "waiting")
        waiting.write({"state": "void"})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _prepare_steps(self):
        """Values of the decisions that this request needs."""
        self.ensure_one()
        rules = self.env["sales.expense.rule"].search(
            [("company_id", "=", self.company_id.id)]
        )
        steps = [
            {
                "expense_id": self.id,
                "rule_id": rule.id,
                "name": rule.name,
                "level": rule.level,
                "user_ids": self._filter_here(rule._get_approvers(self)).ids,
            }
            for rule in rules
            if rule._matches(self)
        ]
        if steps:
            return steps
        deciders = self.env.ref("distribution.group_supervisor").all_user_ids
        return [
            {
                "expense_id": self.id,
                "name": self.env._("Supervisor"),
                "user_ids": self._filter_here(
                    deciders | self.centre_id.budget_manager_id
                ).ids,
            }
        ]

    def _filter_here(self, users):
        """Those of ``users`` who may work in this request's company."""
        return users.filtered(lambda user: self.company_id in user.company_ids)

    def _notify_approvers(self):
        """An activity for the first approver of each open step that is named."""
        self.ensure_one()
        for step in self.sudo()._get_open_steps():
            users = step.user_ids - self.user_id
            manager = self.sudo().centre_id.budget_manager_id
            user = manager if manager in users else users[:1]
            if user:
                self.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Approve or refuse the expense"),
                    user_id=user.id,
                )
