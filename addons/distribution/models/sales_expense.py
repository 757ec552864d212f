# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..tools.spread import spread


class SalesExpense(models.Model):
    """A wish to spend money in order to sell, from the request to its entries."""

    _name = "sales.expense"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Sales Expense"
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "title"]

    _TRANSITIONS = {
        "draft": ("submitted", "cancelled"),
        "submitted": ("draft", "approved", "refused", "cancelled"),
        "approved": ("executed", "closed", "cancelled"),
        "executed": ("closed",),
        "closed": ("executed",),
        "refused": ("draft",),
        "cancelled": ("draft",),
    }

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    title = fields.Char("What For", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
    )
    type_id = fields.Many2one(
        "sales.expense.type",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    centre_id = fields.Many2one(
        "account.analytic.account",
        "Responsibility Centre",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    budget_plan_id = fields.Many2one(related="company_id.budget_plan_id")
    programme = fields.Char(help="The trade programme or campaign it belongs to.")
    member_id = fields.Many2one(
        "distribution.member",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Dealer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="For whom it is spent.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Asked by",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        check_company=True,
    )
    date = fields.Date("Request Date", required=True, default=fields.Date.context_today)
    date_from = fields.Date("Takes Place From")
    date_to = fields.Date("Until")
    line_ids = fields.One2many("sales.expense.line", "expense_id", copy=True)
    amount = fields.Monetary(
        compute="_compute_amount",
        inverse="_inverse_amount",
        store=True,
        tracking=True,
    )
    company_amount = fields.Monetary(
        "In Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount",
        store=True,
    )
    actual_ids = fields.One2many("sales.expense.actual", "expense_id", "Entries")
    actual_amount = fields.Monetary(
        "Actual",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        default=0.0,
        help="On posted entries, in the company's currency.",
    )
    open_amount = fields.Monetary(
        "Open",
        currency_field="company_currency_id",
        compute="_compute_open_amount",
        store=True,
        help="Approved and not on an entry yet.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("executed", "Executed"),
            ("closed", "Closed"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    is_proof_required = fields.Boolean(related="type_id.is_proof_required")
    proof_ids = fields.Many2many("ir.attachment", copy=False, bypass_search_access=True)
    proof_note = fields.Text("What Was Done", copy=False)
    executed_at = fields.Datetime(readonly=True, copy=False)
    refusal = fields.Text("Refused Because", readonly=True, copy=False)
    active = fields.Boolean(default=True)
    type_note = fields.Html(related="type_id.note")

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "An expense cannot end before it begins."
    )

    @api.depends("name", "title")
    def _compute_display_name(self):
        for expense in self:
            expense.display_name = " ".join(filter(None, (expense.name, expense.title)))

    @api.depends("member_id")
    def _compute_partner_id(self):
        for expense in self:
            expense.partner_id = expense.member_id.partner_id or expense.partner_id

    @api.depends("line_ids.amount", "line_ids.company_amount")
    def _compute_amount(self):
        for expense in self:
            expense.amount = sum(expense.line_ids.mapped("amount"))
            expense.company_amount = sum(expense.line_ids.mapped("company_amount"))

    def _inverse_amount(self):
        """An amount typed on a request without parts makes its only part."""
        for expense in self:
            amount = expense.amount
            if len(expense.line_ids) > 1:
                if expense.currency_id.compare_amounts(
                    amount, sum(expense.line_ids.mapped("amount"))
                ):
                    raise UserError(
                        self.env._("This request has several lines: change those.")
                    )
            elif expense.line_ids:
                expense.line_ids.amount = amount
            else:
                day = expense.date_from or expense.date
                expense.line_ids = [Command.create({"date": day, "amount": amount})]

    @api.depends("company_amount", "actual_amount", "state")
    def _compute_open_amount(self):
        for expense in self:
            is_open = expense.state in ("approved", "executed")
            rest = expense.company_amount - expense.actual_amount
            expense.open_amount = max(rest, 0.0) if is_open else 0.0

    @api.constrains("centre_id", "company_id")
    def _check_centre(self):
        for company, expenses in self.grouped("company_id").items():
            # a rep may not read analytic accounts' plans
            expenses.sudo().centre_id._check_budget_centre(company)

    @api.model_create_multi
    def create(self, vals_list):
        """Requests with a number each.

        :raises UserError: no analytic plan was chosen as responsibility centres
        """
        for vals in vals_list:
            # numbers are given, and nobody types what entries make
            vals.pop("name", None)
            vals.pop("actual_amount", None)
        self.env["ir.sequence"]._fill_numbers(vals_list, self._name)
        return super().create(vals_list)

    def write(self, vals):
        """:raises UserError: what was decided on is changed"""
        fixed = {"type_id", "centre_id", "currency_id", "date", "company_id"}
        if fixed & vals.keys() and any(e.state != "draft" for e in self):
            raise UserError(
                self.env._(
                    "A request that was sent is not changed any more. Take it back to "
                    "draft first."
                )
            )
        if "actual_amount" in vals and not self.env.su:
            raise UserError(self.env._("Actuals come from posted entries only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(e.state not in ("draft", "cancelled") or e.actual_ids for e in self):
            raise UserError(
                self.env._("A request that was sent stays as history. Cancel it.")
            )

    def action_split_months(self):
        """Split the amount evenly over the months in which it takes place.

        :raises UserError: no period is given
        """
        for expense in self:
            if not expense.date_from or not expense.date_to:
                raise UserError(
                    self.env._("Say first from when until when it takes place.")
                )
            days, day = [], expense.date_from.replace(day=1)
            while day <= expense.date_to:
                days.append(max(day, expense.date_from))
                day = fields.Date.add(day, months=1)
            currency = expense.currency_id
            parts = spread(expense.amount, [1] * len(days), currency.decimal_places)
            like = expense.line_ids[:1]
            common = {
                "name": like.name,
                "product_id": like.product_id.id,
                "categ_id": like.categ_id.id,
            }
            expense.line_ids = [
                Command.clear(),
                *(
                    Command.create({**common, "date": day, "amount": part})
                    for day, part in zip(days, parts, strict=True)
                ),
            ]
        return True

    def action_draft(self):
        """Take requests back; what they asked for is free again.

        :raises UserError: one was approved already
        """
        self.check_access("write")
        self._transition("draft")
        return True

    def action_cancel(self):
        """Give requests up; what they held is free again.

        :raises UserError: entries exist
        """
        self.check_access("write")
        if any(expense.actual_ids for expense in self.sudo()):
            raise UserError(
                self.env._("There are entries already: close the request instead.")
            )
        self._transition("cancelled")
        return True

    def action_execute(self):
        """Say that it was done, with proof where the type asks for it.

        :raises ValidationError: the proof is missing
        """
        self.check_access("write")
        for expense in self:
            if expense.is_proof_required and not expense.proof_ids:
                raise ValidationError(
                    self.env._(
                        "“%(expense)s” needs proof: add photos or papers first.",
                        expense=expense.display_name,
                    )
                )
        self._transition("executed")
        return True

    def action_close(self):
        """End requests: what was approved and not spent is free again."""
        self._check_decider()
        self.sudo()._transition("closed")
        return True

    def action_reopen(self):
        """Let closed requests take entries again; the rest is committed again."""
        self._check_decider()
        closed = self.filtered(lambda expense: expense.state == "closed")
        closed.sudo()._transition("executed")
        return True

    @api.model
    def _get_member_domain(self, members):
        """Which requests may be shown to ``members``: theirs, once they were sent."""
        return [
            ("member_id", "in", members.ids),
            ("state", "not in", ("draft", "cancelled")),
        ]

    def _prepare_transition_vals(self, target, reason):
        vals = super()._prepare_transition_vals(target, reason)
        if target == "executed":
            vals["executed_at"] = fields.Datetime.now()
        if target == "refused":
            vals["refusal"] = reason
        return vals

    def _after_transition(self, target):
        """Book what the new state means for the budgets, then the usual hooks."""
        self._sync_budget()
        return super()._after_transition(target)
