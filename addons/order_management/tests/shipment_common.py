# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from .ceiling_common import CeilingCase


class ShipmentCase(CeilingCase):
    """Two carriers with price lists, and deliveries that left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "none"
        cls.vietnam = cls.env.ref("base.vn")
        cls.company.partner_id.country_id = cls.vietnam
        cls.warehouse.partner_id.country_id = cls.vietnam
        cls.partner.write(
            {
                "street": "12 Nguyễn Huệ",
                "city": "Huế",
                "zip": "49000",
                "country_id": cls.vietnam.id,
                "phone": "0234 555 0101",
            }
        )
        cls.product.weight = 0.5
        cls.carrier = cls._make_carrier("Parcel Post", 25.0, transit_days=3)
        cls.express = cls._make_carrier("Express", 60.0, transit_days=1)

    @classmethod
    def _make_carrier(cls, name, price, **vals):
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "list_price": price, "taxes_id": False}
        )
        return cls.env["delivery.carrier"].create(
            {
                "name": name,
                "product_id": product.id,
                "delivery_type": "fixed",
                "fixed_price": price,
                "tracking_url": "https://track.example.com/<shipmenttrackingnumber>",
                **vals,
            }
        )

    @classmethod
    def _make_rule(cls, *carriers, **vals):
        return cls.env["order.carrier.rule"].create(
            {
                "name": "Rule",
                "company_id": cls.company.id,
                "carrier_ids": [Command.set([carrier.id for carrier in carriers])],
                **vals,
            }
        )

    def _send(self, number=None, carrier=None, quantity=1, **vals):
        """A delivery that left, with its tracking number."""
        vals.setdefault("carrier_id", (carrier or self.carrier).id)
        order = self._make_order(quantity, **vals)
        picking = order.picking_ids
        self._ship(picking)
        if number:
            picking.carrier_tracking_ref = number
        return picking

    def _tell(self, *events, carrier=None, source="webhook"):
        """What a carrier reports: (tracking, status, time, external id)."""
        items = [
            {
                "tracking": number,
                "status": status,
                "event_at": f"{moment}+00:00",
                "external_id": external_id,
            }
            for number, status, moment, external_id in events
        ]
        carrier = (carrier or self.carrier).sudo()
        return self.env["shipment.event"].sudo()._take(carrier, items, source)
