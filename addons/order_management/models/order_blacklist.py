# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..neutral.phones import e164, normal_email
from ..neutral.words import squeeze


class OrderBlacklist(models.Model):
    """A buyer whose orders somebody has to look at, by what the buyer cannot hide."""

    _name = "order.blacklist"
    _description = "Blacklisted Buyer"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "value"

    kind = fields.Selection(
        [
            ("phone", "Telephone"),
            ("email", "E-mail"),
            ("vat", "Tax ID"),
            ("address", "Address"),
        ],
        required=True,
        default="phone",
        tracking=True,
    )
    value = fields.Char(
        required=True,
        tracking=True,
        help="As people write it; blanks, case, accents and the country's prefix do "
        "not matter. An address: street and city.",
    )
    key = fields.Char(
        compute="_compute_key", store=True, precompute=True, index=True, readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Customer", help="Only to remember.")
    reason = fields.Text(required=True, tracking=True)
    expires_on = fields.Date(
        "Until", tracking=True, help="From the next day on it counts no more."
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: orders of every company.", index=True
    )
    active = fields.Boolean(default=True, tracking=True)

    _key_uniq = models.UniqueIndex(
        "(kind, key, COALESCE(company_id, 0)) WHERE active IS TRUE",
        "This buyer is on the list already.",
    )

    @api.depends("kind", "value", "company_id")
    def _compute_key(self):
        for entry in self:
            company = entry.company_id or self.env.company
            entry.key = self._get_key(entry.kind, entry.value, company.country_id.code)

    @api.constrains("kind", "value")
    def _check_key(self):
        for entry in self.filtered(lambda entry: not entry.key):
            raise ValidationError(
                self.env._(
                    "“%(value)s” cannot be recognised again: write the whole telephone "
                    "number with its country, a whole e-mail address, tax number or "
                    "street with city.",
                    value=entry.value,
                )
            )

    @api.model
    def _get_key(self, kind, value, country=None):
        """What all ways to write ``value`` have in common; False when it is none."""
        if not value:
            return False
        if kind == "phone":
            return e164(value, country) or False
        if kind == "email":
            return normal_email(value) or False
        return squeeze(value) or False

    @api.model
    def _get_partner_keys(self, partner, country=None):
        """``{(kind, key)}`` of everything that tells who a partner is."""
        country = partner.country_id.code or country
        street = " ".join(filter(None, [partner.street, partner.street2]))
        city = partner.city or ""
        places = [
            f"{street} {city}" if street and city else "",
            f"{partner.street} {city}" if partner.street and city else "",
            f"{street} {partner.zip or ''} {city}" if street and city else "",
            f"{street} {city} {partner.state_id.name or ''}" if street and city else "",
        ]
        values = [
            ("phone", partner.phone),
            ("email", partner.email),
            ("vat", partner.vat),
            *(("address", place) for place in places),
        ]
        keys = {(kind, self._get_key(kind, value, country)) for kind, value in values}
        return {(kind, key) for kind, key in keys if key}

    @api.model
    def _find(self, orders):
        """``{order id: entries}`` of orders by somebody on the list, in one query."""
        keys = {}
        for order in orders:
            partners = order.partner_id | order.partner_shipping_id
            partners |= (
                order.partner_invoice_id | order.partner_id.commercial_partner_id
            )
            country = order.company_id.country_id.code
            keys[order.id] = set().union(
                *(self._get_partner_keys(partner, country) for partner in partners)
            )
        wanted = {key for found in keys.values() for _kind, key in found}
        if not wanted:
            return {}
        entries = self.sudo().search(
            Domain("key", "in", list(wanted))
            & self._get_valid_domain()
            & Domain("company_id", "in", [False, *orders.company_id.ids])
        )
        found = {}
        for order in orders if entries else ():
            hits = entries.filtered(
                lambda entry, order=order: (
                    (entry.kind, entry.key) in keys[order.id]
                    and entry.company_id
                    in (order.company_id, entry.company_id.browse())
                )
            )
            if hits:
                found[order.id] = hits
        return found

    @api.model
    def _get_valid_domain(self):
        today = fields.Date.context_today(self)
        return Domain("expires_on", "=", False) | Domain("expires_on", ">=", today)
