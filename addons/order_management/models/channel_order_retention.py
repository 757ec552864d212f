# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import api, fields, models
from odoo.tools import SQL

_PHONE_KEYS = ("phone", "tel", "mobile")
_MASK = "•••••••"


class ChannelOrder(models.Model):
    """A row of the inbox; here: how long it tells who bought, and to whom."""

    _inherit = "channel.order"

    # who may see phones is a right of its own; everybody else reads the masked text
    payload = fields.Json(groups="order_management.group_see_phone")
    payload_raw = fields.Binary(groups="order_management.group_see_phone")
    payload_text = fields.Text(compute_sudo=True)

    @api.depends("payload")
    @api.depends_context("uid")
    def _compute_payload_text(self):
        """Override of ``order_management``: phones only for those who may see them."""
        visible = self.env.user.has_group("order_management.group_see_phone")
        for row in self:
            payload = row.payload
            if payload and not visible:
                payload = _mask_phones(payload)
            row.payload_text = payload and json.dumps(
                payload, ensure_ascii=False, indent=2
            )

    @api.model
    def _cron_erase(self, limit=500):
        """Blank messages and walk-in addresses past their channel's retention."""
        while True:
            rows = self.browse(self._find_expired(limit))
            rows._erase_delivery_contacts()
            rows._erase_personal_data()
            remaining = len(self._find_expired(1)) if rows else 0
            left = self.env["ir.cron"]._commit_progress(len(rows), remaining=remaining)
            if not left or not remaining:
                break

    @api.model
    def _find_expired(self, limit):
        """Ids of finished rows older than their channel keeps them, none of whose
        goods are still to be moved."""
        self.flush_model()
        return [
            row_id
            for [row_id] in self.env.execute_query(
                SQL(
                    """
                    SELECT row.id FROM channel_order row
                    JOIN sale_channel channel ON channel.id = row.channel_id
                    WHERE row.erased_at IS NULL
                    AND row.state IN ('imported', 'updated', 'ignored')
                    AND NOT COALESCE(row.to_process, FALSE)
                    AND channel.payload_retention_days > 0
                    AND row.processed_at < %s - channel.payload_retention_days
                        * interval '1 day'
                    AND NOT EXISTS (
                        SELECT 1 FROM stock_picking picking
                        WHERE picking.sale_id = row.sale_order_id
                        AND picking.state NOT IN ('done', 'cancel'))
                    ORDER BY row.id LIMIT %s
                    """,
                    fields.Datetime.now(),
                    limit,
                )
            )
        ]

    def _erase_delivery_contacts(self):
        """Blank addresses of walk-in buyers that only these rows' orders used.

        Country and province stay, for the statistics; the contact stays, for the
        documents that name it.
        """
        orders = self.sudo().sale_order_id
        contacts = orders.partner_shipping_id | orders.partner_invoice_id
        contacts = contacts.filtered(
            lambda partner: (
                partner.channel_address_hash
                and partner.parent_id
                and partner.parent_id in self.channel_id.walkin_partner_id
            )
        )
        kept = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("id", "not in", orders.ids),
                    "|",
                    ("partner_shipping_id", "in", contacts.ids),
                    ("partner_invoice_id", "in", contacts.ids),
                    ("channel_order_ids.erased_at", "=", False),
                ]
            )
        )
        contacts -= kept.partner_shipping_id | kept.partner_invoice_id
        self._blank_contacts(contacts)
        orders.write({"buyer_note": False})

    @api.model
    def _blank_contacts(self, contacts):
        maps = self.env["channel.partner.map"].sudo()
        maps.search([("partner_id", "in", contacts.ids)]).unlink()
        contacts.with_context(tracking_disable=True).write(
            {
                "name": self.env._("Erased"),
                "phone": False,
                "email": False,
                "street": False,
                "street2": False,
                "zip": False,
                "channel_address_hash": False,
            }
        )


def _mask_phones(value):
    """A copy without the phone numbers that stand under a key for them."""
    if isinstance(value, dict):
        return {
            key: _MASK
            if item and any(word in key.lower() for word in _PHONE_KEYS)
            else _mask_phones(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_mask_phones(item) for item in value]
    return value
