# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: steps that are not decided yet
LIVE_STATES = ("waiting", "pending")


class OrderApprovalStep(models.Model):
    """One signature that an order needs, or got: by whom, for whom, when and why.

    A rule that asks for several approvals makes several steps. Steps are made and
    decided by the order's buttons alone, and stay as its history.
    """

    _name = "order.approval.step"
    _inherit = ["order.group.mixin"]
    _description = "Approval Step"
    # by the number of the order alone, which steps have an index of
    _order = "order_id.id desc, is_current desc, level, id"
    _check_company_auto = True
    _MANY_GROUPS = _LISTED_GROUPS = ("order_id",)

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    rule_id = fields.Many2one(
        "order.approval.rule",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: no rule matches, any reviewer decides.",
    )
    kind = fields.Selection(
        [("order", "Order"), ("raise", "Change of a confirmed order")],
        required=True,
        readonly=True,
        default="order",
    )
    level = fields.Integer(readonly=True, default=1, required=True, aggregator=None)
    state = fields.Selection(
        [
            ("waiting", "Later"),
            ("pending", "To Decide"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("skipped", "Not Needed"),
        ],
        required=True,
        readonly=True,
    )
    is_current = fields.Boolean(
        default=True,
        readonly=True,
        help="Of the present version of the order; earlier ones stay as history.",
    )
    is_open = fields.Boolean("Any Reviewer", readonly=True)
    approver_ids = fields.Many2many(
        "res.users",
        "order_approval_step_approver_rel",
        "step_id",
        "user_id",
        string="Approvers",
        readonly=True,
    )
    excluded_ids = fields.Many2many(
        "res.users",
        "order_approval_step_excluded_rel",
        "step_id",
        "user_id",
        string="Not By",
        readonly=True,
        help="Whose own order it is, or who approved for the same rule already.",
    )
    why = fields.Char(readonly=True, help="Why the order needs this approval.")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    stand_in_for_id = fields.Many2one("res.users", "Standing In For", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    note = fields.Text("Remark", readonly=True)
    waiting_for = fields.Char(compute="_compute_waiting_for")
    is_mine = fields.Boolean(
        "For Me", compute="_compute_is_mine", search="_search_is_mine"
    )

    # shown beside it in lists
    partner_id = fields.Many2one(related="order_id.partner_id")
    # never summed up: an order that needs several signatures would count several times
    amount_total = fields.Monetary(related="order_id.amount_total", aggregator=None)
    currency_id = fields.Many2one(related="order_id.currency_id")
    salesperson_id = fields.Many2one(related="order_id.user_id", string="Salesperson")

    # with the company: the orders of all steps are counted from the index alone
    _order_idx = models.Index("(order_id, company_id)")
    _live_idx = models.Index("(state, order_id) WHERE state IN ('waiting', 'pending')")
    _decided_check = models.Constraint(
        "CHECK (state NOT IN ('approved', 'refused') OR decided_by_id IS NOT NULL)",
        "A decision needs somebody who decided.",
    )

    @api.depends("order_id.name", "rule_id.name")
    def _compute_display_name(self):
        for step in self:
            rule = step.sudo().rule_id.name or self.env._("Any reviewer")
            step.display_name = f"{step.order_id.name}: {rule}"

    @api.depends("approver_ids", "is_open", "state")
    @api.depends_context("lang")
    def _compute_waiting_for(self):
        for step in self:
            names = step.sudo().approver_ids.mapped("name")
            if step.state not in LIVE_STATES:
                step.waiting_for = False
            elif step.is_open:
                step.waiting_for = self.env._("any reviewer")
            else:
                step.waiting_for = ", ".join(names)

    @api.depends("approver_ids", "excluded_ids", "state")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self._get_mine()
        for step in self:
            step.is_mine = step in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_mine_domain() if True in value else ~self._get_mine_domain()

    @api.model_create_multi
    def create(self, vals_list):
        """Steps are made when an order is submitted.

        :raises UserError: for people
        """
        self._check_machinery()
        return super().create(vals_list)

    def write(self, vals):
        """Steps are decided by the order's buttons.

        :raises UserError: for people
        """
        self._check_machinery()
        return super().write(vals)

    def _check_machinery(self):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Approval steps are kept by the system. Use Submit, Approve and "
                    "Refuse on the order."
                )
            )

    def action_open_order(self):
        """Open the order that the step is of."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    def action_approve(self):
        """Approve the orders of these steps, as their own button does."""
        return self.order_id.action_approve()

    def action_refuse(self):
        """Refuse the orders of these steps, as their own button does."""
        return self.order_id.action_refuse()

    @api.model
    def _get_reviewers(self, company, role="reviewer"):
        """Active users of a company who have the hub's ``role``, in one query."""
        group = self.env.ref(f"order_management.group_{role}")
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", company.ids),
                    ("share", "=", False),
                ]
            )
        )

    @api.model
    def _get_mine_domain(self):
        """Pending steps that the current user may decide now."""
        user = self.env.user
        if not user.has_group("order_management.group_reviewer"):
            return Domain.FALSE
        allowed = Domain("is_open", "=", True) | Domain("approver_ids", "in", user.ids)
        delegations = self.env["order.approval.delegation"]._get_active_for(user)
        for company, given in delegations.grouped("company_id").items():
            stand_in = Domain("approver_ids", "in", given.user_id.ids)
            if company:
                stand_in &= Domain("company_id", "=", company.id)
            allowed |= stand_in
        return (
            Domain("state", "=", "pending")
            & Domain("excluded_ids", "not in", user.ids)
            & allowed
        )

    def _get_mine(self):
        """Those of these steps that the current user may decide.

        :return: ``{step: user for whom they stand in, empty when for themselves}``
        """
        user = self.env.user
        if not user.has_group("order_management.group_reviewer"):
            return {}
        delegations = self.env["order.approval.delegation"]._get_active_for(user)
        mine = {}
        for step in self.sudo():
            if step.state != "pending" or user in step.excluded_ids:
                continue
            if step.is_open or user in step.approver_ids:
                mine[step.with_env(self.env)] = user.browse()
                continue
            given = delegations.filtered(
                lambda delegation, step=step: (
                    not delegation.company_id
                    or delegation.company_id == step.company_id
                )
            )
            if absent := given.user_id & step.approver_ids:
                mine[step.with_env(self.env)] = absent[0]
        return mine

    def _decide(self, state, stand_ins, note=False):
        """Note the decision of the current user on these steps.

        :param stand_ins: ``{step: user for whom they stand in}``
        """
        now = fields.Datetime.now()
        by_absent = defaultdict(list)
        for step in self:
            by_absent[stand_ins.get(step, self.env.user.browse())].append(step.id)
        for absent, step_ids in by_absent.items():
            self.sudo().browse(step_ids).write(
                {
                    "state": state,
                    "decided_by_id": self.env.uid,
                    "stand_in_for_id": absent.id,
                    "decided_at": now,
                    "note": note,
                }
            )

    def _exclude(self, users):
        """These users have had their say for the rule of these steps."""
        if self and users:
            self.sudo().write(
                {
                    "excluded_ids": [fields.Command.link(user.id) for user in users],
                    "approver_ids": [fields.Command.unlink(user.id) for user in users],
                }
            )

    def _advance(self):
        """Give the turn to the lowest level of each order that is not decided yet.

        :return: steps whose turn it has become
        """
        lowest = {}
        for step in self.sorted("level"):
            lowest.setdefault(step.order_id, step.level)
        turn = self.filtered(
            lambda step: step.state == "waiting" and step.level == lowest[step.order_id]
        )
        if turn:
            turn.sudo().write({"state": "pending"})
        return turn

    def _close(self):
        """What is not decided yet will not be."""
        if self:
            self.sudo().write({"state": "skipped"})

    def _differ(self, vals_list):
        """Whether these steps, all of an order, are not just what ``vals_list`` asks
        for: other rules or reasons, or somebody has decided already."""
        if any(step.state not in LIVE_STATES for step in self):
            return True
        present = [(step.rule_id.id, step.why or "", step.kind) for step in self]
        wanted = [
            (vals.get("rule_id", False), vals.get("why", ""), vals["kind"])
            for vals in vals_list
        ]
        return sorted(present) != sorted(wanted)
