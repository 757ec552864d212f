# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .availability_common import AvailabilityCommon


@tagged("post_install", "-at_install", "meets_others")
class TestAvailabilityLine(AvailabilityCommon):
    """OM-13: what an order line tells while it is typed."""

    def setUp(self):
        super().setUp()
        self.stock = self.warehouse.lot_stock_id
        self._add_stock(10)

    def _receive(self, quantity, days, product=None, warehouse=None):
        stock = (warehouse or self.warehouse).lot_stock_id
        date = self._in(days=days)
        self._create_move(
            product or self.product, quantity, self.suppliers, stock, date=date
        )

    def _read(self, line):
        return line.availability_state, line.availability_qty, line.availability_date

    def test_states(self):
        self._receive(5, 3)
        self._receive(5, 6)
        for wanted, state, date in (
            (10, "available", False),
            (11, "later", self._in(days=3)),
            (20, "later", self._in(days=6)),
            (21, "missing", False),
        ):
            line = self._create_lines_order((self.product, wanted)).order_line
            self.assertEqual(self._read(line), (state, 10, date), wanted)

    def test_earlier_lines_take_first(self):
        cup = self._create_product()
        order = self._create_lines_order(
            (self.product, 6), (cup, 1), (self.product, 4), (self.product, 1)
        )
        self.assertEqual(
            order.order_line.mapped("availability_state"),
            ["available", "missing", "available", "missing"],
        )
        self.assertEqual(order.order_line.mapped("availability_qty"), [10, 0, 4, 0])

    def test_unit_of_the_line(self):
        self._add_stock(20)
        order = self._create_lines_order((self.product, 2))
        order.order_line.product_uom_id = self.dozen
        self.assertEqual(self._read(order.order_line)[:2], ("available", 2.5))
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_line.availability_state, "missing")

    def test_low_stock(self):
        order = self._create_lines_order((self.product, 6))
        self.assertEqual(order.order_line.availability_state, "available")
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "product_min_qty": 5,
                "product_max_qty": 9,
            }
        )
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        self.assertEqual(order.order_line.availability_state, "low")
        self.product.low_stock_qty = 4
        order.order_line.invalidate_recordset()
        self.assertEqual(order.order_line.availability_state, "available")

    def test_own_holds_are_no_obstacle(self):
        order, other = (self._create_lines_order((self.product, 8)) for _n in range(2))
        order._hold(self._in(days=1))
        self.assertEqual(order.order_line.availability_state, "available")
        self.assertEqual(other.order_line.availability_state, "missing")

    def test_only_where_it_says_something(self):
        service = self._create_product(type="service", is_storable=False)
        order = self._create_lines_order((service, 1), (self.product, 1))
        self.assertFalse(order.order_line[0].availability_state)
        order.action_confirm()
        self.assertFalse(order.order_line[1].availability_state)

    def test_typed(self):
        """New lines in a form tell at once."""
        self._add_stock(3, warehouse=self.second)
        view = "sale.view_order_form"
        with Form(self.env["sale.order"].with_company(self.company), view) as form:
            form.partner_id = self.partner
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 3
                self.assertEqual(line.availability_state, "available")
                line.product_uom_qty = 11
                self.assertEqual(line.availability_state, "missing")

    def test_switched_off_asks_nothing(self):
        order = self._create_lines_order((self.product, 6))
        self.company.has_availability_on_entry = False
        self.env.flush_all()
        line = order.order_line
        line.mapped("state"), order.company_id.has_availability_on_entry
        with self.assertQueryCount(0):
            self.assertEqual(self._read(line), (False, 0, False))

    def test_any_length_same_queries(self):
        products = self.env["product.product"].create(
            [{"name": f"L{n}", "is_storable": True} for n in range(200)]
        )

        def count(number):
            order = self._create_lines_order(*((p, 1) for p in products[:number]))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line.mapped("availability_state")
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(200) - count(1), 2)

    # the window

    def _ask(self, quantity=4.0, product=None, order=None, user=None, uom=None):
        product = product or self.product
        lines = self.env["sale.order.line"].with_user(user or self.env.user)
        return lines.with_company(self.company).get_availability(
            product.id,
            quantity,
            (uom or product.uom_id).id,
            order or {"company_id": self.company.id, "warehouse_id": self.warehouse.id},
        )

    def test_window_shows_warehouses_and_supply(self):
        self._add_stock(2, warehouse=self.second)
        self._receive(5, 3)
        self._receive(7, 1, warehouse=self.second)
        with freeze_time(self.now):
            details = self._ask(12)
        first, second = details["warehouses"]
        self.assertEqual(
            first,
            {
                "id": self.warehouse.id,
                "name": self.warehouse.name,
                "is_own": True,
                "available": 10,
                "date": str(self._in(days=3)),
                "incoming": [(str(self._in(days=3)), 5)],
            },
        )
        self.assertEqual((second["available"], second["date"]), (2, False))
        self.assertEqual(details["left"], -2)

    def test_window_in_the_lines_unit(self):
        self._add_stock(20)
        details = self._ask(1, uom=self.dozen)
        self.assertEqual(details["uom"], self.dozen.name)
        self.assertEqual(details["warehouses"][0]["available"], 2.5)

    def test_window_of_an_order_that_holds(self):
        order = self._create_lines_order((self.product, 8))
        order._hold(self._in(days=1))
        asked = {"company_id": self.company.id, "warehouse_id": self.warehouse.id}
        self.assertEqual(self._ask()["warehouses"][0]["available"], 2)
        details = self._ask(order={**asked, "id": order.id})
        self.assertEqual(details["warehouses"][0]["available"], 10)

    def test_substitutes(self):
        cup, mug, glass = (self._create_product(name) for name in ("C", "M", "G"))
        self._add_stock(3, cup)
        self._add_stock(9, mug)
        tmpl = self.product.product_tmpl_id
        tmpl.substitute_ids = cup.product_tmpl_id | glass.product_tmpl_id
        mug.product_tmpl_id.substitute_ids = tmpl
        self.assertEqual([row["id"] for row in self._ask()["substitutes"]], [cup.id])
        mug.product_tmpl_id.is_substitute_mutual = True
        substitutes = self._ask()["substitutes"]
        self.assertEqual([row["id"] for row in substitutes], [mug.id, cup.id])
        self.assertEqual(substitutes[0]["available"], 9)
        self.assertEqual(
            [row["id"] for row in self._ask(product=mug)["substitutes"]],
            [self.product.id],
        )

    def test_window_for_those_who_sell(self):
        seller = new_test_user(
            self.env,
            login="atp_seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.assertEqual(self._ask(user=seller)["warehouses"][0]["available"], 10)
        nobody = new_test_user(self.env, login="atp_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._ask(user=nobody)

    def test_window_of_neighbours(self):
        """Another company's warehouses and orders are not told."""
        theirs = self._get_warehouse(self.other_company)
        seller = self._create_user("clerk")
        order = {"company_id": self.other_company.id, "warehouse_id": theirs.id}
        details = self._ask(order=order, user=seller)
        ids = {row["id"] for row in details["warehouses"]}
        self.assertEqual(ids, {self.warehouse.id, self.second.id})
        foreign = self._create_order(self.other_company)
        with self.assertRaises(AccessError):
            self._ask(order={"id": foreign.id}, user=seller)

    def test_window_of_a_product_that_is_gone(self):
        gone = self._create_product()
        gone_id, uom_id = gone.id, gone.uom_id.id
        gone.product_tmpl_id.unlink()
        with self.assertRaisesRegex(UserError, "product is gone"):
            self.env["sale.order.line"].get_availability(gone_id, 1, uom_id, {})
