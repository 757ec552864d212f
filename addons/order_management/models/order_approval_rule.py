# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import formatLang


class OrderApprovalRule(models.Model):
    """Which submitted orders need whose approval.

    Rules of the same level decide side by side, a higher level waits for the lower
    ones. All rules that match an order apply; an order that none matches is decided by
    any reviewer.
    """

    _name = "order.approval.rule"
    _inherit = ["order.rule.domain.mixin", "mail.thread"]
    _description = "Approval Rule"
    _order = "level, sequence, id"
    _check_company_auto = True

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)
    channel_ids = fields.Many2many(
        help="Empty: orders of every channel, and those of none."
    )

    # when
    logic = fields.Selection(
        [("all", "All of these"), ("any", "Any of these")],
        "Conditions",
        required=True,
        default="all",
        tracking=True,
    )
    by_amount = fields.Boolean("Amount Over", tracking=True)
    amount_over = fields.Monetary(
        "Amount",
        tracking=True,
        help="Total with taxes, converted to the company's currency.",
    )
    by_discount = fields.Boolean("Discount Over", tracking=True)
    discount_over = fields.Float(
        "Discount %",
        digits=(5, 2),
        tracking=True,
        help="Of one line or of the whole order, typed prices below the price list "
        "and discount lines included.",
    )
    by_margin = fields.Boolean("Margin Under", tracking=True)
    margin_under = fields.Float(
        "Margin %",
        digits=(5, 2),
        tracking=True,
        help="Untaxed amount less the products' cost today, in percent of the amount.",
    )
    by_over_quota = fields.Boolean("Over Quota", tracking=True)
    by_over_credit = fields.Boolean(
        "Over Credit Limit",
        tracking=True,
        help="What the customer owes, orders not invoiced yet and this one are more "
        "than the credit limit. Needs the setting Sales Credit Limit.",
    )
    by_new_customer = fields.Boolean(
        "New Customer", tracking=True, help="Never had an order confirmed before."
    )

    # who
    level = fields.Integer(
        default=1,
        required=True,
        tracking=True,
        help="Rules of one level decide side by side; the next level is asked when all "
        "of them have approved.",
    )
    approver_type = fields.Selection(
        [
            ("user", "People"),
            ("group", "Members of a group"),
            ("leader", "Leader of the sales team"),
        ],
        "Decided by",
        required=True,
        default="user",
        tracking=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Approvers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    group_id = fields.Many2one("res.groups", tracking=True, ondelete="restrict")
    min_approvals = fields.Integer(
        "Approvals Needed",
        default=1,
        required=True,
        tracking=True,
        help="How many different people have to approve.",
    )
    is_own_forbidden = fields.Boolean(
        "Not One's Own Order",
        default=True,
        tracking=True,
        help="Whoever made, submitted or sells the order cannot approve it.",
    )
    summary = fields.Text("In Words", compute="_compute_summary")
    step_count = fields.Integer("Decisions", compute="_compute_step_count")

    _level_check = models.Constraint(
        "CHECK (level >= 1)", "The level of a rule starts at 1."
    )
    _min_approvals_check = models.Constraint(
        "CHECK (min_approvals BETWEEN 1 AND 20)",
        "A rule needs at least one approval and no more than 20.",
    )
    _discount_over_check = models.Constraint(
        "CHECK (discount_over BETWEEN 0 AND 100)",
        "A discount is between 0 and 100 %.",
    )
    _amount_over_check = models.Constraint(
        "CHECK (amount_over >= 0)", "The amount of a rule cannot be below zero."
    )

    @api.depends(lambda self: self._get_summary_fields())
    @api.depends_context("lang")
    def _compute_summary(self):
        for rule in self:
            rule.summary = rule._get_summary()

    def _compute_step_count(self):
        counts = dict(
            self.env["order.approval.step"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.step_count = counts.get(rule._origin, 0)

    @api.constrains("approver_type", "user_ids", "group_id", "min_approvals")
    def _check_approvers(self):
        reviewers = self.env.ref("order_management.group_reviewer").all_user_ids
        for rule in self:
            if rule.approver_type != "leader":
                rule._check_named_approvers(reviewers)
            elif rule.min_approvals > 1:
                raise ValidationError(
                    self.env._("A sales team has one leader: ask for one approval.")
                )

    def _check_named_approvers(self, reviewers):
        self.ensure_one()
        named = self._get_named_approvers()
        if self.approver_type == "user" and named - reviewers:
            raise ValidationError(
                self.env._(
                    "%(users)s may not approve orders. Give them the right Order Hub: "
                    "Reviewer first.",
                    users=", ".join((named - reviewers).mapped("name")),
                )
            )
        if len(named & reviewers) < self.min_approvals:
            raise ValidationError(
                self.env._(
                    "“%(rule)s” asks for %(needed)s approvals and only %(count)s of "
                    "its approvers are reviewers. Name more people, or give members of "
                    "the group the right Order Hub: Reviewer.",
                    rule=self.name,
                    needed=self.min_approvals,
                    count=len(named & reviewers),
                )
            )

    def _get_named_approvers(self):
        """Users that the rule names, whether they may approve or not."""
        self.ensure_one()
        by_user = self.approver_type == "user"
        return self.user_ids if by_user else self.group_id.all_user_ids

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered("step_count")
        if used:
            raise UserError(
                self.env._(
                    "Orders were decided by “%(rule)s”: archive it instead.",
                    rule=used[0].name,
                )
            )

    def action_view_steps(self):
        """Open what was asked for and decided because of these rules."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_approval_step_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}

    def action_dry_run(self):
        """Ask how many past orders this rule would have stopped."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": "order.approval.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    @api.model
    def _get_summary_fields(self):
        """Fields that the sentence about a rule is made of."""
        return (
            *(f"by_{name}" for name in self._get_conditions()),
            "amount_over",
            "approver_type",
            "channel_ids.name",
            "currency_id",
            "discount_over",
            "group_id",
            "is_own_forbidden",
            "level",
            "logic",
            "margin_under",
            "min_approvals",
            "order_domain",
            "user_ids.name",
        )

    @api.model
    def _get_conditions(self):
        """Hook: names of conditions, in the order they are told; each has a field
        ``by_<name>`` and a fact of orders of the same name."""
        return [
            "amount",
            "discount",
            "margin",
            "over_quota",
            "over_credit",
            "new_customer",
        ]

    def _get_used_conditions(self):
        return [
            name for name in self._get_conditions() if any(self.mapped(f"by_{name}"))
        ]

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.company_id.currency_id)

    def _get_summary(self):
        """The rule as a sentence, to be read before it is switched on."""
        self.ensure_one()
        if self.channel_ids:
            whose = self.env._(
                "Orders of %(channels)s",
                channels=", ".join(self.channel_ids.mapped("name")),
            )
        else:
            whose = self.env._("Orders of every channel")
        if self.order_domain and self.order_domain != "[]":
            whose += " " + self.env._("(those with the further condition)")
        conditions = [
            self._describe_condition(name)
            for name in self._get_conditions()
            if self[f"by_{name}"]
        ]
        glue = self.env._(" and ") if self.logic == "all" else self.env._(" or ")
        when = glue.join(conditions)
        parts = [
            self.env._("%(whose)s with %(when)s", whose=whose, when=when)
            if when
            else whose,
            self._describe_approvers(),
        ]
        if self.is_own_forbidden:
            parts.append(self.env._("nobody approves an order of one's own"))
        if self.level > 1:
            parts.append(
                self.env._("asked after level %(level)s", level=self.level - 1)
            )
        return "; ".join(parts) + "."

    def _describe_condition(self, name):
        texts = {
            "amount": lambda: self.env._(
                "an amount over %(amount)s",
                amount=self._format_amount(self.amount_over),
            ),
            "discount": lambda: self.env._(
                "a discount over %(percent)g %%", percent=self.discount_over
            ),
            "margin": lambda: self.env._(
                "a margin under %(percent)g %%", percent=self.margin_under
            ),
            "over_quota": lambda: self.env._("more than a quota allows"),
            "over_credit": lambda: self.env._("more than the credit limit allows"),
            "new_customer": lambda: self.env._("a new customer"),
        }
        return texts[name]() if name in texts else name

    def _describe_approvers(self):
        who = {
            "user": ", ".join(self.user_ids.mapped("name")) or "…",
            "group": self.group_id.display_name or "…",
            "leader": self.env._("the leader of the sales team"),
        }[self.approver_type]
        if self.min_approvals > 1:
            return self.env._(
                "%(count)s approvals needed, of: %(who)s",
                count=self.min_approvals,
                who=who,
            )
        return self.env._("one approval needed, of: %(who)s", who=who)
