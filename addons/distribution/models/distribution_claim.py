# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.portal_text import clean_text
from ..tools.typed_number import read_number

#: what was claimed stays as it was once somebody has decided on it
_CLAIMED = frozenset(("claimed_amount", "kind", "member_id"))


class DistributionClaim(models.Model):
    """What a member asks money or goods back for, with its proof.

    A claim is answered, never deleted: its proof and its answer are the member's, too.
    """

    _name = "distribution.claim"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Claim"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "submitted": ("approved", "refused", "cancelled"),
        "approved": ("settled", "cancelled"),
        "refused": ("submitted",),
    }

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    member_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    partner_id = fields.Many2one(
        related="member_id.partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="member_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        related="member_id.user_id", string="Sales Representative", store=True
    )
    kind = fields.Selection(
        [
            ("damaged", "Damaged Goods"),
            ("short", "Short Delivery"),
            ("price", "Price Difference"),
            ("promotion", "Promotion"),
            ("expired", "Expired Goods"),
            ("other", "Other"),
        ],
        required=True,
        default="damaged",
    )
    order_id = fields.Many2one(
        "sale.order",
        check_company=True,
        index="btree_not_null",
        domain="[('partner_id', 'child_of', partner_id)]",
    )
    claimed_amount = fields.Monetary(required=True, tracking=True)
    approved_amount = fields.Monetary(
        readonly=True, copy=False, tracking=True, help="What was accepted of it."
    )
    description = fields.Text(required=True)
    answer = fields.Text(
        copy=False, tracking=True, help="Read by the member in the portal."
    )
    refund_id = fields.Many2one(
        "account.move",
        "Credit Note",
        readonly=True,
        copy=False,
        check_company=True,
        index="btree_not_null",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    state = fields.Selection(
        [
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("settled", "Settled"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="submitted",
        copy=False,
        index=True,
        tracking=True,
    )
    token = fields.Char(
        readonly=True,
        copy=False,
        help="Tells a claim sent again from a new one.",
    )

    _amount_check = models.Constraint(
        "CHECK (claimed_amount >= 0 AND approved_amount >= 0"
        " AND approved_amount <= claimed_amount)",
        "A claim is about an amount above zero, and no more is approved than was "
        "claimed.",
    )
    _token_uniq = models.UniqueIndex(
        "(token) WHERE token IS NOT NULL", "This claim was sent already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("approved_amount") for vals in vals_list):
            self._check_decider()
        claims = super().create(vals_list)
        for claim in claims.filtered(lambda claim: claim.name == "/"):
            claim.name = (
                self.env["ir.sequence"]
                .with_company(claim.company_id)
                .next_by_code("distribution.claim")
            )
        for claim in claims:
            claim.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Look at the claim and answer it"),
                user_id=(claim.member_id.user_id or self.env.user).id,
            )
        return claims

    def write(self, vals):
        """What is approved is a decision, whichever way it is written.

        :raises UserError: by somebody who decides on no claims
        """
        decided = any(claim.state != "submitted" for claim in self)
        if "approved_amount" in vals or (decided and not _CLAIMED.isdisjoint(vals)):
            self._check_decider()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "Claims are not deleted. Cancel or refuse them: their proof stays."
            )
        )

    def action_approve(self, amount=None):
        """Accept claims, wholly or ``amount`` of one, in the company's currency.

        :raises UserError: more than was claimed, or nothing
        """
        self._check_decider()
        for claim in self:
            accepted = claim.claimed_amount if amount is None else amount
            if not 0 < accepted <= claim.claimed_amount:
                raise UserError(
                    self.env._(
                        "Approve more than zero and no more than the %(amount)s that "
                        "%(name)s claims. Refuse it if nothing is due.",
                        amount=claim.claimed_amount,
                        name=claim.name,
                    )
                )
            claim.approved_amount = accepted
        return self._transition("approved")

    def action_refuse(self):
        """Refuse claims; the answer tells the member why.

        :raises UserError: no answer was written
        """
        self._check_decider()
        for claim in self:
            if not (claim.answer or "").strip():
                raise UserError(
                    self.env._(
                        "Write an answer first: the member of %(name)s reads it.",
                        name=claim.name,
                    )
                )
        return self._transition("refused")

    def action_cancel(self):
        """Take claims back."""
        return self._transition("cancelled")

    def action_submit(self):
        """Look at refused claims again."""
        return self._transition("submitted")

    def action_settle(self):
        """Make the credit note of an approved claim, as a draft for the accountant."""
        self.ensure_one()
        if self.state != "approved":
            raise UserError(
                self.env._("Only approved claims are settled; %s is not.", self.name)
            )
        if not self.refund_id:
            self.refund_id = self.env["account.move"].create(
                self._prepare_refund_vals()
            )
            self._transition("settled")
        return self.action_view_refund()

    def action_view_refund(self):
        """Open the credit note."""
        self.ensure_one()
        return self.refund_id._get_records_action(name=self.env._("Credit Note"))

    def _prepare_refund_vals(self):
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "move_type": "out_refund",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "ref": self.name,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": f"{self.name}: {kinds[self.kind]}",
                        "quantity": 1,
                        "price_unit": self.approved_amount,
                        # what was accepted is what is paid: taxes are the accountant's
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _check_decider(self):
        """:raises UserError: representatives pass claims on and decide on none"""
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_supervisor"
        ):
            raise UserError(
                self.env._("Supervisors decide on claims. Ask yours to look at it.")
            )

    @api.model
    def _portal_create(self, member, values):
        """A claim a member sends in the portal; called with ``sudo()``.

        :param dict values: ``kind``, ``amount``, ``description``, ``order``, ``token``
        :return: the claim; the same token again: the same claim
        :raises UserError: what is wrong with the values
        """
        token = values.get("token") or None
        if token:
            # kept with the member, so that nobody meets another's
            token = hashlib.sha256(f"{member.id}:{token}".encode()).hexdigest()[:32]
        if token:
            known = self.search([("token", "=", token), ("member_id", "=", member.id)])
            if known:
                return known
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        text = clean_text(values.get("description"), 5000)
        if values.get("kind") not in kinds or not text:
            raise UserError(
                self.env._("Choose what the claim is about and describe it.")
            )
        return self.create(
            {
                "member_id": member.id,
                "kind": values["kind"],
                "claimed_amount": self._read_amount(values.get("amount")),
                "description": text,
                "order_id": self._find_portal_order(member, values.get("order")).id,
                "token": token,
            }
        )

    @api.model
    def _read_amount(self, text):
        code = self.env.lang or self.env.user.lang or "en_US"
        lang = self.env["res.lang"]._get_data(code=code)
        try:
            amount = read_number(text or "", lang)
        except ValueError:
            amount = -1
        if not 0 < amount < 1e13 or self.env.company.currency_id.is_zero(amount):
            raise UserError(
                self.env._("Enter the amount you claim as a number above zero.")
            )
        return amount

    @api.model
    def _find_portal_order(self, member, name):
        orders = self.env["sale.order"]
        name = clean_text(name, 64)
        if not name:
            return orders
        order = orders.search(
            [
                ("name", "=", name),
                ("partner_id", "child_of", member.partner_id.id),
                ("company_id", "=", member.company_id.id),
            ],
            limit=1,
        )
        if not order:
            raise UserError(
                self.env._(
                    "You have no order %(name)s. Check its number, or leave it out.",
                    name=name,
                )
            )
        return order
