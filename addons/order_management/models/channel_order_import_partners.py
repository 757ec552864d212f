# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from dataclasses import dataclass, field, replace

from odoo import api, models
from odoo.tools import SQL

from ..neutral.addresses import normalised_hash
from ..neutral.order import Address
from ..neutral.phones import e164, is_masked, normal_email
from ..neutral.words import squeeze

_VAT_NOISE = re.compile(r"[\s.\-/]")
#: Characters of what an index of partners holds. A contact's index entry has its own
#: name and its parent's: PostgreSQL refuses what is longer than 2,700 bytes.
_MAX_NAME = 255
_MAX_VAT = 64


@dataclass(slots=True, eq=False)
class Buyer:
    """One customer of a batch: found in the database, or to be made."""

    partner: object = None
    is_new: bool = False
    item: object = None
    keys: set = field(default_factory=set)


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: who bought and where it goes.

    A customer is found by the channel's own customer id, then e-mail, then phone, then
    tax number. Of several partners with the same e-mail or phone the newest that is
    nobody's contact is taken and the order says so: holding every order of a buyer who
    is stored twice would cost more than it saves. Who has none of the four is the
    channel's walk-in customer; delivery addresses are kept as contacts of it. What a
    person wrote on a partner is never touched.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _match_partners(self, channel, items):
        keys = {id(item): self._get_buyer_keys(channel, item.order) for item in items}
        known = self._find_known(channel, set().union(*keys.values()), items)
        buyers, new = {}, []
        for item in items:
            buyer = next((known[key] for key in keys[id(item)] if key in known), None)
            if buyer is None and keys[id(item)]:
                buyer = Buyer(is_new=True, item=item)
                new.append(buyer)
            if buyer:
                buyers[id(item)] = buyer
                for key in keys[id(item)]:
                    known.setdefault(key, buyer)
                    buyer.keys.add(key)
        self._create_buyers(channel, new)
        for item in items:
            buyer = buyers.get(id(item))
            item.partner = buyer.partner if buyer else channel._get_walkin_partner()
        self._keep_buyers(channel, buyers.values())
        self._match_addresses(channel, items)

    @api.model
    def _get_buyer_keys(self, channel, order):
        """Ordered ``(kind, text)`` that tell who the buyer is, the surest first."""
        customer = order.customer
        country = self._get_default_country(channel, order)
        vat = "" if is_masked(customer.vat) else customer.vat
        texts = (
            ("customer", customer.external_id),
            ("email", normal_email(customer.email)),
            ("phone", e164(customer.phone, country)),
            ("vat", _VAT_NOISE.sub("", vat).upper()),
        )
        return {(kind, text): None for kind, text in texts if text}

    @api.model
    def _get_default_country(self, channel, order):
        address = order.shipping_address or order.invoice_address
        code = address.country_code if address else ""
        own = channel.default_country_id or self.env.company.country_id
        return code if len(code) == 2 else own.code or ""

    @api.model
    def _find_known(self, channel, keys, items):
        """``{key: buyer}`` of the customers that are in the database."""
        found = self.env["channel.partner.map"]._find_partners(channel, keys)
        texts = {"email": set(), "phone": set(), "vat": set()}
        for kind, text in keys:
            if kind in texts and (kind, text) not in found:
                texts[kind].add(text)
        for kind, wanted in texts.items():
            if wanted:
                partners = getattr(self, f"_find_by_{kind}")(wanted)
                for text, candidates in partners.items():
                    found[kind, text] = self._pick_partner(candidates)
                    if len(candidates) > 1:
                        self._note_ambiguous(channel, items, kind, text, candidates)
        buyers = {}
        return {
            key: buyers.setdefault(partner.id, Buyer(partner=partner))
            for key, partner in found.items()
        }

    @api.model
    def _get_partner_domain(self):
        groups = self.env["res.company"]._read_group([], ["partner_id"])
        own = [partner.id for [partner] in groups]
        return [("id", "not in", own), *self._get_company_domain()]

    @api.model
    def _find_by_email(self, emails):
        domain = [("email_normalized", "in", list(emails)), *self._get_partner_domain()]
        partners = self.env["res.partner"].search(domain)
        return self._group_by(partners, lambda partner: partner.email_normalized)

    @api.model
    def _find_by_phone(self, phones):
        """By the last eight digits, which an index holds; then by the whole number."""
        partners = self.env["res.partner"]
        partners.flush_model(["phone", "active", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                WHERE right(regexp_replace(phone, '\\D', '', 'g'), 8) = ANY(%s)
                AND phone IS NOT NULL AND active
                """,
                [phone[-8:] for phone in phones],
            )
        )
        domain = [("id", "in", [row[0] for row in rows]), *self._get_partner_domain()]
        default = self.env.company.country_id.code

        def number(partner):
            return e164(partner.phone, partner.country_id.code or default)

        found = self._group_by(partners.search(domain) if rows else partners, number)
        return {text: found[text] for text in phones if text in found}

    @api.model
    def _find_by_vat(self, vats):
        country = self.env.company.country_id.code or ""
        texts = {text for vat in vats for text in (vat, country + vat)}
        domain = [("vat", "in", list(texts)), *self._get_partner_domain()]
        partners = self.env["res.partner"].search(domain)

        def number(partner):
            vat = partner.vat.upper()
            return vat if vat in vats else vat.removeprefix(country)

        return self._group_by(partners, number)

    @api.model
    def _group_by(self, partners, key):
        groups = {}
        for partner in partners:
            groups.setdefault(key(partner), []).append(partner)
        return groups

    @api.model
    def _pick_partner(self, candidates):
        """The newest that stands for itself; an address never is the customer."""
        best = max(candidates, key=lambda partner: (not partner.parent_id, partner.id))
        if best.parent_id and best.type in ("delivery", "invoice", "other"):
            return best.parent_id
        return best

    @api.model
    def _note_ambiguous(self, channel, items, kind, text, candidates):
        picked = self._pick_partner(candidates)
        for item in items:
            if (kind, text) in self._get_buyer_keys(channel, item.order):
                item.notes.append(
                    self.env._(
                        "%(count)s partners fit this buyer; taken: “%(name)s” "
                        "(%(id)s). Merge them if they are the same.",
                        count=len(candidates),
                        name=picked.display_name,
                        id=picked.id,
                    )
                )

    @api.model
    def _create_buyers(self, channel, buyers):
        made = self.env["res.partner"].create(
            [self._prepare_buyer_vals(channel, buyer.item) for buyer in buyers]
        )
        for buyer, partner in zip(buyers, made, strict=True):
            buyer.partner = partner

    @api.model
    def _prepare_buyer_vals(self, channel, item):
        customer = item.order.customer
        address = item.order.invoice_address or item.order.shipping_address
        name = customer.company or customer.name or (address and address.name)
        if not name or is_masked(name):
            name = self.env._(
                "%(channel)s buyer %(id)s",
                channel=channel.name,
                id=customer.external_id or item.order.number or item.order.external_id,
            )
        vals = {
            "name": self._get_indexed_text(item, name, _MAX_NAME),
            "email": normal_email(customer.email) or False,
            "phone": self._get_plain_phone(customer.phone),
            "vat": False
            if is_masked(customer.vat)
            else self._get_indexed_text(item, customer.vat, _MAX_VAT) or False,
            "company_id": channel.company_id.id,
            "is_company": bool(customer.company),
            "lang": self._get_language(customer.language),
            "customer_rank": 1,
        }
        if address:
            full = self._complete_address(item.order, address)
            vals |= self._prepare_address_vals(channel, item, full)
            if not self._is_own_address(channel, item, full, name):
                # somebody else receives, who gets a contact: the name and phone must
                # not be lost
                vals["channel_address_hash"] = False
            elif not vals["phone"]:
                vals["phone"] = self._get_plain_phone(full.phone)
        return vals

    @api.model
    def _is_own_address(self, channel, item, address, name):
        """Whether who receives is the buyer, who is called ``name`` here."""
        customer = item.order.customer
        names = ("", squeeze(customer.name), squeeze(name))
        if squeeze(address.name) not in names and not is_masked(address.name):
            return False
        if not customer.phone or is_masked(address.phone):
            return True
        country = self._get_default_country(channel, item.order)
        phones = [
            e164(text, country) or text for text in (address.phone, customer.phone)
        ]
        return phones[0] == phones[1]

    @api.model
    def _get_plain_phone(self, phone):
        return False if not phone or is_masked(phone) else phone[:64]

    @api.model
    def _get_indexed_text(self, item, text, length):
        """Text as long as an index takes it; the order says where it was cut."""
        if len(text) <= length:
            return text
        item.notes.append(
            self.env._(
                "“%(text)s…” is longer than %(length)s characters and was cut. The "
                "message has the whole text.",
                text=text[:40],
                length=length,
            )
        )
        return text[: length - 1] + "…"

    @api.model
    def _get_language(self, tag):
        """An installed language for a tag such as ``vi`` or ``zh-CN``."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = tag.replace("-", "_")
        for code in installed:
            if wanted and (code == wanted or code.split("_")[0] == wanted):
                return code
        return self.env.lang

    @api.model
    def _keep_buyers(self, channel, buyers):
        """Remember the channel's customer ids, and who was made for which key."""
        entries = [
            (kind, text, buyer.partner.id)
            for buyer in dict.fromkeys(buyers)
            for kind, text in buyer.keys
            if kind == "customer" or buyer.is_new
        ]
        self.env["channel.partner.map"]._keep(channel, entries)

    @api.model
    def _complete_address(self, order, address):
        """An address says who receives; if it does not, it is the customer."""
        customer = order.customer
        return replace(
            address,
            name=address.name or customer.name,
            phone=address.phone or customer.phone,
        )

    @api.model
    def _match_addresses(self, channel, items):
        """Invoice and delivery contact of each order, without doubles."""
        wanted = {}
        owners = self.env["res.partner"].browse({item.partner.id for item in items})
        owners.fetch(["name", "lang"])
        for item in items:
            for kind in ("invoice", "shipping"):
                address = getattr(item.order, f"{kind}_address")
                if address:
                    address = self._complete_address(item.order, address)
                    code = self._get_default_country(channel, item.order)
                    key = (item.partner.id, normalised_hash(address, code))
                    wanted.setdefault(key, []).append((item, kind, address))
        known = self._find_addresses(channel, items, set(wanted))
        missing = [key for key in wanted if key not in known]
        contacts = self._create_contacts(
            [
                self._prepare_contact_vals(channel, key, *wanted[key][0])
                for key in missing
            ]
        )
        known |= dict(zip(missing, contacts, strict=True))
        # two processes that meet a new address at once collide here: one tries again
        self.env["channel.partner.map"]._keep(
            channel,
            [
                ("address", f"{owner}:{address_hash}", contact.id)
                for (owner, address_hash), contact in zip(
                    missing, contacts, strict=True
                )
            ],
        )
        for item in items:
            item.invoice_partner = item.shipping_partner = item.partner
        for key, uses in wanted.items():
            for item, kind, _address in uses:
                setattr(item, f"{kind}_partner", known[key])

    @api.model
    def _create_contacts(self, vals_list):
        model = self.env["res.partner"].with_context(_partners_skip_fields_sync=True)
        contacts = model.create(vals_list).with_env(self.env)
        if contacts:
            contacts._copy_commercial_values()
        return contacts

    @api.model
    def _find_addresses(self, channel, items, keys):
        """``{(partner id, hash): contact}``, by the hash they were made for, and for
        contacts that people made by what stands in them now."""
        if not keys:
            return {}
        ids = {partner_id for partner_id, _hash in keys}
        hashes = [address_hash for _partner_id, address_hash in keys]
        model = self.env["res.partner"]
        found = {}
        domain = [("channel_address_hash", "in", hashes)]
        parents = ["|", ("id", "in", list(ids)), ("parent_id", "in", list(ids))]
        for contact in model.search(domain + parents, order="id desc"):
            owner = contact.id if contact.id in ids else contact.parent_id.id
            found[owner, contact.channel_address_hash] = contact
        walkin = channel.walkin_partner_id.id
        open_ids = {key[0] for key in keys if key not in found} - {walkin}
        if open_ids:
            domain = [("channel_address_hash", "=", False)]
            parents = [
                "|",
                ("id", "in", list(open_ids)),
                ("parent_id", "in", list(open_ids)),
            ]
            for contact in model.search(domain + parents, order="id desc", limit=5000):
                owner = contact.id if contact.id in open_ids else contact.parent_id.id
                found.setdefault((owner, self._hash_partner(channel, contact)), contact)
        return found

    @api.model
    def _hash_partner(self, channel, partner):
        own = channel.default_country_id or self.env.company.country_id
        return normalised_hash(
            Address(
                name=partner.name or "",
                phone=partner.phone or "",
                street=partner.street or "",
                street2=partner.street2 or "",
                city=partner.city or "",
                state=partner.state_id.name or "",
                zip=partner.zip or "",
                country_code=partner.country_id.code or "",
            ),
            own.code or "",
        )

    @api.model
    def _prepare_contact_vals(self, channel, key, item, kind, address):
        return {
            "parent_id": key[0],
            "type": "delivery" if kind == "shipping" else "invoice",
            "name": self._get_indexed_text(
                item, address.name or item.partner.name, _MAX_NAME
            ),
            "phone": self._get_plain_phone(address.phone),
            "company_id": channel.company_id.id,
            "lang": item.partner.lang,
            **self._prepare_address_vals(channel, item, address),
        }
