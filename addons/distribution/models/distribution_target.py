# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_round

_SUBJECT_FIELDS = {
    "rep": "user_id",
    "member": "member_id",
    "territory": "territory_id",
}


class DistributionTarget(models.Model):
    """What a rep, a member or a territory shall sell in a period, month by month."""

    _name = "distribution.target"
    _inherit = ["order.state.mixin", "mail.thread"]
    _description = "Sales Target"
    _order = "date_from desc, rank, id"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("active",),
        "active": ("draft", "closed"),
        "closed": ("active",),
    }

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    subject = fields.Selection(
        [
            ("rep", "Sales Representative"),
            ("member", "Member"),
            ("territory", "Territory"),
            ("company", "Whole Company"),
        ],
        "Whose",
        required=True,
        default="rep",
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Sales Representative",
        compute="_compute_subject_fields",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
    )
    member_id = fields.Many2one(
        "distribution.member",
        compute="_compute_subject_fields",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    territory_id = fields.Many2one(
        "distribution.territory",
        compute="_compute_subject_fields",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="With the territories below it.",
    )
    product_id = fields.Many2one(
        "product.product", check_company=True, ondelete="restrict"
    )
    categ_id = fields.Many2one(
        "product.category", "Product Category", ondelete="restrict"
    )
    measure = fields.Selection(
        [
            ("value", "Value"),
            ("volume", "Quantity"),
            ("outlets", "New Outlets"),
            ("orders", "Secondary Orders"),
            ("lines", "Lines per Order"),
        ],
        required=True,
        default="value",
        help="Value is without taxes in the company's currency. New outlets are those "
        "that bought for the first time.",
    )
    flow = fields.Selection(
        [
            ("sell_in", "Sell-in (delivered to members)"),
            ("sell_through", "Sell-through (distributors to dealers and outlets)"),
            ("receipt", "Bought from Other Members"),
            ("sell_out", "Sell-out (to consumers)"),
        ],
        "Counted Sales",
        required=True,
        default="sell_in",
        help="Delivered goods count, returned ones are taken off.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(day=31),
    )
    phasing = fields.Selection(
        [
            ("even", "Even"),
            ("last_year", "As Last Year"),
            ("manual", "By Hand"),
        ],
        required=True,
        default="even",
        help="How the target is spread over the months; the months always add up to "
        "it.",
    )
    amount = fields.Float("Target", digits=(16, 2), required=True, tracking=True)
    line_ids = fields.One2many("distribution.target.line", "target_id", "Months")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    actual = fields.Float(
        digits=(16, 2), readonly=True, copy=False, help="As of the time beside it."
    )
    actual_at = fields.Datetime("As Of", readonly=True, copy=False)
    percent = fields.Float("Reached (%)", readonly=True, copy=False, aggregator="avg")
    run_rate = fields.Float(
        "At This Pace",
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="What the period will end with if each working day brings what the past "
        "ones did.",
    )
    gap = fields.Float("Missing", digits=(16, 2), readonly=True, copy=False)
    days_left = fields.Integer(
        "Working Days Left", readonly=True, copy=False, aggregator=False
    )
    gap_per_day = fields.Float(
        "Needed per Working Day", digits=(16, 2), readonly=True, copy=False
    )
    rank = fields.Integer(readonly=True, copy=False, aggregator=False)

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A target ends on or after its first day."
    )
    _amount_check = models.Constraint(
        "CHECK (amount > 0 AND amount < 1e15)", "A target is more than zero."
    )
    _subject_check = models.Constraint(
        "CHECK ((subject <> 'rep' OR user_id IS NOT NULL)"
        " AND (subject <> 'member' OR member_id IS NOT NULL)"
        " AND (subject <> 'territory' OR territory_id IS NOT NULL))",
        "Choose whose target it is.",
    )

    @api.depends("subject")
    def _compute_subject_fields(self):
        for target in self:
            for subject, name in _SUBJECT_FIELDS.items():
                target[name] = target[name] if target.subject == subject else False

    @api.depends(
        "subject",
        "user_id.name",
        "member_id.name",
        "territory_id.complete_name",
        "product_id.name",
        "categ_id.complete_name",
        "company_id.name",
    )
    def _compute_name(self):
        for target in self:
            whose = (
                target.user_id.name
                or target.member_id.name
                or target.territory_id.complete_name
                or target.company_id.name
            )
            what = target.product_id.display_name or target.categ_id.complete_name
            target.name = f"{whose}: {what}" if what else whose

    @api.model_create_multi
    def create(self, vals_list):
        """Targets get their months at once; only whose they are is kept."""
        for vals in vals_list:
            for subject, name in _SUBJECT_FIELDS.items():
                if vals.get("subject", "rep") != subject:
                    vals.pop(name, None)
        targets = super().create(vals_list)
        targets.filtered(lambda target: not target.line_ids)._spread()
        return targets

    def write(self, vals):
        """Another amount, period or phasing spreads the target again.

        :raises UserError: when it is active
        """
        shape = {"amount", "date_from", "date_to", "phasing"} & vals.keys()
        fixed = {"measure", "flow", "subject", "product_id", "categ_id"} & vals.keys()
        if (shape or fixed) and any(target.state != "draft" for target in self):
            raise UserError(
                self.env._(
                    "An active target cannot be changed. Take it back to draft first."
                )
            )
        result = super().write(vals)
        if shape and "line_ids" not in vals:
            self._spread()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if any(target.state != "draft" for target in self):
            raise UserError(self.env._("Only draft targets can be deleted."))

    def _get_months(self):
        """``[(first day, last day)]`` of the months, cut to the period."""
        months, day = [], self.date_from
        while day <= self.date_to:
            last = min(day + relativedelta(day=31), self.date_to)
            months.append((day, last))
            day = last + relativedelta(days=1)
        return months

    def _spread(self):
        """Spread each target over its months; the parts always add up exactly."""
        shapes = self.filtered(lambda t: t.phasing == "last_year")._get_last_year()
        for target in self:
            months = target._get_months()
            if target.phasing == "manual" and len(target.line_ids) == len(months):
                continue
            weights = shapes.get(target.id) or {}
            weights = [weights.get(start.replace(day=1), 0.0) for start, _end in months]
            if not any(weights):
                weights = [1.0] * len(months)
            parts = _split(target.amount, weights)
            target.line_ids = [
                Command.clear(),
                *(
                    Command.create({"date_from": start, "date_to": end, "amount": part})
                    for (start, end), part in zip(months, parts, strict=True)
                ),
            ]

    def action_spread(self):
        """Spread again by the phasing chosen."""
        self.check_access("write")
        if any(target.state != "draft" for target in self):
            raise UserError(self.env._("Take the target back to draft first."))
        for target in self.filtered(lambda t: t.phasing == "manual"):
            target.phasing = "even"
        self._spread()
        return True

    def action_activate(self):
        """Let targets count.

        :raises UserError: the months do not add up
        """
        for target in self:
            total = sum(target.line_ids.mapped("amount"))
            if float_compare(total, target.amount, precision_digits=2):
                raise UserError(
                    self.env._(
                        "%(name)s: the months add up to %(total).2f, the target is "
                        "%(amount).2f. Correct one of them.",
                        name=target.name,
                        total=total,
                        amount=target.amount,
                    )
                )
        moved = self._transition("active")
        self._refresh()
        return moved

    def action_draft(self):
        """Take targets back to change them."""
        self.check_access("write")
        return self._transition("draft")

    def action_close(self):
        """Close targets with the figures as they are."""
        self.check_access("write")
        self._refresh()
        return self._transition("closed")

    def action_view_ledger(self):
        """The postings that count."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ledger_action"
        )
        return {**action, "domain": self._get_ledger_domain(), "context": {}}

    def _get_ledger_domain(self):
        kinds = {
            "sell_in": ("sell_in", "return_out"),
            "sell_through": ("sell_through", "return_in"),
            "receipt": ("receipt", "return_out"),
            "sell_out": ("sell_out", "return_in"),
        }[self.flow]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("kind", "in", kinds),
            ("date", ">=", self.date_from),
            ("date", "<=", self.date_to),
        ]
        for name, path in (
            ("user_id", "rep_id"),
            ("member_id", "member_id"),
            ("product_id", "product_id"),
        ):
            if self[name]:
                domain.append((path, "=", self[name].id))
        for name in ("territory_id", "categ_id"):
            if self[name]:
                domain.append((name, "child_of", self[name].id))
        return domain


def _split(amount, weights):
    """``amount`` in parts of two decimals by ``weights``; they add up exactly.

    The running total is rounded, not the part: no part is more than a cent off.
    """
    whole, parts, before, weight = sum(weights), [], 0.0, 0.0
    for item in weights:
        weight += item
        after = float_round(amount * weight / whole, precision_digits=2)
        parts.append(float_round(after - before, precision_digits=2))
        before = after
    return parts
