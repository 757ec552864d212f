# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import freeze_time, tagged

from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiryAvailability(ExpiryCommon):
    """OM-13: lots past their removal date are not promised."""

    def test_now_and_later(self):
        self._add_lot(4, -1)
        self._add_lot(10, 5)
        self._add_lot(20, None)
        self.assertEqual(self.cheese.qty_available, 34)
        self.assertEqual(self._promise(self.cheese), 30)
        self.assertEqual(self._promise(self.cheese, at=self._in(days=4)), 30)
        self.assertEqual(self._promise(self.cheese, at=self._in(days=5)), 30)
        self.assertEqual(self._promise(self.cheese, at=self._in(days=6)), 20)
        with freeze_time(self._in(days=7)):
            self.assertEqual(self._promise(self.cheese), 20)
            # nobody promises anything for yesterday
            self.assertEqual(self._promise(self.cheese, at=self.now), 20)

    def test_same_as_reservation(self):
        """What is promised for a day is what a delivery of that day reserves."""
        for days in (-2, 0, 1, 3, None):
            self._add_lot(5, days, seconds=30)
        for days in (0, 1, 2, 3, 4):
            at = self._in(days=days)
            promised = self._promise(self.cheese, at=at)
            move = self._deliver(100, date=at)
            self.assertEqual(move.quantity, promised, f"in {days} days")
            move._action_cancel()

    def test_lots_of_others_keep_what_was_reserved(self):
        self._add_lot(10, 1)
        self._add_lot(10, 9)
        self.cheese.categ_id = self.env["product.category"].create(
            {
                "name": "Dairy",
                "removal_strategy_id": self.env.ref("product_expiry.removal_fefo").id,
            }
        )
        self._deliver(8)
        self.assertEqual(self._promise(self.cheese), 12)
        self.assertEqual(self._promise(self.cheese, at=self._in(days=2)), 10)

    def test_dates_that_do_not_count(self):
        """Switched off, the lots keep their dates; Odoo reserves them again."""
        self._add_lot(10, -1)
        self.assertEqual(self._promise(self.cheese), 0)
        self.cheese.use_expiration_date = False
        self.assertEqual(self._promise(self.cheese), 10)
        self.assertEqual(self._deliver(10).quantity, 10)

    def test_changed_date_counts_at_once(self):
        lot = self._add_lot(10, -1)
        lot.removal_date = self._in(days=1)
        self.assertEqual(self._promise(self.cheese), 10)
        lot.removal_date = self._in(days=-1)
        self.assertEqual(self._promise(self.cheese), 0)

    def test_field_and_search(self):
        self._add_lot(10, -1)
        self._add_lot(3, 1)
        cheese = self.cheese.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(cheese.available_to_promise_qty, 3)
        found = cheese.search(
            [("id", "=", cheese.id), ("available_to_promise_qty", ">", 3)]
        )
        self.assertFalse(found)

    def test_timeline_falls(self):
        self._add_lot(4, -1)
        self._add_lot(10, 2)
        self._add_lot(20, 6)
        self._create_move(
            self.cheese, 7, self.suppliers, self.stock, date=self._in(days=4)
        )
        with freeze_time(self.now):
            timeline = self.cheese._get_promise_timeline(self.warehouse)
        self.assertEqual(
            timeline[self.cheese.id, self.warehouse.id],
            [
                (None, 30),
                (self._in(days=2, seconds=1), 20),
                (self._in(days=4), 27),
                (self._in(days=6, seconds=1), 7),
            ],
        )

    def test_same_queries(self):
        dated = self.cheese
        for number in range(30):
            dated |= self._create_dated(f"C{number}")
            self._add_lot(5, number - 15, dated[-1])
        self.env.flush_all()

        def count(products, method):
            getattr(products, method)(self.warehouse)
            before = self.env.cr.sql_log_count
            getattr(products, method)(self.warehouse)
            return self.env.cr.sql_log_count - before

        for method in ("_get_available_to_promise", "_get_promise_timeline"):
            plain = count(self.product, method)
            for products in (dated[:1], dated):
                self.assertEqual(count(products, method), plain, method)

    # what a line tells

    def _read(self, line):
        return line.availability_state, line.availability_qty, line.availability_date

    def test_line_that_leaves_after_the_removal_date(self):
        self._add_lot(10, 2)
        self._add_lot(5, 30)
        order = self._create_lines_order((self.cheese, 8))
        self.assertEqual(self._read(order.order_line), ("available", 15, False))
        order.commitment_date = self._in(days=10)
        self.assertEqual(self._read(order.order_line), ("missing", 5, False))
        self._create_move(
            self.cheese, 6, self.suppliers, self.stock, date=self._in(days=7)
        )
        order.order_line.invalidate_recordset()
        self.assertEqual(self._read(order.order_line), ("later", 5, self._in(days=7)))
        self.company.security_lead = 9
        order.order_line.invalidate_recordset()
        self.assertEqual(self._read(order.order_line), ("available", 15, False))

    def test_supply_that_does_not_last_until_then(self):
        """Enough on Monday and not any more on Tuesday is no promise for Friday."""
        self._add_lot(10, 2)
        self._create_move(
            self.cheese, 6, self.suppliers, self.stock, date=self._in(days=1)
        )
        order = self._create_lines_order((self.cheese, 12))
        self.assertEqual(self._read(order.order_line), ("later", 10, self._in(days=1)))
        order.commitment_date = self._in(days=5)
        self.assertEqual(self._read(order.order_line)[0], "missing")

    def test_window(self):
        self._add_lot(3, -1)
        self._add_lot(10, 2)
        asked = {"company_id": self.company.id, "warehouse_id": self.warehouse.id}
        lines = self.env["sale.order.line"].with_company(self.company)

        def ask(**values):
            details = lines.get_availability(
                self.cheese.id, 8, self.cheese.uom_id.id, {**asked, **values}
            )
            return details["warehouses"][0]

        row = ask()
        self.assertEqual((row["available"], row["date"]), (10, False))
        gone = str(self._in(days=2, seconds=1))
        self.assertEqual(row["incoming"], [(gone, -10)])
        self.assertEqual(ask(date=str(self._in(days=1)))["available"], 10)
        self.assertEqual(ask(date=str(self._in(days=3)))["available"], 0)
        self.assertEqual(ask(date=False)["available"], 10)
