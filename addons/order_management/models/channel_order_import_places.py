# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..neutral.addresses import normalised_hash, resolve_place
from ..neutral.words import squeeze


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: addresses as fields of a partner."""

    _inherit = "channel.order.importer"

    @api.model
    def _prepare_address_vals(self, channel, item, address):
        """Fields of a partner for a neutral address; what cannot be resolved is noted
        on the order, never guessed."""
        default = self._get_default_country(channel, item.order)
        place = resolve_place(address, default)
        country_id = self._get_country_ids().get(place.country, False)
        if place.unknown_country:
            item.notes.append(
                self.env._(
                    "The country “%(text)s” of an address is not known: choose it.",
                    text=place.unknown_country[:60],
                )
            )
        state_id = self._find_state(country_id, place, address.state or address.city)
        lines = [address.street2, address.ward]
        return {
            "street": address.street or False,
            "street2": ", ".join(filter(None, lines)) or False,
            "city": address.city or (False if state_id else address.state) or False,
            "zip": address.zip or False,
            "country_id": country_id,
            "state_id": state_id,
            "channel_address_hash": normalised_hash(address, default),
        }

    @api.model
    def _get_country_ids(self):
        def load():
            countries = self.env["res.country"].search_fetch([], ["code"])
            return {country.code: country.id for country in countries}

        return self._remember("countries", load)

    @api.model
    def _get_state_ids(self, country_id):
        """``{code or squeezed name: id}`` of a country's states."""

        def load():
            found = self.env["res.country.state"].search_fetch(
                [("country_id", "=", country_id)], ["code", "name"]
            )
            names = {squeeze(state.name): state.id for state in found}
            return names | {state.code.upper(): state.id for state in found}

        return self._remember(("states", country_id), load)

    @api.model
    def _find_state(self, country_id, place, text):
        if not country_id:
            return False
        ids = self._get_state_ids(country_id)
        if place.state:
            candidates = [place.state.local, place.state.iso, place.state.iso[3:]]
            candidates.append(squeeze(place.state.name))
        else:
            code = (text or "").strip().upper()
            candidates = [code, code.rpartition("-")[2], squeeze(text or "")]
        return next((ids[key] for key in candidates if key and key in ids), False)
