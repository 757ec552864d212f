# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResPartner(models.Model):
    """A partner; here: found again by what a channel sends."""

    _inherit = "res.partner"

    channel_address_hash = fields.Char(
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Fingerprint of the address that an order brought, so that the same "
        "address is found again even after somebody corrected it.",
    )

    _phone_tail_idx = models.Index(
        r"(right(regexp_replace(phone, '\D', '', 'g'), 8)) WHERE phone IS NOT NULL"
    )
