# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class DistributionCashHandover(models.Model):
    """A slip: money that a representative hands over, until somebody accepts it."""

    _name = "distribution.cash.handover"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Cash Handover"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("submitted",),
        "submitted": ("accepted", "refused"),
    }

    name = fields.Char(readonly=True, copy=False, default="/")
    holder_id = fields.Many2one(
        "distribution.cash.holder",
        "Handed Over By",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env["distribution.cash"]._default_holder_id(),
    )
    user_id = fields.Many2one(
        related="holder_id.user_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="holder_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    available_amount = fields.Monetary(related="holder_id.available_amount")
    amount = fields.Monetary(required=True)
    journal_id = fields.Many2one(
        "account.journal",
        "Into",
        check_company=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    note = fields.Text()
    photo = fields.Image("Photo of the Slip", max_width=1920, max_height=1920)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Handed Over"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, copy=False, index="btree_not_null"
    )

    _amount_check = models.Constraint("CHECK (amount > 0)", "Money is more than zero.")

    @api.depends("company_id")
    def _compute_journal_id(self):
        for slip in self:
            slip.journal_id = (
                slip.journal_id or slip.company_id.distribution_cash_journal_id
            )

    def write(self, vals):
        """Override: a slip that was handed over says what it said.

        :raises UserError: another amount or holder, or an entry by hand
        """
        if not self.env.su and not {"move_id", "accepted_by_id"}.isdisjoint(vals):
            raise UserError(self.env._("The entry is made by accepting the slip."))
        fixed = {"amount", "holder_id"}
        if not fixed.isdisjoint(vals) and any(s.state != "draft" for s in self):
            raise UserError(
                self.env._("This slip was handed over. Have it refused, write another.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(slip.state != "draft" for slip in self):
            raise UserError(self.env._("Slips that were handed over are kept."))

    def action_submit(self):
        """Hand the money over; it counts as the holder's until it is accepted.

        :raises UserError: more than is held, or another's money
        """
        self.check_access("write")
        for slip in self.filtered(lambda slip: slip.state == "draft"):
            slip._check_own()
            slip_sudo = slip.sudo()
            slip_sudo.holder_id._add(pending=slip.amount)
            if slip.name == "/":
                slip_sudo.name = (
                    slip_sudo.env["ir.sequence"]
                    .with_company(slip.company_id)
                    .next_by_code("distribution.cash.handover")
                    or "/"
                )
        return bool(self.sudo()._transition("submitted"))

    def action_accept(self):
        """Take the money: it moves from the holder's account to the cash desk's.

        :raises AccessError: not an accountant, or the holder
        :raises UserError: no cash desk is set
        """
        self.check_access("write")
        self._check_accountant()
        todo_sudo = self.sudo().filtered(lambda slip: slip.state == "submitted")
        for slip_sudo in todo_sudo:
            if slip_sudo.user_id == self.env.user:
                raise AccessError(
                    self.env._("Somebody else has to accept the money you hand over.")
                )
            slip_sudo.holder_id._add(held=-slip_sudo.amount, pending=-slip_sudo.amount)
            slip_sudo._post_entry()
        return bool(self.sudo()._transition("accepted"))

    def action_refuse(self):
        """The money is not there: it stays with the holder.

        :raises AccessError: not an accountant
        """
        self.check_access("write")
        self._check_accountant()
        for slip_sudo in self.sudo().filtered(lambda s: s.state == "submitted"):
            slip_sudo.holder_id._add(pending=-slip_sudo.amount)
        return bool(self.sudo()._transition("refused"))

    def _check_own(self):
        self.ensure_one()
        if (
            not self.env.su
            and self.user_id != self.env.user
            and not self.env.user.has_group("distribution.group_accountant")
        ):
            raise AccessError(
                self.env._("Only %(user)s hands this over.", user=self.user_id.name)
            )

    def _check_accountant(self):
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_accountant"
        ):
            raise AccessError(
                self.env._("Only accountants accept or refuse money. Ask one.")
            )

    def _post_entry(self):
        self.ensure_one()
        account = self.journal_id.default_account_id
        if not account:
            raise UserError(
                self.env._(
                    "Choose the cash desk or bank account that takes the money; "
                    "Settings, Debt of the Network, names one for all slips."
                )
            )
        held = self.holder_id.journal_id.default_account_id
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": self.holder_id.journal_id.id,
                    "ref": self.name,
                    "line_ids": [
                        Command.create(
                            {
                                "name": self.name,
                                "account_id": account_id.id,
                                "debit": debit,
                                "credit": credit,
                            }
                        )
                        for account_id, debit, credit in (
                            (account, self.amount, 0.0),
                            (held, 0.0, self.amount),
                        )
                    ],
                }
            )
        )
        move.action_post()
        self.write({"move_id": move.id, "accepted_by_id": self.env.uid})
