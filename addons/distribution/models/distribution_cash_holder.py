# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class DistributionCashHolder(models.Model):
    """Money of the company in one representative's hands: an account of its own.

    The row counts what is held and what is on slips that nobody accepted yet. Whoever
    collects or hands over updates it, so that nobody hands over the same money twice.
    """

    _name = "distribution.cash.holder"
    _description = "Cash in Hand"
    _order = "user_id, id"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users", "Holder", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'cash')]",
        help="A cash journal whose account holds this person's money and nothing else; "
        "empty: one is made.",
    )
    active = fields.Boolean(default=True)
    balance = fields.Monetary("Held", readonly=True, copy=False)
    pending_amount = fields.Monetary("On Slips", readonly=True, copy=False)
    available_amount = fields.Monetary(
        "To Hand Over", compute="_compute_available_amount"
    )
    overdue_amount = fields.Monetary(
        "Overdue",
        compute="_compute_overdue_amount",
        help="What was collected longer ago than the company allows and is not handed "
        "over; money is handed over oldest first.",
    )

    _user_uniq = models.Constraint(
        "UNIQUE (company_id, user_id)",
        "This person holds cash of the company already: open that one.",
    )
    _journal_uniq = models.Constraint(
        "UNIQUE (journal_id)", "Another person's cash is in that journal: take another."
    )
    _balance_check = models.Constraint(
        "CHECK (pending_amount >= 0 AND pending_amount <= balance)",
        "More cannot be handed over than is held. Collect first, or hand over less.",
    )

    @api.depends("balance", "pending_amount")
    def _compute_available_amount(self):
        for holder in self:
            holder.available_amount = holder.balance - holder.pending_amount

    @api.depends("balance")
    def _compute_overdue_amount(self):
        now = fields.Datetime.now()
        due = dict(
            self.env["distribution.cash"]
            .sudo()
            ._read_group(
                [
                    ("holder_id", "in", self.ids),
                    ("state", "=", "posted"),
                    ("deadline", "<", now),
                ],
                ["holder_id"],
                ["amount:sum"],
            )
        )
        handed = dict(
            self.env["distribution.cash.handover"]
            .sudo()
            ._read_group(
                [("holder_id", "in", self.ids), ("state", "=", "accepted")],
                ["holder_id"],
                ["amount:sum"],
            )
        )
        for holder in self:
            key = holder.sudo()
            holder.overdue_amount = max(due.get(key, 0.0) - handed.get(key, 0.0), 0.0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("balance", None)
            vals.pop("pending_amount", None)
            if not vals.get("journal_id"):
                vals["journal_id"] = self._create_journal(vals).id
        holders = super().create(
            [{**vals, "balance": 0.0, "pending_amount": 0.0} for vals in vals_list]
        )
        holders._prepare_journals()
        return holders

    def write(self, vals):
        """Override: what is held changes by receipts and slips alone.

        :raises UserError: a counter written by hand, or another journal while money
            is held
        """
        if not {"balance", "pending_amount"}.isdisjoint(vals):
            raise UserError(
                self.env._(
                    "What is held is not written by hand: record a receipt or a slip."
                )
            )
        fixed = {"journal_id", "user_id", "company_id"}
        if not fixed.isdisjoint(vals) and any(h.balance for h in self):
            raise UserError(
                self.env._("Money is held there: have it handed over before.")
            )
        result = super().write(vals)
        if "journal_id" in vals:
            self._prepare_journals()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(holder.balance for holder in self):
            raise UserError(
                self.env._("Money is held there: have it handed over before.")
            )

    @api.model
    def _create_journal(self, vals):
        """A cash journal, with an account that Odoo makes for it."""
        user = self.env["res.users"].browse(vals["user_id"])
        company_id = vals.get("company_id") or self.env.company.id
        # sudo: who sets up the network need not set up the accounting
        journals_sudo = self.env["account.journal"].sudo()
        known = set(
            journals_sudo.with_context(active_test=False)
            .search([("company_id", "=", company_id)])
            .mapped("code")
        )
        code = next(c for n in range(1, 10**4) if (c := f"H{n}") not in known)
        return journals_sudo.create(
            {
                "name": self.env._("Cash in hand: %(name)s", name=user.name),
                "code": code,
                "type": "cash",
                "company_id": company_id,
            }
        )

    def _prepare_journals(self):
        """Have payments posted straight into the account of the journal."""
        for journal in self.journal_id.sudo():
            lines = journal.inbound_payment_method_line_ids
            lines.payment_account_id = journal.default_account_id

    @api.model
    def _get_holder(self, user, company):
        """:raises UserError: nobody lets this person hold money"""
        holder_sudo = self.sudo().search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)]
        )
        if not holder_sudo:
            raise UserError(
                self.env._(
                    "%(user)s has no account for cash in hand. Ask an accountant to "
                    "open one under Debt, Cash in Hand.",
                    user=user.name,
                )
            )
        return holder_sudo

    def _add(self, held=0.0, pending=0.0):
        """Count money of this holder; see the class.

        :raises UserError: more would be handed over than is held
        """
        self.ensure_one()
        self.flush_recordset()
        self.invalidate_recordset(["balance", "pending_amount"])
        balance, on_slips = self.balance + held, self.pending_amount + pending
        if self.currency_id.compare_amounts(on_slips, balance) > 0:
            raise UserError(
                self.env._(
                    "%(user)s holds %(held)s that is on no slip yet. Hand over no more "
                    "than that.",
                    user=self.user_id.name,
                    held=self.currency_id.format(self.balance - self.pending_amount),
                )
            )
        self.env.cr.execute(
            SQL(
                "UPDATE distribution_cash_holder SET"
                " balance = round((balance + %s)::numeric, %s),"
                " pending_amount = round((pending_amount + %s)::numeric, %s)"
                " WHERE id = %s",
                held,
                self.currency_id.decimal_places,
                pending,
                self.currency_id.decimal_places,
                self.id,
            )
        )
        # the UPDATE went past the ORM
        self.invalidate_recordset(flush=False)

    def action_view_receipts(self):
        """Open what this person collected."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_cash_action"
        )
        return {**action, "domain": [("holder_id", "in", self.ids)], "context": {}}

    @api.model
    def _cron_remind(self):
        """Leave a task with everybody who holds money for too long, and with the
        members' supervisors none: they have the list."""
        for holder in self.search([("balance", ">", 0)]):
            if not holder.overdue_amount:
                continue
            holder._remind()

    def _remind(self):
        self.ensure_one()
        receipts = self.env["distribution.cash"].search(
            [
                ("holder_id", "=", self.id),
                ("state", "=", "posted"),
                ("deadline", "<", fields.Datetime.now()),
            ],
            order="id desc",
            limit=1,
        )
        summary = self.env._("Hand over the cash you collected")
        if not any(activity.summary == summary for activity in receipts.activity_ids):
            receipts.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                user_id=self.user_id.id,
            )
