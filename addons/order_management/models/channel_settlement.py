# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ChannelSettlement(models.Model):
    """What a channel paid out for a period, and how it got to that amount."""

    _name = "channel.settlement"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Channel Settlement"
    _order = "date_to desc, id desc"
    _rec_name = "statement_ref"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("checked", "cancelled"),
        "checked": ("matched", "draft", "cancelled"),
        "matched": ("posted", "draft"),
        "cancelled": ("draft",),
    }
    #: what the channel stated: fixed once it has been checked
    _STATEMENT_FIELDS = frozenset(
        (
            "channel_id",
            "statement_ref",
            "date_from",
            "date_to",
            "currency_id",
            "payout_amount",
        )
    )

    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    statement_ref = fields.Char(
        "Statement",
        required=True,
        copy=False,
        tracking=True,
        help="The channel's number of this statement.",
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    payout_date = fields.Date(help="When the channel says that it paid.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    payout_amount = fields.Monetary(
        "Payout", copy=False, tracking=True, help="What arrives on the bank account."
    )
    line_ids = fields.One2many(
        "channel.settlement.line", "settlement_id", "Lines", copy=False
    )
    lines_total = fields.Monetary(compute="_compute_lines_total", store=True)
    difference = fields.Monetary(
        compute="_compute_difference",
        store=True,
        help="Payout less the sum of the lines: zero when the statement is complete.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("checked", "Checked"),
            ("matched", "Matched"),
            ("posted", "Posted"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        help="Checked: the lines add up to the payout. Matched: every line has its "
        "order or explanation. Posted: it is in the books.",
    )
    note = fields.Text()

    _statement_uniq = models.Constraint(
        "UNIQUE (channel_id, statement_ref)",
        "This channel's statement has been entered already.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_from <= date_to)", "A statement cannot end before it begins."
    )
    _adds_up_check = models.Constraint(
        "CHECK (state IN ('draft', 'cancelled')"
        " OR COALESCE(lines_total, 0) = COALESCE(payout_amount, 0))",
        "The lines of a statement have to add up to its payout.",
    )

    @api.depends("line_ids.amount")
    def _compute_lines_total(self):
        sums = dict(
            self.env["channel.settlement.line"]._read_group(
                [("settlement_id", "in", self.ids)],
                ["settlement_id"],
                ["amount:sum"],
            )
        )
        for settlement in self:
            if settlement.id != settlement._origin.id or not settlement.id:
                # still being edited: nothing to ask the database for
                total = sum(settlement.line_ids.mapped("amount"))
            else:
                total = sums.get(settlement, 0.0)
            settlement.lines_total = total

    @api.depends("lines_total", "payout_amount")
    def _compute_difference(self):
        for settlement in self:
            settlement.difference = settlement.payout_amount - settlement.lines_total

    def write(self, vals):
        """Change a statement while it is a draft.

        :raises UserError: when ``vals`` changes what was checked
        """
        if self._STATEMENT_FIELDS.intersection(vals):
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_draft()

    def action_check(self):
        """Confirm that each statement is complete: its lines sum up to the payout.

        :raises UserError: when there are no lines, or they do not add up
        """
        self.check_access("write")
        for settlement in self:
            settlement._check_adds_up()
        self._transition("checked")
        return True

    def action_cancel(self):
        """Drop statements that are not in the books."""
        self.check_access("write")
        self._transition("cancelled")
        return True

    def action_draft(self):
        """Open statements again to correct them."""
        self.check_access("write")
        self._transition("draft")
        return True

    def action_view_lines(self):
        """Open the lines, for searching and grouping in a large statement."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_settlement_line_action"
        )
        return {**action, "domain": [("settlement_id", "in", self.ids)], "context": {}}

    def _check_adds_up(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "Statement %(name)s has no lines. Enter what it is made of first.",
                    name=self.statement_ref,
                )
            )
        if not self.currency_id.is_zero(self.difference):
            raise UserError(
                self.env._(
                    "Statement %(name)s does not add up: the lines come to %(total)s, "
                    "the payout is %(payout)s, %(difference)s is missing. Correct a "
                    "line or the payout.",
                    name=self.statement_ref,
                    total=self.currency_id.format(self.lines_total),
                    payout=self.currency_id.format(self.payout_amount),
                    difference=self.currency_id.format(self.difference),
                )
            )

    def _check_draft(self):
        fixed = self.filtered(lambda settlement: settlement.state != "draft")
        if fixed:
            raise UserError(
                self.env._(
                    "Statement %(name)s is %(state)s: what the channel stated stays "
                    "as it is. Set it back to draft to correct it.",
                    name=fixed[0].statement_ref,
                    state=self._get_state_label(fixed[0].state),
                )
            )
