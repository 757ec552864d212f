# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from .availability_common import AvailabilityCommon


@tagged("post_install", "-at_install", "meets_others")
class TestAvailability(AvailabilityCommon):
    """OM-13: what can be promised, by every way that stock is asked for."""

    def setUp(self):
        super().setUp()
        self.stock = self.warehouse.lot_stock_id
        self._add_stock(10)

    def test_on_hand_less_reserved(self):
        self._create_move(self.product, 4, self.stock, self.customers)
        self.assertEqual(self.product.qty_available, 10)
        self.assertEqual(self._promise(), 6)
        self.assertEqual(
            self.product.with_context(warehouse_id=self.warehouse.id).free_qty, 6
        )

    def test_unreserved_demand_counts(self):
        """Plain Odoo's free quantity still shows the 10."""
        self._reserve_by_hand(self.warehouse)
        self._create_move(self.product, 4, self.stock, self.customers)
        here = self.product.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(here.free_qty, 10)
        self.assertEqual(self._promise(), 6)

    def test_by_date_counts_until_it_is_reserved(self):
        self.warehouse.out_type_id.write(
            {"reservation_method": "by_date", "reservation_days_before": 1}
        )
        late = self._in(days=20)
        self._create_move(self.product, 4, self.stock, self.customers, date=late)
        self.assertEqual(self._promise(), 6, "all demand counts without a moment")
        self.assertEqual(self._promise(at=self._in(days=19)), 10)
        self.assertEqual(self._promise(at=self._in(days=21)), 6)

    def test_more_demand_than_stock_is_below_zero(self):
        self._create_move(self.product, 25, self.stock, self.customers)
        self.assertEqual(self._promise(), -15)

    def test_draft_and_cancelled_count_nothing(self):
        vals = self._prepare_move(self.product, 3, self.stock, self.customers)
        self.env["stock.move"].create(vals)
        self._create_move(self.product, 3, self.stock, self.customers)._action_cancel()
        self.assertEqual(self._promise(), 10)

    def test_incoming_only_with_a_moment(self):
        self._create_move(
            self.product, 5, self.suppliers, self.stock, date=self._in(days=3)
        )
        self.assertEqual(self._promise(), 10)
        self.assertEqual(self._promise(at=self._in(days=2)), 10)
        self.assertEqual(self._promise(at=self._in(days=4)), 15)

    def test_pick_pack_ship_counts_once(self):
        """Each step of the delivery, until the goods are gone."""
        self._reserve_by_hand(self.warehouse)
        self.warehouse.delivery_steps = "pick_pack_ship"
        self._reserve_by_hand(self.warehouse)
        order = self._create_lines_order((self.product, 4))
        order.action_confirm()
        self.assertEqual(self._promise(), 6)
        for _step in range(3):
            move = order.picking_ids.move_ids.filtered(lambda m: m.state != "done")
            self.assertEqual(len(move), 1)
            move._action_assign()
            self.assertEqual(self._promise(), 6)
            move._do_unreserve()
            self.assertEqual(self._promise(), 6, "brought, and not reserved any more")
            move._action_assign()
            move.picked = True
            move._action_done()
            self.assertEqual(self._promise(), 6)
        self.assertEqual(self.product.qty_available, 6)

    def test_pull_chain_counts_the_first_move(self):
        """Steps that are all made at once: the later ones wait for the first."""
        self._reserve_by_hand(self.warehouse)
        output = self.warehouse.wh_output_stock_loc_id
        pick = self._create_move(self.product, 4, self.stock, output)
        self.assertEqual(self._promise(), 10, "moved about, not asked for")
        ship = self._create_move(
            self.product,
            4,
            output,
            self.customers,
            procure_method="make_to_order",
            move_orig_ids=[Command.link(pick.id)],
        )
        self.assertEqual(self._promise(), 6)
        pick._action_assign()
        self.assertEqual(self._promise(), 6)
        pick.picked = True
        pick._action_done()
        self.assertEqual(self._promise(), 6)
        ship._do_unreserve()
        self.assertEqual(self._promise(), 6)

    def test_made_to_order_takes_nothing_and_brings_nothing(self):
        receipt = self._create_move(
            self.product, 8, self.suppliers, self.stock, date=self._in(days=1)
        )
        self._create_move(
            self.product,
            6,
            self.stock,
            self.customers,
            procure_method="make_to_order",
            move_orig_ids=[Command.link(receipt.id)],
            date=self._in(days=5),
        )
        self.assertEqual(self._promise(), 10)
        self.assertEqual(self._promise(at=self._in(days=2)), 12, "2 of 8 are for all")
        receipt.picked = True
        receipt._action_done()
        self.assertEqual(self._promise(), 12)

    def test_units(self):
        self._reserve_by_hand(self.warehouse)
        self._add_stock(26)
        move = self._create_move(
            self.product, 2, self.stock, self.customers, product_uom=self.dozen.id
        )
        self.assertEqual(self._promise(), 12)
        move._action_assign()
        self.assertEqual(self._promise(), 12)

    def test_warehouses_speak_for_themselves(self):
        self._add_stock(7, warehouse=self.second)
        self._create_move(
            self.product,
            3,
            self.stock,
            self.second.lot_stock_id,
            date=self._in(days=1),
        )
        quantities = self.product._get_available_to_promise_by_warehouse(
            self.warehouse | self.second
        )
        self.assertEqual(quantities[self.product.id, self.warehouse.id], 7)
        self.assertEqual(quantities[self.product.id, self.second.id], 7)
        both = self.warehouse | self.second
        later = self._in(days=2)
        self.assertEqual(
            self.product._get_available_to_promise(both), {self.product.id: 14}
        )
        self.assertEqual(
            self.product._get_available_to_promise(both, at=later)[self.product.id], 17
        )

    def test_transit_belongs_to_nobody(self):
        transit = self.company.internal_transit_location_id
        move = self._create_move(self.product, 3, self.stock, transit)
        move.picked = True
        move._action_done()
        self._create_move(
            self.product, 3, transit, self.second.lot_stock_id, date=self._in(days=1)
        )
        self.assertEqual(self._promise(), 7)
        self.assertEqual(self._promise(warehouse=self.second), 0)
        self.assertEqual(self._promise(warehouse=self.second, at=self._in(days=1)), 3)

    def test_dropship_is_ignored(self):
        self._create_move(self.product, 3, self.suppliers, self.customers)
        self.assertEqual(self._promise(), 10)
        self.assertEqual(self._promise(at=self._in(days=1)), 10)

    def test_scrap_and_archived_places(self):
        scrap = self.env["stock.location"].create(
            {"name": "Broken", "usage": "inventory", "location_id": self.stock.id}
        )
        shelf = self.env["stock.location"].create(
            {"name": "Old shelf", "usage": "internal", "location_id": self.stock.id}
        )
        self.env["stock.quant"]._update_available_quantity(self.product, scrap, 4)
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 5)
        self.assertEqual(self._promise(), 15)
        # Odoo archives no place with goods in it; an import may
        self.env.cr.execute(
            "UPDATE stock_location SET active = false WHERE id = %s", [shelf.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._promise(), 15, "as Odoo: the goods can be reserved")

    def test_owners_as_in_plain(self):
        owner = self.partner
        self._add_stock(3, owner_id=owner)
        here = self.product.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(self._promise(), here.free_qty)
        for owners in ([], owner.ids):
            self.env.invalidate_all()  # free_qty is not cached by owners
            product = self.product.with_context(owners=owners)
            here = product.with_context(warehouse_id=self.warehouse.id)
            self.assertEqual(self._promise(product), here.free_qty)

    def test_negative_stock(self):
        self._add_stock(-14)
        self.assertEqual(self._promise(), -4)

    def test_companies(self):
        """Only the given warehouses count, of whatever company."""
        theirs = self._get_warehouse(self.other_company)
        self._add_stock(99, warehouse=theirs)
        self.assertEqual(self._promise(), 10)
        self.assertEqual(self._promise(warehouse=theirs), 99)

    def test_holds(self):
        hold = self._hold(3)
        ending = self._hold(
            2, kind="cart", expires_at=fields.Datetime.now().replace(year=2099)
        )
        self.assertEqual(self._promise(), 5)
        hold.action_release()
        self.assertEqual(self._promise(), 8)
        with freeze_time("2099-12-31 23:00:00"):
            self.assertEqual(ending.state, "active", "not swept up yet")
            self.assertEqual(self._promise(), 10)

    def test_services_and_uncounted_goods_have_nothing(self):
        service = self._create_product(type="service", is_storable=False)
        sugar = self._create_product(is_storable=False)
        self._create_move(sugar, 3, self.stock, self.customers)
        products = service | sugar
        self.assertEqual(
            products._get_available_to_promise(self.warehouse),
            {service.id: 0.0, sugar.id: 0.0},
        )

    def test_nothing_asked(self):
        none = self.env["product.product"]
        self.assertEqual(none._get_available_to_promise(self.warehouse), {})
        no_place = self.env["stock.warehouse"]
        self.assertEqual(
            self.product._get_available_to_promise(no_place), {self.product.id: 0.0}
        )

    def test_timeline(self):
        self._create_move(self.product, 16, self.stock, self.customers)
        for days, quantity in ((-2, 4), (3, 5), (9, 20)):
            self._create_move(
                self.product,
                quantity,
                self.suppliers,
                self.stock,
                date=self._in(days=days),
            )
        with freeze_time(self.now):
            timeline = self.product._get_promise_timeline(self.warehouse)
        self.assertEqual(
            timeline[self.product.id, self.warehouse.id],
            [
                (None, -6),
                (self.now, -2),  # late: may come any time from now on
                (self._in(days=3), 3),
                (self._in(days=9), 23),
            ],
        )

    def test_field_and_search(self):
        self._hold(4)
        other = self._create_product()
        here = self.product.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(here.available_to_promise_qty, 6)
        self.assertEqual(here.product_tmpl_id.available_to_promise_qty, 6)
        both = self.product | other
        products = both.with_context(allowed_company_ids=self.company.ids)
        for domain, expected in (
            ([("available_to_promise_qty", ">", 5)], self.product),
            ([("available_to_promise_qty", "<=", 0)], other),
            ([("available_to_promise_qty", "=", 6)], self.product),
            ([("available_to_promise_qty", "!=", 6)], other),
        ):
            found = products.search([("id", "in", both.ids), *domain])
            self.assertEqual(found, expected, domain)
            templates = products.product_tmpl_id.search(
                [("id", "in", both.product_tmpl_id.ids), *domain]
            )
            self.assertEqual(templates, expected.product_tmpl_id, domain)

    def test_one_query_for_any_number(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "is_storable": True} for n in range(100)]
        )
        warehouses = self.warehouse | self.second
        self.env.flush_all()
        counts = []
        for some in (products[:1], products):
            some._get_available_to_promise(warehouses)  # precision, kits
            before = self.env.cr.sql_log_count
            some._get_available_to_promise(warehouses, at=self.now)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        # one for the figures, one for kits, one that another addon may need for its own
        self.assertLessEqual(counts[0], 3)
