# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

from odoo import Command
from odoo.tests import tagged

from .availability_common import OPEN, AvailabilityCommon
from .seeds import SEEDS

#: how many made-up warehouses are counted twice
SCENARIOS = 3 * SEEDS


@tagged("post_install", "-at_install")
class TestAvailabilityRandom(AvailabilityCommon):
    """OM-13: one query and a count record by record agree on made-up histories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._reserve_by_hand()
        location = cls.env["stock.location"]
        cls.warehouses = cls.warehouse | cls.second
        cls.warehouses |= cls._get_warehouse(cls.other_company)
        cls.shelves = location.create(
            [
                {
                    "name": "Shelf",
                    "usage": usage,
                    "location_id": wh.lot_stock_id.id,
                    "company_id": wh.company_id.id,
                }
                for wh in cls.warehouses
                for usage in ("internal", "inventory")
            ]
        )
        # places of one warehouse that are beside its stock
        cls.warehouses.write({"delivery_steps": "pick_ship"})
        cls.warehouses.write({"reception_steps": "two_steps"})
        cls._reserve_by_hand(*cls.warehouses)
        cls.places = {
            warehouse: warehouse.lot_stock_id
            | warehouse.wh_output_stock_loc_id
            | warehouse.wh_input_stock_loc_id
            | cls.shelves.filtered(lambda loc, wh=warehouse: loc.warehouse_id == wh)
            for warehouse in cls.warehouses
        }

    def test_scenarios(self):
        seen = set()
        for seed in range(SCENARIOS):
            self.rnd = random.Random(seed)
            self.uom = self.rnd.choice(
                [self.dozen, self.env.ref("uom.product_uom_unit")]
            )
            products = self._create_products(seed)
            self._make_history(products)
            seen |= set(self._compare(products, seed))
        self.assertGreater(len(seen), SCENARIOS / 5, "the histories differ")

    def _create_products(self, seed):
        return self.env["product.product"].create(
            [
                {"name": f"R{seed}-{n}", "is_storable": True, "uom_id": self.uom.id}
                for n in range(2)
            ]
        )

    def _make_stock(self, product, place):
        quantity = self.rnd.choice([-2, 3, 10, 40])
        self.env["stock.quant"]._update_available_quantity(product, place, quantity)

    def _compare(self, products, seed):
        self.env.flush_all()
        for at in (None, self._in(days=self.rnd.randint(-3, 8))):
            fast = products._get_available_to_promise_by_warehouse(
                self.warehouses, at=at
            )
            for product in products:
                for warehouse in self.warehouses:
                    slow = self._count_slowly(product, warehouse, at)
                    self.assertAlmostEqual(
                        fast[product.id, warehouse.id],
                        slow,
                        places=2,
                        msg=f"seed {seed}, {warehouse.name}, at {at}",
                    )
                    yield slow

    def _make_history(self, products):
        for product in products:
            for warehouse in self.warehouses:
                for place in self.rnd.sample(self.places[warehouse], 2):
                    self._make_stock(product, place)
        moves = self.env["stock.move"]
        for _number in range(self.rnd.randint(3, 8)):
            moves |= self._make_moves(self.rnd.choice(products))
        self._progress(moves)
        self._make_holds(products)

    def _make_moves(self, product):
        """One move, or a chain of two or three that is made at once."""
        warehouse = self.rnd.choice(self.warehouses)
        company = warehouse.company_id
        others = self.warehouses.filtered(lambda wh: wh.company_id == company)
        inner = list(self.places[warehouse].filtered(lambda p: p.usage == "internal"))
        transit = company.internal_transit_location_id
        ends = [self.customers, self.suppliers, *transit, *others.lot_stock_id]
        path = [self.rnd.choice(ends), self.rnd.choice(inner), self.rnd.choice(ends)]
        path = path[self.rnd.randint(0, 1) :] if self.rnd.random() < 0.7 else path
        if self.rnd.random() < 0.3:
            path.insert(1, self.rnd.choice(inner))
        chained = self.rnd.random() < 0.6
        moves = previous = self.env["stock.move"]
        for source, destination in zip(path, path[1:], strict=False):
            if source == destination:
                continue
            unit = self.rnd.choice([self.dozen, product.uom_id])
            values = {
                "product_uom": unit.id,
                "date": self._in(days=self.rnd.randint(-4, 9)),
                "company_id": company.id,
                "picking_type_id": warehouse.int_type_id.id,
            }
            if previous and chained:
                values["move_orig_ids"] = [Command.link(previous.id)]
                values["procure_method"] = "make_to_order"
            elif self.rnd.random() < 0.1:
                values["location_final_id"] = self.rnd.choice(ends).id
            previous = self._create_move(
                product, self.rnd.randint(1, 9), source, destination, **values
            )
            moves |= previous
        return moves

    def _progress(self, moves):
        """Reserve some, finish some, cancel some, in a random order."""
        for move in self.rnd.sample(moves, len(moves)):
            dice = self.rnd.random()
            if move.state not in OPEN:
                continue
            if dice < 0.35:
                move._action_assign()
            elif dice < 0.55 and not move._waits_for_other_moves():
                move.quantity = max(1, move.product_uom_qty - self.rnd.randint(0, 1))
                move.picked = True
                move._action_done()
            elif dice < 0.65:
                move._action_cancel()

    def _make_holds(self, products):
        for _number in range(self.rnd.randint(0, 3)):
            product, warehouse = (
                self.rnd.choice(products),
                self.rnd.choice(self.warehouses),
            )
            left = product._get_available_to_promise(warehouse)[product.id]
            if left < 1:
                continue
            ends = self.rnd.choice([{}, {"expires_at": self._in(days=1)}])
            hold = self._hold(
                self.rnd.randint(1, int(left)), product, warehouse, **ends
            )
            if self.rnd.random() < 0.3:
                hold.action_release()
