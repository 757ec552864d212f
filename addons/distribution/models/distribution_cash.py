# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: what a receipt is made of: fixed once it is posted
_FIXED = frozenset(
    {"amount", "company_id", "holder_id", "invoice_ids", "partner_id", "received_at"}
)
#: what a telephone sends
_SENT = frozenset(
    {
        "amount",
        "client_uuid",
        "currency_id",
        "invoice_ids",
        "note",
        "partner_id",
        "photo",
        "received_at",
        "signature",
    }
)


class DistributionCash(models.Model):
    """Money that a representative collected from a customer.

    Posting makes the payment into the representative's own cash account and pays the
    invoices with it, oldest first.
    """

    _name = "distribution.cash"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Cash Receipt"
    _order = "received_at desc, id desc"
    _check_company_auto = True

    _TRANSITIONS = {"draft": ("posted", "cancelled"), "posted": ("cancelled",)}

    name = fields.Char(readonly=True, copy=False, default="/")
    holder_id = fields.Many2one(
        "distribution.cash.holder",
        "Collected By",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_holder_id(),
    )
    user_id = fields.Many2one(
        related="holder_id.user_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="holder_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, check_company=True
    )
    amount = fields.Monetary(required=True)
    received_at = fields.Datetime(
        "Collected At", required=True, default=fields.Datetime.now
    )
    deadline = fields.Datetime(
        "Hand Over By", compute="_compute_deadline", store=True, index=True
    )
    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'),"
        " ('commercial_partner_id', '=', partner_id),"
        " ('payment_state', 'in', ('not_paid', 'partial'))]",
        help="What it pays; what is left stays on the customer's account.",
    )
    photo = fields.Image(max_width=1920, max_height=1920)
    signature = fields.Image(max_width=1024, max_height=1024)
    note = fields.Text()
    client_uuid = fields.Char(
        "Key",
        readonly=True,
        copy=False,
        help="Made by the telephone: the same receipt sent twice counts once.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    payment_id = fields.Many2one(
        "account.payment", readonly=True, copy=False, index="btree_not_null"
    )

    _uuid_uniq = models.UniqueIndex(
        "(company_id, client_uuid) WHERE client_uuid IS NOT NULL",
        "This receipt was recorded already.",
    )
    _amount_check = models.Constraint("CHECK (amount > 0)", "Money is more than zero.")

    @api.model
    def _default_holder_id(self):
        return self.env["distribution.cash.holder"].search(
            [("user_id", "=", self.env.uid), ("company_id", "=", self.env.company.id)]
        )

    @api.depends("received_at", "company_id")
    def _compute_deadline(self):
        for receipt in self:
            hours = receipt.company_id.distribution_cash_hours
            received = receipt.received_at or fields.Datetime.now()
            receipt.deadline = received + timedelta(hours=hours)

    def write(self, vals):
        """Override: what is posted stays.

        :raises UserError: a change of a posted receipt, or of its payment
        """
        if not self.env.su and not {"payment_id", "client_uuid"}.isdisjoint(vals):
            raise UserError(self.env._("The payment is made by posting the receipt."))
        if not _FIXED.isdisjoint(vals) and any(r.state != "draft" for r in self):
            raise UserError(
                self.env._(
                    "A posted receipt is not changed. Have an accountant cancel it and "
                    "record another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if any(receipt.state != "draft" for receipt in self):
            raise UserError(
                self.env._("Posted receipts are kept. Have an accountant cancel it.")
            )

    @api.model
    def record_receipt(self, vals):
        """Record and post money collected by the current user; safe to repeat.

        :param dict vals: ``client_uuid``, ``partner_id``, ``amount`` in the company's
            currency, and as wanted ``invoice_ids`` (ids), ``received_at``, ``note``,
            ``photo``, ``signature`` (base64)
        :return: the receipt; the same one when the same ``client_uuid`` comes again
        :raises AccessError: no representative, or not the user's customer
        :raises UserError: no key, another currency, another's invoice
        """
        self.check_access("create")
        company = self.env.company
        self._check_sent(vals, company)
        holder_sudo = self.env["distribution.cash.holder"]._get_holder(
            self.env.user, company
        )
        # meets a second sending of the same receipt
        holder_sudo._add()
        known_sudo = self.sudo().search(
            [
                ("client_uuid", "=", vals["client_uuid"]),
                ("company_id", "=", company.id),
            ]
        )
        if known_sudo:
            known_sudo.with_env(self.env).check_access("read")
            return known_sudo.with_env(self.env)
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        # sudo: says what is wrong before the invoice's own rights do
        moves_sudo = self.env["account.move"].sudo().browse(vals.get("invoice_ids"))
        self._check_invoices(moves_sudo.exists(), partner, company)
        receipt = self.create(
            {
                **{key: vals[key] for key in vals if key != "currency_id"},
                "holder_id": holder_sudo.id,
                "invoice_ids": [(6, 0, vals.get("invoice_ids") or [])],
            }
        )
        receipt.action_post()
        return receipt

    @api.model
    def _check_sent(self, vals, company):
        """:raises UserError: no key, no money, or another currency"""
        if not vals.get("client_uuid") or not _SENT >= vals.keys():
            raise UserError(
                self.env._("A receipt needs a key of its own and nothing unknown.")
            )
        if not (vals.get("amount") or 0) > 0:
            raise UserError(self.env._("Say how much money it is, more than zero."))
        if vals.get("currency_id", company.currency_id.id) != company.currency_id.id:
            raise UserError(
                self.env._(
                    "Cash in hand is kept in %(currency)s. Change the money first.",
                    currency=company.currency_id.name,
                )
            )

    def action_post(self):
        """Take the money into the books: a payment, and the invoices it pays.

        :raises AccessError: another's receipt, or not the user's customer
        :raises UserError: another's invoice, or nothing to post
        """
        self.check_access("write")
        todo = self.filtered(lambda receipt: receipt.state == "draft")
        todo._check_customers()
        soon = fields.Datetime.now() + timedelta(hours=1)
        if any(receipt.received_at > soon for receipt in todo):
            raise UserError(
                self.env._("Money cannot be collected in the future. Mend the time.")
            )
        for receipt_sudo in todo.sudo():
            company, partner = receipt_sudo.company_id, receipt_sudo.partner_id
            self._check_invoices(receipt_sudo.invoice_ids, partner, company)
            receipt_sudo.holder_id._add(held=receipt_sudo.amount)
            payment = receipt_sudo._post_payment()
            receipt_sudo.write(
                {
                    "payment_id": payment.id,
                    "name": receipt_sudo.env["ir.sequence"]
                    .with_company(receipt_sudo.company_id)
                    .next_by_code("distribution.cash")
                    or payment.name,
                }
            )
        todo.sudo()._transition("posted")
        return True

    def action_cancel(self, reason=None):
        """Take a wrong receipt back: the payment is cancelled, the invoices are open
        again. Money that is on a slip stays.

        :raises AccessError: not an accountant
        :raises UserError: the money was handed over already
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_accountant"
        ):
            raise AccessError(
                self.env._("Only accountants cancel posted receipts. Ask one.")
            )
        for receipt_sudo in self.sudo().filtered(lambda r: r.state == "posted"):
            receipt_sudo.holder_id._add(held=-receipt_sudo.amount)
            receipt_sudo.payment_id.action_draft()
            receipt_sudo.payment_id.action_cancel()
        return bool(self.sudo()._transition("cancelled", reason))

    def _check_customers(self):
        """:raises AccessError: representatives collect from their members alone"""
        user = self.env.user
        if self.env.su or user.has_group("distribution.group_accountant"):
            return
        others = self.filtered(lambda receipt: receipt.user_id != user)
        for company, receipts in (self - others).grouped("company_id").items():
            members = self.env["distribution.member"].search(
                [
                    (
                        "partner_id",
                        "in",
                        receipts.partner_id.commercial_partner_id.ids,
                    ),
                    ("company_id", "=", company.id),
                ]
            )
            others |= receipts.filtered(
                lambda r, m=members: (
                    r.partner_id.commercial_partner_id not in m.partner_id
                )
            )
        if others:
            raise AccessError(
                self.env._(
                    "%(partner)s is not one of your members. Ask your supervisor to "
                    "assign it to you, or an accountant to record the money.",
                    partner=others[0].partner_id.display_name,
                )
            )

    @api.model
    def _check_invoices(self, invoices_sudo, partner, company):
        """:raises UserError: invoices of somebody else, or not posted ones"""
        payer = partner.commercial_partner_id
        if any(
            move.move_type != "out_invoice"
            or move.state != "posted"
            or move.company_id != company
            or move.commercial_partner_id != payer
            for move in invoices_sudo
        ):
            raise UserError(
                self.env._(
                    "There is no posted invoice of %(partner)s among those chosen, or "
                    "one is somebody else's. Choose the customer's own, or none.",
                    partner=payer.display_name,
                )
            )

    def _post_payment(self):
        """The payment, reconciled with what it pays, oldest first."""
        self.ensure_one()
        journal = self.holder_id.journal_id
        payment = (
            self.env["account.payment"]
            .with_company(self.company_id)
            .create(self._prepare_payment_vals(journal))
        )
        payment.action_post()
        receivable = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        open_lines = self.invoice_ids.line_ids.filtered(
            lambda line: (
                line.account_id == receivable.account_id and not line.reconciled
            )
        )
        if open_lines:
            ordered = open_lines.sorted(lambda x: (x.date_maturity or x.date, x.id))
            (receivable | ordered).reconcile()
        return payment

    def _prepare_payment_vals(self, journal):
        """The receivable account is the invoices', where they agree on one."""
        lines = self.invoice_ids.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        accounts = lines.account_id
        vals = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": fields.Datetime.context_timestamp(self, self.received_at).date(),
            "journal_id": journal.id,
            "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
            "memo": ", ".join(self.invoice_ids.mapped("name")) or self.note or "",
        }
        if len(accounts) == 1:
            vals["destination_account_id"] = accounts.id
        return vals

    def action_view_payment(self):
        """Open the payment of this receipt."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "res_id": self.payment_id.id,
            "view_mode": "form",
        }
