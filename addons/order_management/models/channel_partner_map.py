# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from odoo import api, fields, models
from odoo.tools import SQL


class ChannelPartnerMap(models.Model):
    """Which partner a channel's customer is.

    Also holds which partner was made for an e-mail, phone, tax number or address, as a
    fingerprint that nobody can read back: two processes that meet the same new buyer at
    once collide here, and a partner whose e-mail a person corrected is still found.
    """

    _name = "channel.partner.map"
    _description = "Customer of a Channel"
    _rec_name = "external_id"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [
            ("customer", "Customer ID of the channel"),
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("vat", "Tax ID"),
            ("address", "Address"),
        ],
        required=True,
        default="customer",
    )
    external_id = fields.Char(
        "External ID",
        required=True,
        help="The channel's customer ID; for the other kinds a fingerprint.",
    )
    partner_id = fields.Many2one(
        "res.partner", required=True, ondelete="cascade", index=True, check_company=True
    )

    _channel_customer_uniq = models.UniqueIndex(
        "(channel_id, external_id) WHERE kind = 'customer'",
        "This customer of the channel is mapped already.",
    )
    _company_key_uniq = models.UniqueIndex(
        "(company_id, kind, external_id) WHERE kind <> 'customer'",
        "A partner was made for this e-mail, phone or tax number already.",
    )

    @api.model
    def _find_partners(self, channel, keys):
        """``{(kind, text): partner}`` in one query."""
        stored = {self._stored_key(*key): key for key in keys}
        entries = self.search(
            [
                ("external_id", "in", [text for _kind, text in stored]),
                "|",
                ("channel_id", "=", channel.id),
                "&",
                ("kind", "!=", "customer"),
                ("company_id", "=", channel.company_id.id),
            ]
        )
        return {
            stored[entry.kind, entry.external_id]: entry.partner_id
            for entry in entries
            if (entry.kind, entry.external_id) in stored
        }

    @api.model
    def _keep(self, channel, entries):
        """Store ``(kind, text, partner id)`` that are not there yet.

        Two processes that store the same one at once: the later fails with a
        serialization error and its transaction is tried again, as it should be.
        """
        rows = sorted(
            (*self._stored_key(kind, text), partner_id)
            for kind, text, partner_id in entries
        )
        if not rows:
            return
        self.env["res.partner"].flush_model(["name"])
        self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_partner_map (channel_id, company_id, kind,
                    external_id, partner_id, create_uid, write_uid, create_date,
                    write_date)
                SELECT %(channel)s, %(company)s, new.kind, new.external_id,
                    new.partner_id, %(uid)s, %(uid)s, %(now)s, %(now)s
                FROM (VALUES %(values)s) AS new (kind, external_id, partner_id)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                channel=channel.id,
                company=channel.company_id.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                values=SQL(", ").join(SQL("(%s, %s, %s)", *row) for row in rows),
            )
        )
        self.invalidate_model()

    @api.model
    def _stored_key(self, kind, text):
        if kind != "customer":
            text = hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
        return kind, text
