# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DistributionMember(models.Model):
    """A member; here: its name, telephone and address, which are its partner's.

    A member may be typed or imported with these alone: its partner is made with it.
    """

    _inherit = "distribution.member"

    name = fields.Char(readonly=False)
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    vat = fields.Char(related="partner_id.vat", readonly=False)
    street = fields.Char(related="partner_id.street", readonly=False)
    street2 = fields.Char(related="partner_id.street2", readonly=False)
    city = fields.Char(related="partner_id.city", readonly=False)
    zip = fields.Char(related="partner_id.zip", readonly=False)
    state_id = fields.Many2one(
        related="partner_id.state_id", string="State or Province", readonly=False
    )
    country_id = fields.Many2one(related="partner_id.country_id", readonly=False)
    comment = fields.Html("Notes")

    @api.model
    def _get_contact_fields(self):
        """Fields that are the partner's, and make one where there is none."""
        return (
            "name",
            "phone",
            "email",
            "vat",
            "street",
            "street2",
            "city",
            "zip",
            "state_id",
            "country_id",
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Members with a partner, or with a name that becomes one; codes are given.

        :raises ValidationError: neither a partner nor a name
        """
        vals_list = [dict(vals) for vals in vals_list]
        new = [vals for vals in vals_list if not vals.get("partner_id")]
        if any(not vals.get("name") for vals in new):
            raise ValidationError(
                self.env._(
                    "A member needs a partner, or a name to make one with. Fill in "
                    "one of them."
                )
            )
        self.check_access("create")
        # whoever may make members makes their partners, without any other right there
        partners = (
            self.env["res.partner"]
            .sudo()
            .create([self._prepare_partner_vals(vals) for vals in new])
        )
        for vals, partner in zip(new, partners, strict=True):
            vals["partner_id"] = partner.id
            for name in self._get_contact_fields():
                vals.pop(name, None)
        for vals in vals_list:
            if not vals.get("code"):
                company_id = vals.get("company_id") or self.env.company.id
                vals["code"] = self._get_next_code(company_id)
        return super().create(vals_list)

    def write(self, vals):
        """Whoever may write a member may correct its name, telephone and address."""
        names = self._get_contact_fields()
        contact = {name: value for name, value in vals.items() if name in names}
        if not contact:
            return super().write(vals)
        self.check_access("write")
        rest = {name: value for name, value in vals.items() if name not in contact}
        result = super().write(rest)
        # the member's own partner, and only these fields of it
        self.partner_id.sudo().write(contact)
        return result

    @api.model
    def _prepare_partner_vals(self, vals):
        """What the partner of a new member begins with."""
        known = {
            name: vals[name] for name in self._get_contact_fields() if name in vals
        }
        user = {"user_id": vals["user_id"]} if vals.get("user_id") else {}
        return {"is_company": True, **known, **user}

    @api.model
    def _get_next_code(self, company_id):
        # representatives make members, but may not read sequences
        sequences = self.env["ir.sequence"].sudo().with_company(company_id)
        return sequences.next_by_code("distribution.member")

    @api.constrains("partner_id")
    def _check_partner(self):
        for member in self:
            # the rule is about the partner, whoever may read it
            partner = member.partner_id.sudo()
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(partner)s belongs to %(company)s. A member is its own "
                        "company: choose %(company)s, or take the contact out of it.",
                        partner=partner.display_name,
                        company=partner.commercial_partner_id.display_name,
                    )
                )
