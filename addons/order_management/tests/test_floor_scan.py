# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import psycopg2

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.scan_code import MAX_LENGTH, clean_code, get_gtin_variants
from .floor_common import FloorCommon


@tagged("post_install", "-at_install")
class TestFloorScan(FloorCommon):
    """OM-16: the right product, quantity and lot go into the parcel."""

    def test_codes(self):
        """Codes are cleaned; numbers are known with and without leading zeros."""
        self.assertEqual(clean_code("  ABC\n\x00"), ("ABC", None))
        self.assertEqual(clean_code(" \t\r\n"), ("", "empty"))
        self.assertEqual(clean_code(None), ("", "empty"))
        self.assertEqual(clean_code("\ud800"), ("", "empty"))
        self.assertEqual(clean_code("x" * 500), ("x" * MAX_LENGTH, "too_long"))
        self.assertEqual(clean_code("a\x1db"), ("a\x1db", None))
        self.assertIn("08936001990101", get_gtin_variants("8936001990101"))
        self.assertIn("8936001990101", get_gtin_variants("08936001990101"))
        self.assertEqual(get_gtin_variants("FL-LAMP"), ["FL-LAMP"])
        self.assertEqual(get_gtin_variants("٣٤٥٦٧٨٩٠"), ["٣٤٥٦٧٨٩٠"])

    def test_open(self):
        """A delivery is opened by its number, its order or its parcel's number."""
        delivery = self._deliver((self.lamp, 2), (self.desk, 1))
        delivery.sudo().carrier_tracking_ref = "TRACK-FLOOR-1"
        model = self.env["stock.picking"].with_user(self.picker)
        for code in (
            delivery.name,
            delivery.name.lower(),
            delivery.origin,
            "TRACK-FLOOR-1",
        ):
            data = model.scan_open(code)
            self.assertEqual(data.get("ids"), delivery.ids, (code, data))
        self.assertEqual((data["done"], data["total"]), (0, 3))
        self.assertEqual(data["title"], delivery.name)
        lines = {line["name"]: line for line in data["lines"]}
        self.assertEqual(lines[self.lamp.display_name]["demand"], 2)
        self.assertEqual(
            lines[self.lamp.display_name]["location"], self.stock.complete_name
        )

    def test_open_refused(self):
        """What opens nothing is said, and kept."""
        delivery = self._deliver((self.lamp, 2))
        delivery.sudo().action_cancel()
        model = self.env["stock.picking"].with_user(self.picker)
        self.assertIn("Cancelled", model.scan_open(delivery.name)["error"])
        self.assertIn("NO-SUCH", model.scan_open("NO-SUCH")["error"])
        self.assertTrue(model.scan_open("")["error"])
        self.assertTrue(model.scan_open("<b>" * 300)["error"])
        logs = self.env["stock.scan.log"].search([("user_id", "=", self.picker.id)])
        self.assertEqual(
            logs.sorted("id").mapped("kind"), ["closed", "unknown", "empty", "too_long"]
        )

    def test_right_and_wrong(self):
        """Each way to name a product counts; what does not belong is refused."""
        delivery = self._deliver((self.lamp, 4), (self.desk, 1))
        stranger = self._create_item("Stranger", "8936001990149", "FL-OTHER")
        self.assertScans(
            delivery,
            ("8936001990101", "ok"),
            ("08936001990101", "ok"),
            ("fl-lamp", "ok"),
            (stranger.barcode, "wrong_product"),
            ("0000000000000", "unknown"),
            ("<script>alert(1)</script>", "unknown"),
            ("%' OR 1=1 --", "unknown"),
            ("", "empty"),
            ("9" * 500, "too_long"),
            ("FL-LAMP", "ok"),
            ("FL-LAMP", "too_many"),
            ("FL-DESK", "ok"),
        )
        self.assertEqual(self._counts(delivery), {"Floor Lamp": 4, "Floor Desk": 1})
        logs = self.env["stock.scan.log"].search([("picking_id", "=", delivery.id)])
        self.assertEqual(len(logs), 12)
        self.assertEqual(sum(logs.mapped("error_count")), 7)
        self.assertEqual(logs.user_id, self.picker)
        [[rate]] = self.env["stock.scan.log"]._read_group(
            [("picking_id", "=", delivery.id)], [], ["error_rate:avg"]
        )
        self.assertAlmostEqual(rate, 100 * 7 / 12)
        self.assertEqual(max(len(log.code or "") for log in logs), MAX_LENGTH)

    def test_packaging_and_times(self):
        """The barcode of a pack counts its units; a typed number multiplies."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.lamp.product_tmpl_id.uom_ids = dozen
        self.env["product.uom"].create(
            {
                "product_id": self.lamp.id,
                "uom_id": dozen.id,
                "barcode": "18936001990108",
                "company_id": self.company.id,
            }
        )
        delivery = self._deliver((self.lamp, 20))
        self.assertEqual(self._scan(delivery, "18936001990108")["quantity"], 12)
        self.assertEqual(self._scan(delivery, "18936001990108")["kind"], "too_many")
        self.assertEqual(self._scan(delivery, "FL-LAMP", quantity=8)["kind"], "ok")
        self.assertEqual(self._counts(delivery), {"Floor Lamp": 20})
        for nonsense in (0, -1, "NaN", "inf", None, "x", 10**9):
            with self.assertRaises(UserError):
                self._scan(delivery, "FL-LAMP", quantity=nonsense)

    def test_lots(self):
        """Only reserved lots, as much of each as is reserved; the product's own code
        asks for the lot."""
        delivery = self._deliver((self.cheese, 7))
        reserved = {line.lot_id.name: line.quantity for line in delivery.move_line_ids}
        self.assertEqual(reserved, {"CH-1": 5, "CH-2": 2})
        answer = self._scan(delivery, self.cheese.barcode)
        self.assertEqual(answer["kind"], "ask_lot")
        hint = {"product_id": answer["product_id"]}
        self.assertEqual(self._scan(delivery, "CH-1", **hint)["kind"], "ok")
        self._add_lot(self.cheese, "CH-3", 10)
        self.assertEqual(self._scan(delivery, "CH-3", **hint)["kind"], "wrong_lot")
        self.assertEqual(self._scan(delivery, "CH-1", quantity=4)["kind"], "ok")
        self.assertEqual(self._scan(delivery, "CH-1")["kind"], "too_many")
        self.assertEqual(self._scan(delivery, "CH-2", quantity=2)["kind"], "ok")
        self.assertEqual(self._counts(delivery), {"Floor Cheese": 7})

    def test_serials(self):
        """One thing is scanned once, also into another parcel."""
        first = self._deliver((self.phone, 2))
        second = self._deliver((self.phone, 1))
        mine = first.move_line_ids.lot_id.mapped("name")
        self.assertScans(first, (mine[0], "ok"), (mine[0], "serial_again"))
        self.assertEqual(self._scan(first, mine[1], quantity=2)["kind"], "too_many")
        both = first + second
        self.assertScans(both, (mine[0], "serial_again"), (mine[1], "ok"))
        first.scan_undo(self._key())
        self.assertScans(first, (mine[1], "ok"))
        self.assertScans(second, (mine[1], "serial_again"))

    def test_gs1(self):
        """One code with number, lot and date; a date in the past is refused."""
        delivery = self._deliver((self.cheese, 7))
        soon = fields.Date.add(fields.Date.today(), days=30).strftime("%y%m%d")
        gone = fields.Date.subtract(fields.Date.today(), days=3).strftime("%y%m%d")
        number = "0108936001990120"
        self.assertScans(
            delivery,
            (f"{number}17{soon}10CH-1", "ok"),
            (f"]C1{number}10CH-1", "ok"),
            (f"{number}17{gone}10CH-1", "expired"),
            (f"{number}10NO-LOT", "wrong_lot"),
            (f"{number}10CH-2\x1d302", "ok"),
            ("0108936001990121", "unknown"),
        )
        self.assertEqual(self._counts(delivery), {"Floor Cheese": 4})

    def test_location(self):
        """Where a place was scanned, things are taken from there only."""
        shelf, other = self.env["stock.location"].create(
            [
                {"name": name, "barcode": f"PLACE-{name}", "location_id": parent.id}
                for name, parent in (("A1", self.stock), ("B1", self.stock))
            ]
        )
        delivery = self._deliver((self.lamp, 2))
        answer = self._scan(delivery, "PLACE-B1")
        self.assertEqual(
            (answer["kind"], answer["location_id"]), ("location", other.id)
        )
        refused = self._scan(delivery, "FL-LAMP", location_id=shelf.id)
        self.assertEqual(refused["kind"], "wrong_location")
        taken = self._scan(delivery, "FL-LAMP", location_id=self.stock.id)
        self.assertEqual(taken["kind"], "ok")

    def test_approved(self):
        """No more goes into the parcel than was approved, whatever is asked for."""
        self.company.approval_mode = "follow"
        delivery = self._deliver((self.lamp, 3))
        delivery.sudo().move_ids.product_uom_qty = 5
        self.assertEqual(self._scan(delivery, "FL-LAMP", quantity=3)["kind"], "ok")
        self.assertScans(delivery, ("FL-LAMP", "not_approved"))

    def test_same_key(self):
        """A scan that is sent again because its answer was lost counts once."""
        delivery = self._deliver((self.lamp, 5))
        key = self._key()
        first = self._scan(delivery, "FL-LAMP", key=key)
        again = self._scan(delivery, "FL-LAMP", key=key)
        self.assertEqual(first, again)
        self.assertEqual(self._counts(delivery), {"Floor Lamp": 1})
        other = self._deliver((self.lamp, 1))
        with self.assertRaises(UserError):
            self._scan(other, "FL-LAMP", key=key)
        for nonsense in ("", None, "x", "k" * 100, "key'; --   "):
            with self.assertRaises(UserError):
                self._scan(delivery, "FL-LAMP", key=nonsense)

    def test_undo(self):
        """The last scan that counts is taken back, then the one before; one's own."""
        delivery = self._deliver((self.lamp, 5), (self.desk, 5))
        self.assertScans(
            delivery, ("FL-LAMP", "ok"), ("FL-DESK", "ok"), ("?", "unknown")
        )
        key = self._key()
        answer = delivery.scan_undo(key)
        self.assertEqual((answer["kind"], answer["quantity"]), ("undo", -1))
        self.assertEqual(delivery.scan_undo(key), answer)
        self.assertEqual(self._counts(delivery), {"Floor Lamp": 1, "Floor Desk": 0})
        other = self._create_user("reviewer")
        other.group_ids += self.env.ref("order_management.group_warehouse")
        with self.assertRaises(UserError):
            delivery.with_user(other).scan_undo(self._key())
        delivery.scan_undo(self._key())
        with self.assertRaises(UserError):
            delivery.scan_undo(self._key())

    def test_missing(self):
        """What is not found is kept and told to who reads the delivery."""
        delivery = self._deliver((self.lamp, 5))
        self._scan(delivery, "FL-LAMP")
        answer = delivery.scan_missing(delivery.move_ids.id, self._key())
        self.assertEqual((answer["kind"], answer["quantity"]), ("missing", 4))
        self.assertIn("Not found: 4", delivery.message_ids[0].body)
        with self.assertRaises(UserError):
            delivery.scan_missing(0, self._key())

    def test_two_deliveries(self):
        """Open together, a thing goes into the first that wants it."""
        first = self._deliver((self.lamp, 1))
        second = self._deliver((self.lamp, 2))
        both = first + second
        boxes = [self._scan(both, "FL-LAMP")["picking_id"] for _time in range(3)]
        self.assertEqual(boxes, [first.id, second.id, second.id])
        self.assertScans(both, ("FL-LAMP", "too_many"))

    def test_rights(self):
        """The warehouse of the company, nobody else; nobody writes the log."""
        delivery = self._deliver((self.lamp, 1))
        clerk = self._create_user("clerk")
        neighbour = self._create_user("warehouse", company=self.other_company)
        for user in (clerk, neighbour):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                self._scan(delivery.with_user(user), "FL-LAMP")
            with self.assertRaises(AccessError):
                delivery.with_user(user).scan_state()
            with self.assertRaises(AccessError):
                delivery.with_user(user).scan_finish()
        model = self.env["stock.picking"].with_user(neighbour)
        self.assertIn("error", model.scan_open(delivery.name))
        self.assertNotIn("closed", model.scan_open(delivery.name)["error"])
        self._scan(delivery, "FL-LAMP")
        log = self.env["stock.scan.log"].search([("picking_id", "=", delivery.id)])
        self.assertFalse(log.with_user(neighbour).search([("id", "=", log.id)]))
        with self.assertRaises(UserError):
            log.write({"code": "other"})
        with self.assertRaises(UserError):
            log.unlink()
        with self.assertRaises(UserError):
            log.create({"kind": "ok"})
        with (
            self.assertRaises(psycopg2.Error),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE stock_scan_log SET kind = 'ok'")

    def test_queries(self):
        """Many lines cost as many queries as few."""

        def count(number):
            items = self.env["product.product"].create(
                [
                    {"name": f"Item {i}", "is_storable": True, "taxes_id": False}
                    for i in range(number)
                ]
            )
            for item in items:
                self._add_stock(5, item)
            delivery = self._deliver(*((item, 1) for item in items), (self.lamp, 9))
            self._scan(delivery, "FL-LAMP")
            self.env.invalidate_all()
            delivery.scan_state()  # rights and languages, which all requests share
            figures = []
            for work in (
                lambda: delivery.scan_state(),
                lambda: self._scan(delivery, "FL-LAMP"),
            ):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                work()
                figures.append(self.env.cr.sql_log_count - before)
            return figures

        count(3)  # fills caches
        few, many = count(2), count(40)
        self.assertEqual(few, many)
        self.assertLess(many[1], 40)

    def test_many_companies(self):
        """A picker of two companies scans into the deliveries of both."""
        self.picker.company_ids += self.other_company
        delivery = self._deliver((self.lamp, 1))
        context = {"allowed_company_ids": (self.other_company + self.company).ids}
        answer = self._scan(delivery.with_context(**context), "FL-LAMP")
        self.assertEqual(answer["kind"], "ok")
        log = self.env["stock.scan.log"].search([("picking_id", "=", delivery.id)])
        self.assertEqual(log.company_id, self.company)

    def test_no_scan_of_receipts(self):
        """What comes in has another page; its label tells so."""
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.lamp.id,
                            "product_uom_qty": 1,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        answer = receipt.with_user(self.picker).scan_open(receipt.name)
        self.assertIn("receipt", answer["error"])
