# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

#: applications from one address in an hour, and for one company in a day
MAX_PER_ADDRESS = 5
MAX_PER_COMPANY = 500


class DistributionApplication(models.Model):
    """Somebody wants to join the network: who, with which papers, on which terms."""

    _name = "distribution.application"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Network Application"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "number", "phone"]

    _TRANSITIONS = {
        "new": ("review", "approved", "refused"),
        "review": ("approved", "refused"),
        "refused": ("review",),
        "approved": (),
    }

    number = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char("Company or Shop", required=True, index="trigram")
    contact_name = fields.Char()
    phone = fields.Char(required=True)
    email = fields.Char(required=True)
    vat = fields.Char("Tax ID")
    street = fields.Char()
    city = fields.Char()
    country_id = fields.Many2one("res.country")
    message = fields.Text(help="What the applicant wrote.")
    document_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        "Documents",
        domain=[("res_model", "=", "distribution.application")],
    )
    document_count = fields.Integer(compute="_compute_document_count")
    remote_hash = fields.Char(readonly=True, copy=False, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", "Reviewer", index=True, tracking=True, check_company=True
    )
    level_id = fields.Many2one("distribution.level", tracking=True, ondelete="restrict")
    territory_id = fields.Many2one(
        "distribution.territory", tracking=True, check_company=True, ondelete="restrict"
    )
    tier_id = fields.Many2one("distribution.tier", ondelete="restrict")
    class_id = fields.Many2one("distribution.outlet.class", ondelete="restrict")
    rep_id = fields.Many2one("res.users", "Sales Representative", check_company=True)
    supplier_id = fields.Many2one(
        "distribution.member",
        check_company=True,
        ondelete="restrict",
        help="Empty: this company itself supplies.",
    )
    pricelist_id = fields.Many2one("product.pricelist", check_company=True)
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_limit = fields.Monetary(
        tracking=True, help="How much the new member may owe; 0: pays before delivery."
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Existing Customer",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        help="Choose the customer who applied; empty: a new one is made.",
    )
    member_id = fields.Many2one(
        "distribution.member", readonly=True, copy=False, check_company=True
    )
    duplicate_ids = fields.Many2many(
        "distribution.member",
        string="Possibly a Member Already",
        compute="_compute_duplicates",
    )
    known_partner_ids = fields.Many2many(
        "res.partner", string="Possibly Known", compute="_compute_duplicates"
    )
    refusal_reason = fields.Text(copy=False, tracking=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("review", "In Review"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            # numbers are given, not chosen
            vals.pop("number", None)
        self.env["ir.sequence"]._fill_numbers(vals_list, self._name, "number")
        return super().create(vals_list)

    @api.constrains("email")
    def _check_email(self):
        for application in self:
            if not email_normalize(application.email):
                raise ValidationError(
                    self.env._(
                        "“%(email)s” is not an e-mail address. Write it as "
                        "name@example.com.",
                        email=application.email,
                    )
                )

    @api.depends("document_ids")
    def _compute_document_count(self):
        for application in self:
            application.document_count = len(application.document_ids)

    @api.depends("name", "phone", "email", "vat", "territory_id", "company_id")
    def _compute_duplicates(self):
        Member = self.env["distribution.member"]
        found = Member._match_duplicates(
            [
                Member._prepare_duplicate_row(
                    place,
                    phone=application.phone,
                    name=application.name,
                    company=application.company_id,
                    territory=application.territory_id,
                )
                for place, application in enumerate(self)
            ]
        )
        for place, application in enumerate(self):
            others = Member.browse(found.get(place, ())) - application.member_id
            application.duplicate_ids = [Command.set(others.ids)]
            application.known_partner_ids = [
                Command.set(application._get_known_partners().ids)
            ]

    def _get_known_partners(self):
        """Partners with the same e-mail or tax number."""
        known = Domain.FALSE
        if email := email_normalize(self.email or ""):
            known |= Domain("email_normalized", "=", email)
        if self.vat:
            known |= Domain("vat", "=ilike", self.vat.strip())
        if known.is_false():
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            known
            & Domain("parent_id", "=", False)
            & Domain("company_id", "in", (False, self.company_id.id)),
            limit=5,
        )

    def action_review(self):
        """Somebody looks at these applications."""
        self.check_access("write")
        self.filtered(
            lambda application: not application.user_id
        ).user_id = self.env.user
        self._transition("review")
        return True

    def action_approve(self):
        """Make a member of each applicant, with supplier and terms.

        :raises UserError: no level is chosen, or the customer is a member already
        """
        self._check_decider()
        for application in self:
            if not application.level_id:
                raise UserError(
                    self.env._(
                        "Choose a level for %(name)s before you approve.",
                        name=application.name,
                    )
                )
            # reviewers may not write every partner; what is made here is the applicant
            application.sudo()._make_member()
        self._transition("approved")
        return True

    def action_refuse(self, reason=None):
        """Refuse these applications and tell the applicants why, by mail.

        :param str reason: what they read; by default what is written already
        :raises UserError: no reason
        """
        self._check_decider()
        for application in self:
            application.refusal_reason = reason or application.refusal_reason
            if not application.refusal_reason:
                raise UserError(
                    self.env._(
                        "Write the reason why %(name)s is refused: the applicant "
                        "reads it.",
                        name=application.name,
                    )
                )
        self._transition("refused", reason)
        template = self.env.ref("distribution.mail_template_application_refused")
        for application in self:
            template.send_mail(application.id)
        return True

    def _check_decider(self):
        self.check_access("write")
        if not self.env.user.has_group("distribution.group_trade_manager"):
            raise AccessError(
                self.env._(
                    "Trade managers decide about applications. Fill in the form and "
                    "assign one of them as reviewer."
                )
            )

    def _make_member(self):
        self.ensure_one()
        member = self.env["distribution.member"].create(self._prepare_member_vals())
        if self.supplier_id:
            self.env["distribution.supply.link"].create(
                {"buyer_id": member.id, "supplier_id": self.supplier_id.id}
            )
        member._transition("active")
        partner = member.partner_id.with_company(self.company_id)
        if terms := self._prepare_terms():
            partner.write(terms)
        self.member_id = member
        credit = self._prepare_credit_vals()
        if credit and "distribution.credit" in self.env:
            self._set_credit(credit)
        return member

    def _prepare_member_vals(self):
        """The member that an approved application becomes."""
        vals = {
            "company_id": self.company_id.id,
            "level_id": self.level_id.id,
            "territory_id": self.territory_id.id,
            "tier_id": self.tier_id.id,
            "class_id": self.class_id.id,
            "user_id": self.rep_id.id or self.user_id.id,
        }
        if self.partner_id:
            return {**vals, "partner_id": self.partner_id.id}
        contact = ("name", "phone", "email", "vat", "street", "city")
        return {
            **vals,
            **{name: self[name] for name in contact if self[name]},
            "country_id": self.country_id.id,
        }

    def _prepare_terms(self):
        """What approval sets on the partner, in the company of the application."""
        vals = {}
        if self.pricelist_id:
            vals["specific_property_product_pricelist"] = self.pricelist_id.id
        if self.payment_term_id:
            vals["property_payment_term_id"] = self.payment_term_id.id
        return vals

    def _prepare_credit_vals(self):
        """Credit terms of the new member; nothing when none were granted."""
        if not self.credit_limit:
            return {}
        return {
            "partner_id": self.member_id.partner_id.id,
            "company_id": self.company_id.id,
            "limit_amount": self.credit_limit,
        }

    def _set_credit(self, vals):
        Credit = self.env["distribution.credit"]
        key = ("partner_id", "company_id")
        known = Credit.search([(name, "=", vals[name]) for name in key])
        if known:
            known.write({k: value for k, value in vals.items() if k not in key})
        else:
            Credit.create(vals)

    @api.model
    def _is_flooded(self, company, remote_hash):
        """Whether more applications came than people write by hand."""
        now = fields.Datetime.now()
        own = Domain("company_id", "=", company.id)
        hour = Domain("create_date", ">", fields.Datetime.subtract(now, hours=1))
        day = Domain("create_date", ">", fields.Datetime.subtract(now, days=1))
        return (
            self.search_count(hour & Domain("remote_hash", "=", remote_hash))
            >= MAX_PER_ADDRESS
            or self.search_count(own & day) >= MAX_PER_COMPANY
        )

    @api.model
    def _receive(self, company, vals, documents, remote_hash):
        """Store what the public form brought; the caller has checked its sizes.

        :param documents: ``[(file name, bytes, mimetype)]``
        :return: the application
        """
        application = self.create(
            {**vals, "company_id": company.id, "remote_hash": remote_hash}
        )
        self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": application.id,
                }
                for name, content, mimetype in documents
            ]
        )
        return application

    def action_view_member(self):
        """Open the member that this application became."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "distribution.member",
            "res_id": self.member_id.id,
            "view_mode": "form",
        }
