# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_HOUR = 3600.0


class OrderReviewHold(models.Model):
    """One reason why an order waits for a person, or a note that it did not have to.

    Made by the review alone. An order goes on when none of its holds is open. What was
    decided stays as it was decided: the same finding about the same facts never holds
    the order again, another one makes a hold of its own.
    """

    _name = "order.review.hold"
    _inherit = ["order.average.mixin", "order.state.mixin"]
    _description = "Review Hold"
    _order = "state, held_at, id"
    _rec_name = "reason"
    _TRANSITIONS = {"open": ("released", "overridden")}

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "exception.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    channel_id = fields.Many2one(
        related="order_id.sale_channel_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    order_state = fields.Selection(related="order_id.state", string="Order Status")
    reason = fields.Text(required=True, readonly=True)
    is_note = fields.Boolean(
        "Only a Note", readonly=True, help="The order goes on in spite of it."
    )
    is_strict = fields.Boolean(
        related="rule_id.is_blocking", string="Cannot Be Accepted"
    )
    user_id = fields.Many2one(
        "res.users", "Owner", index="btree_not_null", domain="[('share', '=', False)]"
    )
    group_id = fields.Many2one("res.groups", "Owned by Group", readonly=True)
    held_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    age_hours = fields.Float(
        "Age (Hours)",
        compute="_compute_age_hours",
        help="Of an open hold until now, of a closed one until it was closed.",
    )
    age_level = fields.Selection(
        [("new", "New"), ("late", "Late"), ("very_late", "Very Late")],
        compute="_compute_age_hours",
    )
    open_hours = fields.Float(
        "Hours Held", readonly=True, aggregator="avg", help="Of closed holds."
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("released", "Released"),
            ("overridden", "Overridden"),
        ],
        required=True,
        readonly=True,
        default="open",
    )
    is_auto = fields.Boolean(
        "By Itself", readonly=True, help="Cleared because its cause was gone."
    )
    released_by_id = fields.Many2one("res.users", "Closed By", readonly=True)
    released_at = fields.Datetime("Closed At", readonly=True)
    release_reason = fields.Text("Closed Because", readonly=True)
    fingerprint = fields.Char(readonly=True)

    _one_open_uniq = models.UniqueIndex(
        "(order_id, rule_id) WHERE state = 'open'",
        "This rule holds the order already.",
    )
    # the list in its order, and one state of it
    _state_idx = models.Index("(state, held_at, id)")
    _inbox_idx = models.Index("(company_id, held_at) WHERE state = 'open'")

    @api.depends("held_at", "state", "open_hours")
    def _compute_age_hours(self):
        now = fields.Datetime.now()
        for hold in self:
            if hold.state == "open" and hold.held_at:
                hold.age_hours = (now - hold.held_at).total_seconds() / _HOUR
            else:
                hold.age_hours = hold.open_hours
            hold.age_level = (
                "very_late"
                if hold.age_hours >= 24
                else "late"
                if hold.age_hours >= 4
                else "new"
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Holds are made by the review.

        :raises AccessError: for everybody else
        """
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Holds are made by the review rules. Write a rule, or an activity "
                    "on the order."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        """A reviewer hands a hold over; all else has its button.

        :raises AccessError: another field than the owner
        """
        if not self.env.su and set(vals) - {"user_id"}:
            raise AccessError(
                self.env._(
                    "Of a hold only the owner is set by hand. Use Release, Override or "
                    "Review Again."
                )
            )
        return super().write(vals)

    def action_take(self):
        """Make these holds one's own.

        :raises AccessError: not a reviewer
        """
        self.write({"user_id": self.env.uid})
        return True

    def action_release(self, reason=None):
        """Accept what these holds are about; without a reason, ask for one.

        :return: True, or the action that opens the question
        :raises AccessError: not a reviewer, or a hold that cannot be accepted
        :raises UserError: all of them are closed already
        """
        self._check_may_close("released")
        return self._close_or_ask("released", reason)

    def action_override(self, reason=None):
        """Let the orders go on in spite of these holds; without a reason, ask for one.

        :return: True, or the action that opens the question
        :raises AccessError: without the right to override
        :raises UserError: all of them are closed already
        """
        self._check_may_close("overridden")
        return self._close_or_ask("overridden", reason)

    def action_review_again(self):
        """Look at the orders again: what is gone is cleared."""
        return self.order_id.action_review_again()

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    def action_blacklist_buyer(self):
        """Open a new entry of the blacklist with this buyer's telephone or e-mail."""
        self.ensure_one()
        partner = self.order_id.partner_id
        kind = "phone" if partner.phone or not partner.email else "email"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Blacklist the Buyer"),
            "res_model": "order.blacklist",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_kind": kind,
                "default_value": partner[kind],
                "default_partner_id": partner.id,
            },
        }

    def action_open(self):
        """Open the hold itself: who handles it, what was decided and why."""
        self.ensure_one()
        return self.get_formview_action()

    def _check_may_close(self, target):
        """:raises AccessError: the user may not close these holds this way"""
        self.check_access("read")
        if self.env.su:
            return
        user = self.env.user
        if target == "overridden":
            if not user.has_group("order_management.group_review_override"):
                raise AccessError(
                    self.env._(
                        "Overriding a hold needs the right Order Hub: Override Review "
                        "Holds. Ask a manager."
                    )
                )
            return
        if not user.has_group("order_management.group_reviewer"):
            raise AccessError(
                self.env._(
                    "Only reviewers release held orders. Ask one, or an administrator "
                    "for the right Order Hub: Reviewer."
                )
            )
        if strict := self.filtered(lambda hold: hold.is_strict and not hold.is_note):
            raise AccessError(
                self.env._(
                    "%(order)s: “%(reason)s” cannot be accepted. Remove the cause and "
                    "review the order again, or have the hold overridden.",
                    order=strict[0].order_id.display_name,
                    reason=strict[0].reason,
                )
            )

    def _close_or_ask(self, target, reason):
        reason = (reason or "").strip()
        if reason:
            return self._close(target, reason)
        title = {
            "released": self.env._("Release"),
            "overridden": self.env._("Override"),
        }[target]
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "order.review.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_hold_ids": self.ids, "default_target": target},
        }

    def _close(self, target, reason):
        """Close these holds and let orders go on that nothing holds any more.

        Two people who close the same hold meet at the order's row: the later one
        starts over and is told.

        :raises UserError: all of them are closed already
        """
        orders = self.order_id
        orders._take_review_turn()
        self.invalidate_recordset()
        still_open = self.filtered(lambda hold: hold.state == "open")
        if self and not still_open:
            raise UserError(self[0]._get_closed_text())
        still_open.sudo()._transition(target, reason)
        # who accepts that a quota is exceeded approves it: nobody is asked twice
        quotas = still_open.filtered(lambda h: h.rule_id.method == "_review_quota")
        quotas.order_id.action_approve_over_quota()
        orders._refresh_review_state()._go_on_after_review()
        return True

    def _get_closed_text(self):
        return self.env._(
            "%(order)s: “%(reason)s” was closed already by %(user)s (%(why)s).",
            order=self.order_id.display_name,
            reason=self.reason,
            user=self.released_by_id.sudo().name,
            why=self.release_reason,
        )

    def _prepare_transition_vals(self, target, reason):
        """Override of ``order.state.mixin``: who, when, why."""
        vals = super()._prepare_transition_vals(target, reason)
        return {
            **vals,
            "is_auto": bool(self.env.context.get("order_management_review_auto")),
            "released_by_id": self.env.uid,
            "released_at": fields.Datetime.now(),
            "release_reason": reason,
        }

    def _after_transition(self, target):
        """Override of ``order.state.mixin``: how long each of them held."""
        for hours, holds in self.grouped(
            lambda hold: round((hold.released_at - hold.held_at).total_seconds() / 360)
        ).items():
            holds.write({"open_hours": hours / 10.0})
        return super()._after_transition(target)

    def _clear(self, reason):
        """Close what has no cause any more; nobody decided."""
        auto = self.sudo().with_context(order_management_review_auto=True)
        auto._transition("released", reason)
