# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount


class DistributionCreditRaise(models.Model):
    """A limit raised for a while: asked for, approved, and over by itself."""

    _name = "distribution.credit.raise"
    _inherit = ["order.state.mixin", "mail.thread"]
    _description = "Temporary Credit Raise"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "requested": ("approved", "refused"),
        "approved": ("ended",),
    }

    credit_id = fields.Many2one(
        "distribution.credit",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        related="credit_id.partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="credit_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="credit_id.currency_id")
    amount = fields.Monetary("Raise By", required=True, tracking=True)
    reason = fields.Text(required=True)
    date_from = fields.Date(
        "From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date("To", required=True, tracking=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("ended", "Ended Early"),
        ],
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        index=True,
        tracking=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    is_valid = fields.Boolean("Valid Today", compute="_compute_is_valid")

    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "A raise is more than zero."
    )
    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A raise ends on or after the day it begins."
    )

    @api.depends("partner_id", "amount", "currency_id")
    def _compute_display_name(self):
        """Override: whose limit is raised, and by how much."""
        for record in self:
            # without a credit there is no currency either
            record.display_name = bool(record.credit_id) and (
                f"{record.partner_id.display_name} +"
                f"{format_amount(self.env, record.amount, record.currency_id)}"
            )

    @api.depends("state", "date_from", "date_to")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for record in self:
            record.is_valid = bool(
                record.state == "approved"
                and record.date_from
                and record.date_to
                and record.date_from <= today <= record.date_to
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: nobody has decided on a new request."""
        kept = ("decided_at", "decided_by_id")
        return super().create(
            [
                {name: value for name, value in vals.items() if name not in kept}
                for vals in vals_list
            ]
        )

    @api.constrains("reason")
    def _check_reason(self):
        for record in self:
            if not (record.reason or "").strip():
                raise ValidationError(self.env._("Say why the limit is to be raised."))

    def write(self, vals):
        """Override: what was decided is not changed behind the decision.

        :raises UserError: another amount or time for a raise that was decided
        """
        fixed = {"amount", "date_from", "date_to", "credit_id"}
        if not self.env.su and not {"decided_by_id", "decided_at"}.isdisjoint(vals):
            raise AccessError(
                self.env._("Who decided is not set by hand. Use the buttons.")
            )
        if not fixed.isdisjoint(vals) and any(
            record.state != "requested" for record in self
        ):
            raise UserError(
                self.env._(
                    "This raise was decided already. End it and ask for another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(record.state != "requested" for record in self):
            raise UserError(
                self.env._("Raises that were decided are kept. End this one instead.")
            )

    def action_approve(self):
        """Let the customer owe more from now on, or from the first day.

        :raises AccessError: not a supervisor, or more than a supervisor may give
        :raises UserError: the raise is over already
        """
        self.check_access("write")
        for record in self:
            record._check_may_decide()
            if record.date_to < self.env["distribution.credit"]._get_today(
                record.company_id
            ):
                raise UserError(
                    self.env._(
                        "The raise for %(partner)s ended on %(date)s. Set a later day "
                        "first.",
                        partner=record.partner_id.display_name,
                        date=record.date_to,
                    )
                )
        return bool(self.sudo()._transition("approved"))

    def action_refuse(self):
        """Leave the limit as it is.

        :raises AccessError: not a supervisor
        """
        self.check_access("write")
        self._check_supervisor()
        return bool(self.sudo()._transition("refused"))

    def action_end(self):
        """End an approved raise now.

        :raises AccessError: not a supervisor
        """
        self.check_access("write")
        self._check_supervisor()
        return bool(self.sudo()._transition("ended"))

    def _prepare_transition_vals(self, target, reason):
        """Override: who decided, and when."""
        vals = super()._prepare_transition_vals(target, reason)
        self._touch_credits()
        return {
            **vals,
            "decided_at": fields.Datetime.now(),
            "decided_by_id": self.env.uid,
        }

    def _touch_credits(self):
        """Meet those who draw on the limits at this moment."""
        for company, records in self.grouped("company_id").items():
            self.env["distribution.credit"]._take_turn(company, records.partner_id.ids)

    def _check_supervisor(self):
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_supervisor"
        ):
            raise AccessError(
                self.env._(
                    "Only supervisors and trade managers decide on limits. Ask one."
                )
            )

    def _check_may_decide(self):
        """:raises AccessError: more than the user may give"""
        self.ensure_one()
        self._check_supervisor()
        if self.env.su or self.env.user.has_group("distribution.group_trade_manager"):
            return
        credit, company = self.credit_id, self.company_id
        valid = credit.raise_ids.filtered(
            lambda other: (
                other.state == "approved"
                and other.date_from <= self.date_to
                and other.date_to >= self.date_from
            )
        )
        allowed = credit.limit_amount * company.distribution_raise_percent / 100
        total = self.amount + sum(valid.mapped("amount"))
        if credit.currency_id.compare_amounts(total, allowed) > 0:
            raise AccessError(
                self.env._(
                    "Supervisors may raise a limit by %(percent)s %%, here %(allowed)s "
                    "together; this makes %(total)s. Ask a trade manager.",
                    percent=f"{company.distribution_raise_percent:g}",
                    allowed=credit.currency_id.format(allowed),
                    total=credit.currency_id.format(total),
                )
            )
