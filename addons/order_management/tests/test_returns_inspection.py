# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-19: what comes back is inspected, its lots and photos."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .returns_common import ReturnsCase


@tagged("post_install", "-at_install")
class TestReturnsInspection(ReturnsCase):
    # ------------------------------------------------------------ lots

    def _make_serials(self, *names):
        product = self._make_product("Serial", 0, tracking="serial", list_price=10)
        lots = self.env["stock.lot"].create(
            [
                {
                    "name": name,
                    "product_id": product.id,
                    "company_id": self.company.id,
                }
                for name in names
            ]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                product, self.stock, 1, lot_id=lot
            )
        return product, lots

    def test_only_lots_that_were_shipped(self):
        product, lots = self._make_serials("S1", "S2", "S3")
        order = self._make_order(2, product=product)
        order.picking_ids.action_assign()
        shipped = order.picking_ids.move_line_ids.lot_id
        self._ship(order.picking_ids)
        record = self._ask(order, 1)
        record.action_approve()
        part = record.picking_ids.move_line_ids
        self.assertIn(part.lot_id, shipped, "the lots are known")
        foreign = lots - shipped
        part.write({"lot_id": foreign.id, "lot_name": False})
        record.picking_ids.move_ids.picked = True
        with self.assertRefused(foreign.name, "was not shipped"):
            record.picking_ids.button_validate()
        part.lot_id = shipped[1]
        record.action_receive()
        self.assertEqual(record.state, "received")
        found = self._inspect(record, 1)
        self.assertEqual(found.lot_id, shipped[1])
        self.assertEqual(found.move_ids.move_line_ids.lot_id, shipped[1])

    def test_no_more_of_a_lot_than_came_back(self):
        """Two pieces are not one serial number: the other one would be lost."""
        product, _lots = self._make_serials("S4", "S5")
        order = self._make_order(2, product=product)
        order.picking_ids.action_assign()
        self._ship(order.picking_ids)
        record = self._arrive(order, 2)
        lots = record.picking_ids.move_line_ids.lot_id
        self.assertEqual(len(lots), 2)
        with self.assertRefused(lots[0].name, "1 are here", "not 2"):
            self._inspect(record, 2, lot_id=lots[0].id)
        for lot in lots:
            self._inspect(record, 1, lot_id=lot.id)
        place = self.warehouse.return_location_id
        self.assertEqual(self._stock_of(product, place), 0)

    # ------------------------------------------------------------ inspection

    def test_inspection_in_parts(self):
        """Each part goes where it belongs; what is rejected goes back."""
        order = self._sold_order(10)
        product, stock = self.by_delivery, self.stock
        record = self._arrive(order, 6)
        place = self.warehouse.return_location_id
        before = self._stock_of(product, stock)
        self._inspect(record, 2, "restock")
        self.assertEqual(self._stock_of(product, stock), before + 2)
        self._inspect(record, 1, "scrap", condition="damaged")
        scrapped = self.env["stock.scrap"].search([("origin", "=", record.name)])
        self.assertEqual((scrapped.state, scrapped.scrap_qty), ("done", 1))
        self._inspect(record, 1, "quarantine", condition="used")
        self.assertEqual(
            self._stock_of(product, self.warehouse.return_quarantine_location_id), 1
        )
        self.assertEqual(record.state, "received")
        with self.assertRefused("2 are here"):
            self._inspect(record, 3)
        with self.assertRefused("not accepted"):
            self._inspect(record, 1, "customer")
        back = self._inspect(record, 1, "customer", is_accepted=False)
        self._inspect(record, 1, "vendor")
        self.assertEqual(self._stock_of(product, place), 2, "not packed yet")
        self.assertEqual(record.line_ids.accepted_qty, 5)
        self.assertEqual(record.line_ids.inspected_qty, 6)
        self.assertEqual(record.state, "closed")
        self._ship(back.move_ids.picking_id)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertEqual(self._left(order), 5, "what went back can come again")

    def test_inspection_wizard(self):
        record = self._arrive(self._sold_order(4), 3)
        wizard = Form(
            self.env["channel.return.inspect"]
            .with_user(self.store)
            .with_context(default_return_id=record.id)
        )
        with wizard.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 3)
            line.quantity = 2
        wizard.save().action_inspect()
        self.assertEqual(record.line_ids.to_inspect_qty, 1)

    def test_photos_are_seen_by_others(self):
        """A picture that the warehouse took in the dialog is there for who decides."""
        record = self._arrive(self._sold_order(4), 1)
        photo = (
            self.env["ir.attachment"]
            .with_user(self.store)
            .create(
                {
                    "name": "scratch.png",
                    "raw": b"scratch",
                    "res_model": "channel.return.inspect.line",
                    "res_id": 0,
                }
            )
        )
        theirs = self.env["ir.attachment"].create({"name": "theirs", "raw": b"other"})
        inspections = self.env["channel.return.inspection"].with_user(self.store)
        with self.assertRaises(AccessError):
            inspections.create(
                {"line_id": record.line_ids.id, "photo_ids": [Command.set(theirs.ids)]}
            )
        found = (
            self.env["channel.return.inspection"]
            .with_user(self.store)
            .create(
                {
                    "line_id": record.line_ids.id,
                    "photo_ids": [Command.set(photo.ids)],
                }
            )
        )
        self.env.invalidate_all()
        self.assertEqual(self._as(found, "reviewer").photo_ids.ids, photo.ids)
        self.assertEqual(photo.res_id, found.id)
        self.assertFalse(theirs.res_id, "somebody else's stays theirs")

    def test_inspections_stay(self):
        record = self._arrive(self._sold_order(4), 3)
        found = self._inspect(record, 3).with_user(self.store)
        with self.assertRaisesRegex(UserError, "moved already"):
            found.disposition = "scrap"
        found.note = "Scratches"
        with self.assertRaises(UserError):
            found.sudo().unlink()
