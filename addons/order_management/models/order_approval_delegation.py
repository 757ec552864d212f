# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

#: what was delegated to whom: fixed once it has begun
_FIXED_FIELDS = frozenset({"user_id", "delegate_id", "company_id", "date_from"})


class OrderApprovalDelegation(models.Model):
    """Somebody stands in for an approver for some days.

    The stand-in may decide what the approver may; what they decide says for whom.
    Standing in is not handed on: the stand-in of a stand-in decides nothing.
    """

    _name = "order.approval.delegation"
    _inherit = ["mail.thread"]
    _description = "Approval Stand-In"
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        "Absent",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
    )
    delegate_id = fields.Many2one(
        "res.users",
        "Stand-In",
        required=True,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        tracking=True,
        index="btree_not_null",
        help="Empty: in every company.",
    )
    date_from = fields.Date(
        "From", required=True, tracking=True, default=fields.Date.context_today
    )
    date_to = fields.Date("Until", required=True, tracking=True)
    reason = fields.Char(tracking=True)
    ended_at = fields.Datetime("Ended Early", readonly=True, tracking=True, copy=False)
    state = fields.Selection(
        [("planned", "Planned"), ("active", "Active"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
    )
    decision_count = fields.Integer("Decisions", compute="_compute_decision_count")

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A stand-in cannot end before it begins."
    )
    _delegate_check = models.Constraint(
        "CHECK (user_id <> delegate_id)", "Nobody stands in for themselves."
    )

    @api.depends("user_id", "delegate_id")
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = self.env._(
                "%(delegate)s for %(user)s",
                delegate=delegation.delegate_id.name,
                user=delegation.user_id.name,
            )

    @api.depends("date_from", "date_to", "ended_at")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for delegation in self:
            begins, ends = delegation.date_from, delegation.date_to
            if delegation.ended_at or (ends and ends < today):
                delegation.state = "ended"
            else:
                delegation.state = "planned" if begins and begins > today else "active"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        ended = Domain("ended_at", "!=", False) | Domain("date_to", "<", today)
        domains = {
            "planned": ~ended & Domain("date_from", ">", today),
            "active": ~ended & Domain("date_from", "<=", today),
            "ended": ended,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _compute_decision_count(self):
        for delegation in self:
            delegation.decision_count = self.env["order.approval.step"].search_count(
                delegation._get_decision_domain()
            )

    @api.constrains("delegate_id")
    def _check_delegate_reviewer(self):
        reviewers = self.env.ref("order_management.group_reviewer").sudo().all_user_ids
        for delegation in self:
            if delegation.delegate_id not in reviewers:
                raise ValidationError(
                    self.env._(
                        "%(user)s may not approve orders. Choose a reviewer, or have "
                        "an administrator give the right Order Hub: Reviewer.",
                        user=delegation.delegate_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Have oneself stood in for; managers do it for anybody.

        :raises AccessError: for somebody else, without being a manager
        """
        delegations = super().create(vals_list)
        delegations._check_own()
        return delegations

    def write(self, vals):
        """Change a stand-in; from its first day on only how long it lasts.

        :raises AccessError: of somebody else, without being a manager
        :raises UserError: what was delegated to whom, after it has begun
        """
        self._check_own()
        if _FIXED_FIELDS & vals.keys() and any(
            delegation.state != "planned" for delegation in self
        ):
            raise UserError(
                self.env._(
                    "This stand-in has begun and stays as history. Change its last "
                    "day, and enter another one."
                )
            )
        result = super().write(vals)
        self._check_own()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._check_own()
        if any(delegation.state != "planned" for delegation in self):
            raise UserError(
                self.env._(
                    "This stand-in has begun and stays as history. End it instead."
                )
            )

    def action_end(self):
        """End these stand-ins now: the absent decide themselves again."""
        self._check_own()
        self.filtered(lambda delegation: delegation.state != "ended").write(
            {"ended_at": fields.Datetime.now()}
        )
        return True

    def action_view_decisions(self):
        """Open what was decided by the stand-in for the absent in these days."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_approval_step_action"
        )
        domain = list(self._get_decision_domain())
        return {**action, "domain": domain, "context": {}}

    def _get_decision_domain(self):
        self.ensure_one()
        return (
            Domain("stand_in_for_id", "=", self.user_id.id)
            & Domain("decided_by_id", "=", self.delegate_id.id)
            & Domain("decided_at", ">=", self.date_from)
            & Domain("decided_at", "<", fields.Date.add(self.date_to, days=1))
        )

    def _check_own(self):
        """:raises AccessError: somebody else's, without being a manager"""
        if self.env.su or self.env.user.has_group("order_management.group_manager"):
            return
        if any(delegation.user_id != self.env.user for delegation in self):
            raise AccessError(
                self.env._(
                    "You can name a stand-in for yourself. For others, ask a manager "
                    "of the Order Hub."
                )
            )

    @api.model
    def _get_active_for(self, user):
        """Those who are absent today and for whom ``user`` stands in."""
        return self.sudo().search(
            [("delegate_id", "=", user.id), ("state", "in", ["active"])]
        )

    @api.model
    def _get_delegates(self, users):
        """``{absent user: those who stand in for them today}``"""
        active = self.sudo().search(
            [("user_id", "in", users.ids), ("state", "in", ["active"])]
        )
        return {
            user: given.delegate_id for user, given in active.grouped("user_id").items()
        }
