# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo import Command

from ..models.sale_order_bulk import Lookups
from .common import OrderManagementCommon

#: differ between any two orders, or tell when and not what
_SKIPPED = frozenset(
    {
        "id",
        "name",
        "display_name",
        "access_token",
        "create_date",
        "write_date",
        "date",
        "date_deadline",
        "date_order",
        "origin",
        "reference",
        "scheduled_date",
        "message_main_attachment_id",
    }
)
#: when it happened: that it did is what is compared
_MOMENTS = frozenset({"date_done", "effective_date"})


class BulkCommon(OrderManagementCommon):
    """The same orders confirmed by plain Odoo, by the button and as a hub batch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Item {number}", "is_storable": True, "taxes_id": False}
                for number in range(4)
            ]
        )
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Buyer {number}"} for number in range(3)]
        )
        types = cls.warehouse.out_type_id
        if "auto_batch" in types._fields:
            # of Odoo's batch transfers: it looks for a batch transfer by transfer,
            # which is not what is counted here
            types.auto_batch = False

    def _stock(self, product, quantity, location=None, **values):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.warehouse.lot_stock_id, quantity, **values
        )

    def _create_orders(self, specs):
        """:param specs: [[(product, quantity), ...], ...], one list an order"""
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customers[index % 3].id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "price_unit": 10.0,
                            }
                        )
                        for product, quantity in lines
                    ],
                }
                for index, lines in enumerate(specs)
            ]
        )

    def assertSameRows(self, specs, restock=None):
        """Plain Odoo, our button and the hub's batch make the same rows of everything.

        :param restock: called before each of the three, to give them the same stock
        :return: the orders of the hub's batch
        """

        def confirm(how):
            if restock:
                restock()
            orders = self._create_orders(specs)
            how(orders)
            self.env.flush_all()
            self.env.invalidate_all()
            return orders, self._describe(orders)

        def confirm_plainly(orders):
            with patch.object(Lookups, "of", lambda _records: None):
                orders.action_confirm()

        _orders, plain = confirm(confirm_plainly)
        self.maxDiff = None
        for how in ("action_confirm", "_confirm_in_bulk"):
            orders, found = confirm(lambda orders, how=how: getattr(orders, how)())
            for name, rows in plain.items():
                self.assertEqual(rows, found[name], f"{how}: {name}")
        return orders

    def _describe(self, orders):
        """What was made for these orders, without what names it."""
        moves = orders.order_line.move_ids
        while more := (moves.move_orig_ids | moves.move_dest_ids) - moves:
            moves |= more
        pickings = moves.picking_id
        return {
            "orders": self._rows(orders),
            "lines": self._rows(orders.order_line),
            "pickings": self._rows(pickings.sorted(lambda p: (p.sale_id.id, p.id))),
            "moves": self._rows(moves.sorted("id")),
            "parts": self._rows(
                moves.move_line_ids.sorted(lambda part: (part.move_id.id, part.id))
            ),
            "reserved": [
                (quant.product_id.id, quant.location_id.id, quant.reserved_quantity)
                for quant in self._get_quants()
            ],
            "references": [
                (
                    len(order.stock_reference_ids),
                    order.stock_reference_ids.name == order.name,
                )
                for order in orders
            ],
            "notes": [
                [
                    (
                        note.message_type,
                        note.subtype_id.id,
                        note.author_id.id,
                        order.name in note.body,
                    )
                    for note in picking.message_ids.sorted("id")
                ]
                for order in orders
                for picking in order.picking_ids.sorted("id")
            ],
            "followers": [
                len(order.message_follower_ids)
                + sum(len(p.message_follower_ids) for p in order.picking_ids)
                for order in orders
            ],
        }

    def _get_quants(self):
        return self.env["stock.quant"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "internal"),
            ],
            order="product_id, location_id, id",
        )

    def _rows(self, records):
        """Stored columns of records; of links to new records, how many."""
        fields = [
            field
            for name, field in records._fields.items()
            if field.store and field.column_type and name not in _SKIPPED
        ]
        new = {"sale.order", "sale.order.line", "stock.picking", "stock.move"}
        return [
            {
                field.name: bool(record[field.name])
                if (field.type == "many2one" and field.comodel_name in new)
                or field.name in _MOMENTS
                else record[field.name].id
                if field.type == "many2one"
                else record[field.name]
                for field in fields
            }
            for record in records.sudo()
        ]
