# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..neutral.phones import e164
from .sale_order_fast import MAX_ANSWERS


class SaleOrder(models.Model):
    """An order; here: who it is for, found or made while it is entered by keyboard."""

    _inherit = "sale.order"

    @api.model
    @api.readonly
    def fast_find_customers(self, text):
        """Customers by phone in any writing, else by name, reference or e-mail.

        :return: list of {id, name, phone, city}, the best first, at most 8
        :raises AccessError: for everybody but clerks
        """
        self._check_fast_allowed()
        text = self._check_fast_text(text)
        partners = self._find_fast_by_phone(text)
        if len(partners) < MAX_ANSWERS:
            domain = Domain(
                [
                    *self.env["res.partner"]._check_company_domain(self.env.company),
                    ("display_name", "ilike", text),
                    ("type", "in", ("contact", False)),
                ]
            )
            partners |= self.env["res.partner"].search(domain, limit=MAX_ANSWERS)
        return [
            {
                "id": partner.id,
                "name": partner.display_name,
                "phone": partner.phone or "",
                "city": partner.city or "",
            }
            for partner in partners[:MAX_ANSWERS]
        ]

    @api.model
    def _find_fast_by_phone(self, text):
        """Partners whose number ends in the digits of ``text``, by the index."""
        partners = self.env["res.partner"]
        digits = "".join(char for char in text if char.isdecimal())
        if len(digits) < 8 or any(char.isalpha() for char in text):
            return partners
        country = self.env.company.country_id.code
        number = e164(text, country)
        if not number:
            return partners
        found = self.env["channel.order.importer"]._find_by_phone({number})
        # the importer looks with the system's eyes: only whom this clerk may see
        known = partners.concat(*found.get(number, ()))
        return known._filtered_access("read")

    @api.model
    @api.readonly
    def fast_states(self, country_id):
        """States or provinces of a country.

        :return: list of {id, name}
        :raises AccessError: for everybody but clerks
        """
        self._check_fast_allowed()
        if not isinstance(country_id, int) or isinstance(country_id, bool):
            return []
        states = self.env["res.country.state"]
        return states.search([("country_id", "=", country_id)]).read(["name"])

    @api.model
    def _get_fast_places(self):
        country = self.env.company.country_id
        return {
            "country_id": country.id,
            "countries": self.env["res.country"].search_read(
                [("code", "!=", False)], ["name"]
            ),
            "states": self.fast_states(country.id),
        }

    @api.model
    def _create_fast_customer(self, customer):
        """Make the customer; clerks need no right of their own on partners for it."""
        customer = customer if isinstance(customer, dict) else {}
        texts = {
            name: _text(customer.get(name))
            for name in ("name", "phone", "street", "city")
        }
        if not texts["name"]:
            raise UserError(self.env._("Choose the customer, or type a name."))
        phone = texts["phone"]
        if phone and (known := self._find_fast_by_phone(phone)):
            raise UserError(
                self.env._(
                    "%(phone)s is the number of %(customer)s. Choose that customer, or "
                    "leave the number out.",
                    phone=phone,
                    customer=known[0].display_name,
                )
            )
        partner_sudo = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    **{name: text or False for name, text in texts.items()},
                    **self._prepare_fast_place(customer),
                    "company_id": self.env.company.id,
                    "customer_rank": 1,
                    "user_id": self.env.uid,
                }
            )
        )
        return partner_sudo.sudo(False)

    @api.model
    def _prepare_fast_place(self, customer):
        """Country and state of a new customer, where the address has any."""
        state = self._get_fast_record(
            "res.country.state", customer.get("state_id"), self.env._("State")
        )
        country = self._get_fast_record(
            "res.country", customer.get("country_id"), self.env._("Country")
        )
        if state and country and state.country_id != country:
            raise UserError(
                self.env._(
                    "%(state)s is not in %(country)s. Choose another state, or none.",
                    state=state.name,
                    country=country.name,
                )
            )
        if (
            not state
            and not _text(customer.get("street"))
            and not _text(customer.get("city"))
        ):
            return {}
        return {"state_id": state.id, "country_id": (country or state.country_id).id}


def _text(value):
    return value.replace("\0", "").strip()[:200] if isinstance(value, str) else ""
