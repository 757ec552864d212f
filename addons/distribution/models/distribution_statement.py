# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: what a statement says: fixed once it left the house
_FIXED = frozenset(
    {"closing", "company_id", "date_from", "date_to", "line_ids", "opening"}
    | {"partner_id"}
)
_ANSWER = frozenset({"answered_at", "answered_by_id", "dispute_reason"})


class DistributionStatement(models.Model):
    """What went on with one customer in a period, to be agreed with the customer.

    Opening and closing are the balance of the customer's receivable accounts; nothing
    but the ledger's own entries moves one to the other. What is posted into the period
    later shows as a difference, the statement itself stays.
    """

    _name = "distribution.statement"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Statement of Account"
    _order = "date_to desc, partner_id, id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("sent",),
        "sent": ("accepted", "disputed"),
        "disputed": ("sent", "accepted", "settled"),
        "accepted": ("settled",),
    }

    name = fields.Char(compute="_compute_name", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index=True,
        default=lambda self: self.env.user,
        help="Who is told when the customer disputes it.",
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    opening = fields.Monetary(readonly=True)
    closing = fields.Monetary(readonly=True)
    difference = fields.Monetary(
        "Changed Since",
        compute="_compute_difference",
        help="What was posted into the period after the statement was made.",
    )
    line_ids = fields.One2many("distribution.statement.line", "statement_id", "Lines")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("disputed", "Disputed"),
            ("settled", "Settled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    answered_by_id = fields.Many2one("res.partner", readonly=True, copy=False)
    answered_at = fields.Datetime(readonly=True, copy=False)
    dispute_reason = fields.Text("Disputed Because", readonly=True, copy=False)

    _period_uniq = models.Constraint(
        "UNIQUE (company_id, partner_id, date_from, date_to)",
        "There is a statement of this customer for that period already: open it.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A period ends on or after the day it begins."
    )

    @api.depends("partner_id", "date_from", "date_to")
    def _compute_name(self):
        for statement in self:
            parts = (
                statement.partner_id.display_name,
                statement.date_from,
                statement.date_to,
            )
            statement.name = " ".join(str(part) for part in parts if part)

    @api.depends("closing", "date_to", "partner_id")
    def _compute_difference(self):
        for (company, day), group in self.grouped(
            lambda s: (s.company_id, s.date_to)
        ).items():
            balances = (
                self._get_balances(company, group.partner_id.ids, day) if day else {}
            )
            for statement in group:
                now = balances.get(statement.partner_id.id, 0.0)
                statement.difference = now - statement.closing

    @api.constrains("partner_id")
    def _check_commercial(self):
        for statement in self:
            if statement.partner_id != statement.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._("Statements are for whole companies, not for contacts.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: figures come from the ledger, whoever creates it."""
        statements = super().create(
            [
                {
                    key: value
                    for key, value in vals.items()
                    if key not in ("opening", "closing", "line_ids", *_ANSWER)
                }
                for vals in vals_list
            ]
        )
        statements._fill()
        return statements

    def write(self, vals):
        """Override: what was sent stays as it was.

        :raises UserError: figures, or an answer written by hand
        """
        if not self.env.su:
            if not _ANSWER.isdisjoint(vals) or not {"opening", "closing"}.isdisjoint(
                vals
            ):
                raise UserError(
                    self.env._("Figures and answers are not written by hand.")
                )
            if not _FIXED.isdisjoint(vals) and any(s.state != "draft" for s in self):
                raise UserError(self.env._("A statement that was sent stays as it is."))
        result = super().write(vals)
        if not {"company_id", "date_from", "date_to", "partner_id"}.isdisjoint(vals):
            self._fill()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(statement.state != "draft" for statement in self):
            raise UserError(self.env._("Statements that were sent are kept."))

    # ------------------------------------------------------------------ states

    def action_refresh(self):
        """Take the figures of drafts from the ledger again."""
        self.check_access("write")
        self.filtered(lambda statement: statement.state == "draft")._fill()
        return True

    def action_send(self):
        """Send by mail, with the statement as PDF and XLSX in the customer's language.

        :raises UserError: a customer without an e-mail address
        """
        self.check_access("write")
        todo = self.filtered(lambda s: s.state in ("draft", "disputed"))
        silent = todo.partner_id.filtered(lambda partner: not partner.email)
        if silent:
            raise UserError(
                self.env._(
                    "%(names)s have no e-mail address. Add it, or mark the statement "
                    "as sent after handing it over.",
                    names=", ".join(silent.mapped("display_name")),
                )
            )
        template = self.env.ref("distribution.distribution_statement_mail_template")
        todo.action_mark_sent()
        # sudo: the template's reports read the orders and entries behind the lines
        template.sudo().send_mail_batch(todo.ids)
        return True

    def action_mark_sent(self):
        """The customer has it on paper, or sees it in the portal."""
        self.check_access("write")
        self.filtered(lambda s: s.state == "draft")._fill()
        return bool(self._transition("sent"))

    def action_accept(self, by=None):
        """The customer agrees: from now on the statement is the common truth.

        :param by: the contact who agrees, by default the customer
        :raises UserError: it was not sent
        """
        self.check_access("write")
        self._transition("accepted")
        self._note_answer(by)
        return True

    def action_dispute(self, by=None, reason=None, lines=None):
        """The customer does not agree; the responsible gets a task.

        :param by: the contact who disputes it, by default the customer
        :param reason: why, in words
        :param lines: the lines that are wrong; a dict ``{line id: note}``, ids or none
        :raises UserError: without a reason, or lines of another statement
        """
        self.check_access("write")
        self.ensure_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say what is wrong with the statement."))
        notes = lines if isinstance(lines, dict) else dict.fromkeys(lines or (), False)
        wrong = self.line_ids.filtered(lambda line: line.id in notes)
        if len(wrong) < len(notes):
            raise UserError(self.env._("These lines are not on this statement."))
        self._transition("disputed", reason)
        self._note_answer(by, reason)
        for line in wrong.sudo():
            line.write({"is_disputed": True, "dispute_note": notes[line.id]})
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Statement disputed"),
            note=reason,
            user_id=(self.user_id or self.env.user).id,
        )
        return True

    def action_settle(self):
        """What was disputed is sorted out, or what was agreed is paid."""
        self.check_access("write")
        self._transition("settled")
        self.activity_unlink(["mail.mail_activity_data_warning"])
        return True

    def _note_answer(self, by, reason=False):
        for statement in self.sudo():
            statement.write(
                {
                    "answered_by_id": (by or statement.partner_id).id,
                    "answered_at": fields.Datetime.now(),
                    "dispute_reason": reason or statement.dispute_reason,
                }
            )

    @api.model
    def _get_for_portal(self, partner):
        """The statements that a contact may see, newest first, with superuser rights:
        those of the contact's company that were sent."""
        return self.sudo().search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("state", "!=", "draft"),
            ]
        )

    # -------------------------------------------------------------- every month

    @api.model
    def _cron_make(self):
        """Make last month's statements of members, and of customers with a limit."""
        companies = self.env["res.company"].union(
            *(
                company
                for name in ("distribution.member", "distribution.credit")
                for [company] in self.env[name]._read_group([], ["company_id"])
            )
        )
        for company in companies:
            today = self.env["distribution.credit"]._get_today(company)
            last = today.replace(day=1) - timedelta(days=1)
            self._make(company, last.replace(day=1), last)

    @api.model
    def _make(self, company, date_from, date_to):
        """Statements of everybody who had a balance or movements; set-based.

        :return: the new ones; those that are there stay as they are
        """
        members = self.env["distribution.member"].search(
            [("company_id", "=", company.id), ("state", "in", ("active", "inactive"))]
        )
        credits = self.env["distribution.credit"].search(
            [("company_id", "=", company.id)]
        )
        partners = members.partner_id | credits.partner_id
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", date_from),
                ("date_to", "=", date_to),
            ]
        )
        partners -= known.partner_id
        alive = self._get_alive(company, partners.ids, date_from, date_to)
        users = {member.partner_id.id: member.user_id.id for member in members}
        return self.create(
            [
                {
                    "partner_id": partner_id,
                    "company_id": company.id,
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": users.get(partner_id) or self.env.uid,
                }
                for partner_id in partners.ids
                if partner_id in alive
            ]
        )
