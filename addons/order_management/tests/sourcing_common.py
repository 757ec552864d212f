# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command

from .common import OrderManagementCommon

#: (name, code, latitude, longitude)
_DEPOTS = [
    ("North", "SRN", 21.0285, 105.8542),
    ("Middle", "SRM", 16.0544, 108.2022),
    ("South", "SRS", 10.7769, 106.7009),
]


class SourcingCommon(OrderManagementCommon):
    """Three warehouses from north to south, a buyer in the south, no rule yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vietnam = cls.env.ref("base.vn")
        cls.depots = cls.env["stock.warehouse"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "company_id": cls.company.id,
                    "sequence": 100 + place,
                    "partner_id": cls.env["res.partner"]
                    .create(
                        {
                            "name": name,
                            "country_id": cls.vietnam.id,
                            "partner_latitude": latitude,
                            "partner_longitude": longitude,
                        }
                    )
                    .id,
                }
                for place, (name, code, latitude, longitude) in enumerate(_DEPOTS)
            ]
        )
        cls.north, cls.middle, cls.south = cls.depots
        cls.partner.write(
            {
                "country_id": cls.vietnam.id,
                "partner_latitude": 10.8,
                "partner_longitude": 106.7,
            }
        )
        cls.second_product = cls.env["product.product"].create(
            {
                "name": "Shade",
                "is_storable": True,
                "list_price": 20.0,
                "taxes_id": False,
            }
        )

    @classmethod
    def _create_rule(cls, *criteria, **values):
        """A rule of all warehouses; by default the fewest parcels, then the nearest."""
        if criteria:
            values["criterion_ids"] = [
                Command.create({"kind": kind, "sequence": place})
                for place, kind in enumerate(criteria)
            ]
        return cls.env["order.sourcing.rule"].create(
            {"name": "Rule", "company_id": cls.company.id, **values}
        )

    @classmethod
    def _create_wants(cls, *wants, **values):
        """A quotation of (product, quantity)."""
        return cls._create_order(
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in wants
            ],
            **values,
        )

    @classmethod
    def _get_demand(cls, orders):
        """``{(line, warehouse): open or done quantity asked of it}``"""
        demand = {}
        for move in orders.order_line.move_ids:
            if move.state != "cancel":
                key = move.sale_line_id, move.location_id.warehouse_id
                demand[key] = demand.get(key, 0.0) + move.product_uom_qty
        return demand
