# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from itertools import count

from odoo import Command

from .common import OrderManagementCommon


class FloorCommon(OrderManagementCommon):
    """Two pickers, goods with barcodes and lots, and deliveries to scan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picker = cls._create_user("warehouse")
        cls.keys = count(1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.lamp = cls._create_item("Floor Lamp", "8936001990101", "FL-LAMP")
        cls.desk = cls._create_item("Floor Desk", "8936001990118", "FL-DESK")
        cls.cheese = cls._create_item(
            "Floor Cheese", "8936001990120", "FL-CHEESE", tracking="lot"
        )
        cls.phone = cls._create_item(
            "Floor Phone", "8936001990132", "FL-PHONE", tracking="serial"
        )
        cls._add_stock(100, cls.lamp)
        cls._add_stock(100, cls.desk)
        cls.lots = {
            name: cls._add_lot(product, name, quantity)
            for product, name, quantity in (
                (cls.cheese, "CH-1", 5),
                (cls.cheese, "CH-2", 50),
                (cls.phone, "IMEI-1", 1),
                (cls.phone, "IMEI-2", 1),
                (cls.phone, "IMEI-3", 1),
            )
        }

    @classmethod
    def _create_item(cls, name, barcode, code, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "barcode": barcode,
                "default_code": code,
                "is_storable": True,
                "taxes_id": False,
                "weight": 1.0,
                **values,
            }
        )

    @classmethod
    def _add_lot(cls, product, name, quantity):
        lot = cls.env["stock.lot"].create({"product_id": product.id, "name": name})
        cls._add_stock(quantity, product, lot_id=lot)
        return lot

    def _deliver(self, *quantities, **values):
        """The delivery of a confirmed order of ``(product, quantity), ...``, reserved
        and seen by the picker."""
        order = self._create_order(
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in quantities
            ],
            **values,
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        self.env.flush_all()
        # as a request has them: what was read for the order is not at hand
        model = self.env["stock.picking"].with_user(self.picker)
        return model.browse(order.picking_ids.ids)

    def _key(self):
        return f"floor-test-{next(self.keys):06}"

    def _scan(self, pickings, code, **values):
        return pickings.scan_code(code, values.pop("key", self._key()), **values)

    def assertScans(self, pickings, *pairs):
        """Each code gets the kind of answer that is expected of it."""
        for code, kind in pairs:
            answer = self._scan(pickings, code)
            self.assertEqual(answer["kind"], kind, (code, answer.get("text")))

    def _counts(self, pickings):
        """``{product name: scanned}`` as the page shows it."""
        names = {move.id: move.product_id.name for move in pickings.move_ids}
        answer = pickings.scan_progress()
        return {names[row[0]]: row[1] for row in answer["counts"]}
