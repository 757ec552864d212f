# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class DistributionContract(models.Model):
    """What was agreed with a member, from when to when."""

    _name = "distribution.contract"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Member Contract"
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "member_id"]

    _TRANSITIONS = {
        "draft": ("active",),
        "active": ("expired", "terminated"),
        "expired": (),
        "terminated": (),
    }

    name = fields.Char("Number", required=True, copy=False, index="trigram")
    member_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="member_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        tracking=True,
        check_company=True,
        default=lambda self: self.env.user,
        help="Who is reminded before the contract ends.",
    )
    kind = fields.Selection(
        [
            ("distribution", "Distribution"),
            ("display", "Display"),
            ("programme", "Programme"),
            ("other", "Other"),
        ],
        required=True,
        default="distribution",
        tracking=True,
        help="Contracts of different kinds may run at the same time, those of one "
        "kind may not.",
    )
    date_from = fields.Date(
        "From", required=True, tracking=True, default=fields.Date.context_today
    )
    date_to = fields.Date("To", required=True, tracking=True)
    reminder_days = fields.Integer(
        "Reminder Before (days)",
        default=30,
        help="The person responsible gets an activity so many days before the end.",
    )
    reminded = fields.Boolean(readonly=True, copy=False)
    pricelist_id = fields.Many2one(
        "product.pricelist", tracking=True, check_company=True, ondelete="restrict"
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", tracking=True, check_company=True, ondelete="restrict"
    )
    discount = fields.Float(
        "Discount (%)",
        tracking=True,
        help="Agreed discount on the price list, for those who write its rules.",
    )
    targets = fields.Html(help="What the member is to reach, and what for.")
    document_ids = fields.Many2many(
        "ir.attachment",
        "distribution_contract_attachment_rel",
        "contract_id",
        "attachment_id",
        "Documents",
        bypass_search_access=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("terminated", "Terminated"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    end_reason = fields.Char(readonly=True, copy=False, tracking=True)

    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "A contract with this number is there already."
    )
    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)",
        "A contract ends on or after the day it begins.",
    )
    _discount_check = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)",
        "A discount is between 0 and 100 %.",
    )
    _reminder_check = models.Constraint(
        "CHECK (reminder_days >= 0)", "Days before the end are counted from zero."
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not vals.get("name"):
                member = self.env["distribution.member"].browse(vals.get("member_id"))
                sequences = self.env["ir.sequence"].with_company(member.company_id)
                # numbers are given, not chosen
                vals["name"] = sequences.sudo().next_by_code("distribution.contract")
        contracts = super().create(vals_list)
        contracts._check_overlap()
        return contracts

    def write(self, vals):
        result = super().write(vals)
        if {"member_id", "kind", "date_from", "date_to", "state"} & set(vals):
            self._check_overlap()
        if vals.get("date_to"):
            self.filtered("reminded").reminded = False
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered(lambda contract: contract.state != "draft"):
            raise UserError(
                self.env._(
                    "Contract %(name)s was in force and stays in the books. "
                    "Terminate it instead.",
                    name=used[0].name,
                )
            )

    def _check_overlap(self):
        """One contract a member and kind on any day; one query.

        :raises ValidationError: naming the contract in the way
        """
        if not self:
            return
        self.env["distribution.network"]._touch(self.company_id)
        self.flush_model(["member_id", "kind", "date_from", "date_to", "state"])
        rows = self.env.execute_query(
            SQL(
                "SELECT own.id, other.id FROM distribution_contract own"
                " JOIN distribution_contract other"
                "  ON other.member_id = own.member_id AND other.kind = own.kind"
                "  AND other.id <> own.id AND other.state <> 'terminated'"
                "  AND daterange(other.date_from, other.date_to, '[]')"
                "   && daterange(own.date_from, own.date_to, '[]')"
                " WHERE own.id = ANY(%s) AND own.state <> 'terminated'"
                " ORDER BY own.id LIMIT 1",
                self.ids,
            )
        )
        if not rows:
            return
        contract, other = (self.sudo().browse(row_id) for row_id in rows[0])
        raise ValidationError(
            self.env._(
                "%(member)s has contract %(other)s of the same kind from %(date_from)s "
                "to %(date_to)s. Terminate it first, or let %(name)s begin later.",
                member=contract.member_id.display_name,
                other=other.name,
                date_from=other.date_from,
                date_to=other.date_to,
                name=contract.name,
            )
        )

    def action_activate(self):
        """Put these contracts in force; those that run today set the member's terms.

        :raises UserError: a contract that has ended, or of a member that is closed
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for contract in self:
            if contract.date_to < today:
                raise UserError(
                    self.env._(
                        "Contract %(name)s ended on %(date)s. Choose another end.",
                        name=contract.name,
                        date=contract.date_to,
                    )
                )
            if not contract.member_id._can_supply():
                raise UserError(
                    self.env._(
                        "%(member)s is closed or archived. Open the member again "
                        "before its contract.",
                        member=contract.member_id.display_name,
                    )
                )
        self._transition("active")
        return True

    def _after_active(self):
        today = fields.Date.context_today(self)
        self.filtered(lambda contract: contract.date_from <= today)._apply_terms()

    def _apply_terms(self):
        """Give partners the price list and terms of their contracts."""
        if self.pricelist_id:
            # a price list counts only where Odoo's price lists are switched on; sudo:
            # that is the setting, whoever agrees the first contract with one
            users = self.env.ref("base.group_user").sudo()
            users._apply_group(self.env.ref("product.group_product_pricelist"))
        for contract in self:
            # trade managers agree terms; they may not write every partner
            partner = contract.member_id.partner_id.sudo()
            partner = partner.with_company(contract.company_id)
            if vals := contract._prepare_partner_terms():
                partner.write(vals)

    def _prepare_partner_terms(self):
        """What an active contract sets on its partner, in its company."""
        self.ensure_one()
        vals = {}
        if self.pricelist_id:
            vals["specific_property_product_pricelist"] = self.pricelist_id.id
        if self.payment_term_id:
            vals["property_payment_term_id"] = self.payment_term_id.id
        return vals

    def action_terminate(self):
        """End these contracts today; their terms stay with the partner until others
        are agreed."""
        self.check_access("write")
        self._transition("terminated")
        return True

    @api.model
    def _cron_follow_dates(self):
        """Contracts begin, are reminded of, and end with their dates."""
        today = fields.Date.context_today(self)
        active = self.search([("state", "=", "active")])
        active.filtered(lambda contract: contract.date_to < today)._transition(
            "expired"
        )
        active.filtered(lambda contract: contract.date_from == today)._apply_terms()
        active.filtered(
            lambda contract: (
                contract.state == "active"
                and not contract.reminded
                and contract.date_to
                <= fields.Date.add(today, days=contract.reminder_days)
            )
        )._remind()

    def _remind(self):
        for contract in self:
            contract.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=contract.date_to,
                summary=self.env._(
                    "Contract %(name)s of %(member)s ends",
                    name=contract.name,
                    member=contract.member_id.name,
                ),
                user_id=contract.user_id.id or self.env.uid,
            )
        self.reminded = True
