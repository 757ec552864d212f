# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import timedelta

from odoo import Command, fields

from .ceiling_common import CeilingCase

#: one pixel
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class TrackCase(CeilingCase):
    """A company that writes to its customers and promises goods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "none"
        cls.company.write(
            {
                "email": "shop@hub.example",
                "has_customer_messages": True,
                "customer_messages_since": fields.Datetime.now() - timedelta(days=9),
            }
        )
        cls.partner.write(
            {
                "email": "an@buyer.example",
                "street": "12 Nguyễn Huệ",
                "city": "Huế",
                "phone": "0912345678",
                "lang": "en_US",
            }
        )
        cls.channel = cls.env["sale.channel"].create(
            {"name": "Track Shop", "company_id": cls.company.id}
        )

    def _get_messages(self, order, event=None):
        messages = order.customer_message_ids
        return messages.filtered(lambda m: not event or m.event == event)

    def _deliver(self, order, quantity=None):
        pickings = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        self._ship(pickings[0], quantity)
        return pickings[0]

    def _order_of(self, *needs, **values):
        """A confirmed order of (product, quantity) lines."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product, quantity in needs
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def _expect(self, product, quantity, days, **values):
        """Goods that come in some days from now."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "company_id": self.company.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "date": fields.Datetime.now() + timedelta(days=days),
                **values,
            }
        )
        return move._action_confirm(merge=False)
