# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import re

from odoo import models

from ..neutral.words import fold

_NO_DIGITS = re.compile(r"\D")


class ResPartner(models.Model):
    """An address; here: the same one, however it is written."""

    _inherit = "res.partner"

    def _get_receiver_hash(self):
        """Short text that is equal for the same receiver, phone and address."""
        self.ensure_one()
        address = (self.street, self.street2, self.zip, self.city, self.state_id.name)
        parts = [
            fold(self.name or self.display_name or ""),
            # with or without the country's code
            _NO_DIGITS.sub("", self.phone or "")[-9:],
            fold(" ".join(filter(None, address))),
            self.country_id.code or "",
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
