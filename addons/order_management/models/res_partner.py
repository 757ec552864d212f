# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..neutral.words import fold

#: what the search box finds a buyer by
_FOUND_BY = ("name", "commercial_company_name", "email", "ref", "vat")
_FOUND_AT = ("street", "street2", "city", "zip")


class ResPartner(models.Model):
    """A partner; here: found again by what a channel sends, or a person types."""

    _inherit = "res.partner"

    channel_address_hash = fields.Char(
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Fingerprint of the address that an order brought, so that the same "
        "address is found again even after somebody corrected it.",
    )

    find_text = fields.Text(
        compute="_compute_find_text",
        store=True,
        index="trigram",
        prefetch=False,
        copy=False,
        help="Name, addresses and numbers without accents and punctuation, as the "
        "search box of the hub compares them.",
    )

    _phone_tail_idx = models.Index(
        r"(right(regexp_replace(phone, '\D', '', 'g'), 8)) WHERE phone IS NOT NULL"
    )

    # not on the state's name: it changes never, and would touch millions
    @api.depends(*_FOUND_BY, *_FOUND_AT, "phone", "state_id")
    def _compute_find_text(self):
        for partner in self:
            words = [partner[name] for name in _FOUND_BY + _FOUND_AT]
            words.append(partner.state_id.name)
            text = fold(" ".join(filter(None, words)))
            digits = "".join(x for x in partner.phone or "" if x.isdigit())
            partner.find_text = f"{text} {digits}".strip()

    def _copy_commercial_values(self):
        """Give new contacts what their customer has as a business: tax number, terms,
        accounts, in every company.

        Set-based: Odoo's own way costs several queries a contact and company.
        """
        stored = [
            name for name in self._commercial_fields() if self._fields[name].store
        ]
        names = [name for name in stored if self._fields[name].column_type]
        if len(names) != len(stored):
            # lists of records have no column to copy
            for contact in self:
                contact._commercial_sync_from_company()
            return
        self.env[self._name].flush_model([*names, "commercial_partner_id"])
        columns = SQL(", ").join(
            SQL("%(name)s = owner.%(name)s", name=SQL.identifier(name))
            for name in names
        )
        self.env.execute_query(
            SQL(
                "UPDATE res_partner contact SET %s FROM res_partner owner"
                " WHERE owner.id = contact.commercial_partner_id"
                " AND owner.id <> contact.id AND contact.id = ANY(%s)"
                " RETURNING contact.id",
                columns,
                list(self.ids),
            )
        )
        self.invalidate_recordset(names, flush=False)
