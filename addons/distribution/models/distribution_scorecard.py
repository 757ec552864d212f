# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class DistributionScorecard(models.Model):
    """How well a responsibility centre did in one period.

    The centre's manager says how it went, the reviewer answers, a trade manager signs:
    from then on nobody changes it.
    """

    _name = "distribution.scorecard"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Scorecard"
    _order = "date_from desc, score desc, id"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("self", "cancelled"),
        "self": ("manager", "draft"),
        "manager": ("final", "self"),
        "cancelled": ("draft",),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    template_id = fields.Many2one(
        "distribution.scorecard.template",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    centre_id = fields.Many2one(
        "account.analytic.account",
        "Responsibility Centre",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        "Assessed",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    reviewer_id = fields.Many2one("res.users", "Reviewed by", index="btree_not_null")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True)
    line_ids = fields.One2many("distribution.scorecard.line", "scorecard_id", "Figures")
    score = fields.Float(
        compute="_compute_score", store=True, digits=(6, 2), aggregator="avg"
    )
    rank = fields.Integer(compute="_compute_rank", aggregator=False)
    rank_text = fields.Char("Place", compute="_compute_rank")
    self_comment = fields.Html("The Centre Says")
    manager_comment = fields.Html("The Reviewer Says")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("self", "Centre's turn"),
            ("manager", "Reviewer's turn"),
            ("final", "Signed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    computed_at = fields.Datetime("Figures Of", readonly=True, copy=False)
    signed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    signed_at = fields.Datetime(readonly=True, copy=False)

    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A period cannot end before it begins."
    )
    _period_uniq = models.UniqueIndex(
        "(company_id, template_id, centre_id, date_from, date_to)"
        " WHERE state <> 'cancelled'",
        "This centre has a scorecard of that template for the same period already.",
    )

    @api.depends("centre_id", "date_from", "date_to")
    def _compute_display_name(self):
        for card in self:
            card.display_name = bool(card.centre_id) and self.env._(
                "%(centre)s, %(date_from)s to %(date_to)s",
                centre=card.centre_id.name or "",
                date_from=card.date_from or "",
                date_to=card.date_to or "",
            )

    @api.depends("centre_id")
    def _compute_user_id(self):
        for card in self:
            card.user_id = card.centre_id.budget_manager_id or card.user_id

    @api.depends("line_ids.weighted_score")
    def _compute_score(self):
        for card in self:
            card.score = sum(card.line_ids.mapped("weighted_score"))

    @api.depends("score", "state")
    def _compute_rank(self):
        keys = ("company_id", "template_id", "date_from", "date_to")
        rivals = self.sudo().search(
            [
                ("template_id", "in", self.template_id.ids),
                ("date_from", "in", self.mapped("date_from")),
                ("state", "!=", "cancelled"),
            ]
        )
        groups = rivals.grouped(lambda card: tuple(card[key] for key in keys))
        for card in self:
            group = groups.get(tuple(card[key] for key in keys), rivals.browse())
            better = group.filtered(lambda r, card=card: r.score > card.score + 1e-6)
            card.rank = len(better) + 1
            card.rank_text = self.env._(
                "%(rank)s of %(count)s", rank=card.rank, count=max(len(group), 1)
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Scorecards with the figures of their template."""
        cards = super().create(vals_list)
        cards.template_id._check_weights()
        for card in cards.filtered(lambda card: not card.line_ids):
            card.line_ids = [
                Command.create(
                    {
                        "template_line_id": line.id,
                        "sequence": line.sequence,
                    }
                )
                for line in card.template_id.line_ids
            ]
        cards._update_figures()
        return cards

    def write(self, vals):
        """:raises UserError: a signed scorecard"""
        self._check_unsigned()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(card.state not in ("draft", "cancelled") for card in self):
            raise UserError(
                self.env._("A scorecard that was handed out stays as history.")
            )

    def action_update(self):
        """Read the figures again from budgets, invoices and payments."""
        self.check_access("write")
        self._check_unsigned()
        self._update_figures()
        return True

    def action_start(self):
        """Hand these scorecards to their centres.

        :raises AccessError: not a trade manager
        """
        self._check_turn(self.env["res.users"])
        self.filtered(lambda card: card.state != "self")._update_figures()
        self._transition("self")
        for card in self.filtered("user_id"):
            card._ask(card.user_id, self.env._("Comment on your scorecard"))
        return True

    def action_self_done(self):
        """The centre has said how it went.

        :raises AccessError: it is not one's own
        """
        self._check_turn(self.user_id)
        self.sudo()._transition("manager")
        for card in self.sudo().filtered("reviewer_id"):
            card._ask(card.reviewer_id, self.env._("Review the scorecard"))
        return True

    def action_sign(self):
        """Sign: from now on nobody changes these scorecards.

        :raises AccessError: not a trade manager
        """
        self._check_turn(self.env["res.users"])
        self._transition("final")
        return True

    def action_send_back(self):
        """Give these scorecards back by one step.

        :raises AccessError: neither the reviewer nor a trade manager
        """
        self._check_turn(self.reviewer_id)
        for card in self.sudo():
            card._transition(
                {"self": "draft", "manager": "self"}.get(card.state, "draft")
            )
        return True

    def action_cancel(self):
        """Give up scorecards that were not handed out."""
        self._check_turn(self.env["res.users"])
        self._transition("cancelled")
        return True

    def _ask(self, user, summary):
        self.ensure_one()
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, user_id=user.id
        )

    def _check_turn(self, users):
        """:raises AccessError: neither one of ``users`` nor a trade manager"""
        self.check_access("read")
        user = self.env.user
        if user.has_group("distribution.group_trade_manager"):
            return
        if not users or users != user:
            raise AccessError(self.env._("It is not your turn with these scorecards."))

    def _check_unsigned(self):
        """:raises UserError: one is signed, which binds everybody"""
        if any(card.state == "final" for card in self):
            raise UserError(
                self.env._("A signed scorecard is locked and stays as it is.")
            )

    def _prepare_transition_vals(self, target, reason):
        vals = super()._prepare_transition_vals(target, reason)
        if target == "final":
            vals |= {"signed_by_id": self.env.uid, "signed_at": fields.Datetime.now()}
        return vals
