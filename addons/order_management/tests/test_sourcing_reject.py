# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .sourcing_common import SourcingCommon


@tagged("post_install", "-at_install")
class TestSourcingReject(SourcingCommon):
    """OM-14: a warehouse cannot ship; the order is served from elsewhere, and demand
    is neither lost nor doubled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule()
        for depot in (cls.south, cls.north):
            cls._add_stock(5, warehouse=depot)
        cls.order = cls._create_order()
        cls.order.action_confirm()
        cls.line = cls.order.order_line
        cls.picking = cls.order.picking_ids

    def _reject(self, picking=None, kind="not_found", moves=None):
        picking = picking or self.picking
        return picking._reject_sourcing(
            moves or picking.move_ids, kind, "The shelf is empty"
        )

    def _get_open(self, order=None):
        return (order or self.order).picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def test_served_from_elsewhere(self):
        self.assertEqual(self.picking.picking_type_id.warehouse_id, self.south)
        self._reject()
        self.assertEqual(self.picking.state, "cancel")
        self.assertEqual(self._get_demand(self.order), {(self.line, self.north): 2.0})
        self.assertEqual(self._get_open().state, "assigned")
        self.assertEqual(self.order.sourcing_state, "sourced")
        self.assertIn("The shelf is empty", self.order.sourcing_summary)
        self.assertIn("Could not ship it lately", self.order.sourcing_story)

    def test_goods_of_a_locked_order_go_elsewhere_too(self):
        self.order.action_lock()
        self._reject()
        self.assertEqual(self._get_demand(self.order), {(self.line, self.north): 2.0})
        self.assertTrue(self.order.locked)

    def test_everybody_gets_the_product_elsewhere_for_a_day(self):
        self._reject()
        other = self._create_order(quantity=1)
        other.action_confirm()
        self.assertEqual(other.warehouse_id, self.north)
        exclusion = self.env["order.sourcing.exclusion"].search(
            [("warehouse_id", "=", self.south.id)]
        )
        self.assertEqual(exclusion.product_id, self.product)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            later = self._create_order(quantity=1)
            later.action_confirm()
        self.assertEqual(later.warehouse_id, self.south)
        again = self._create_order(quantity=1)
        exclusion.action_end()
        again.action_confirm()
        self.assertEqual(again.warehouse_id, self.south)

    def test_only_this_order_goes_elsewhere(self):
        self._reject(kind="cannot_ship")
        self.assertEqual(self.order.warehouse_id, self.north)
        other = self._create_order(quantity=1)
        other.action_confirm()
        self.assertEqual(other.warehouse_id, self.south)

    def test_nobody_else_has_it(self):
        """The order waits for a person, and its demand comes back with the choice."""
        self._reject()
        self._reject(self._get_open())
        self.assertEqual(self.order.sourcing_state, "queued")
        self.assertEqual(self._get_demand(self.order), {})
        self.assertIn("could not ship it", self.order.sourcing_summary)
        queue = self.env["sale.order"].search([("sourcing_state", "=", "queued")])
        self.assertIn(self.order, queue)
        self.env["order.sourcing.exclusion"].search([]).action_end()
        self.order.action_source()
        self.assertEqual(self._get_demand(self.order), {(self.line, self.south): 2.0})

    def test_the_same_warehouse_by_hand_asks_again(self):
        self._reject()
        self._reject(self._get_open())
        self.order._choose_by_hand(self.north)
        self.assertEqual(self._get_demand(self.order), {(self.line, self.north): 2.0})
        self.assertEqual(self.order.sourcing_state, "manual")

    def test_what_has_left_is_not_asked_again(self):
        order = self._create_order(quantity=3)
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self._reject(self._get_open(order))
        line = order.order_line
        self.assertEqual(
            self._get_demand(order), {(line, self.south): 1.0, (line, self.north): 2.0}
        )
        self.assertEqual(line.qty_delivered, 1.0)

    def test_other_lines_stay_where_they_are(self):
        self._add_stock(5, self.second_product, self.south)
        self._add_stock(5, self.second_product, self.north)
        order = self._create_wants((self.product, 1), (self.second_product, 1))
        order.action_confirm()
        first, second = order.order_line
        self._reject(order.picking_ids, moves=first.move_ids)
        self.assertEqual(
            self._get_demand(order),
            {(first, self.north): 1.0, (second, self.south): 1.0},
        )

    def test_several_steps(self):
        self.south.delivery_steps = "pick_ship"
        order = self._create_order()
        order.action_confirm()
        picking = self._get_open(order)[:1]
        self._reject(picking)
        demand = {
            key: quantity
            for key, quantity in self._get_demand(order).items()
            if quantity
        }
        self.assertEqual(demand, {(order.order_line, self.north): 2.0})

    def test_capacity_comes_back(self):
        self.south.sourcing_order_capacity = 5
        self.north.sourcing_order_capacity = 5
        order = self._create_order()
        order.action_confirm()
        self._reject(order.picking_ids)
        counts = self.env["order.sourcing.load"].search([]).grouped("warehouse_id")
        self.assertEqual(counts[self.south].order_count, 0)
        self.assertEqual(counts[self.north].order_count, 1)

    def test_capacity_stays_taken_by_what_stays(self):
        self.south.sourcing_order_capacity = 5
        self._add_stock(5, self.second_product, self.south)
        order = self._create_wants((self.product, 1), (self.second_product, 1))
        order.action_confirm()
        self._reject(order.picking_ids, moves=order.order_line[0].move_ids)
        self.assertEqual(order.order_line[0].source_warehouse_id, self.north)
        load = self.env["order.sourcing.load"].search(
            [("warehouse_id", "in", self.depots.ids)]
        )
        self.assertEqual((load.warehouse_id, load.order_count), (self.south, 1))

    def test_who_may(self):
        clerk, keeper = self._create_user("clerk"), self._create_user("warehouse")
        with self.assertRaises(AccessError):
            self.picking.with_user(clerk)._reject_sourcing(
                self.picking.move_ids, "not_found", "x"
            )
        wizard = (
            self.env["stock.picking.reject"]
            .with_user(keeper)
            .create({"picking_id": self.picking.id, "reason": "Gone"})
        )
        self.assertEqual(wizard.move_ids, self.picking.move_ids)
        wizard.action_reject()
        self.assertEqual(self._get_demand(self.order), {(self.line, self.north): 2.0})
        with self.assertRaises(UserError):
            self.picking.with_user(keeper).action_reject_sourcing()
        with self.assertRaises(UserError):
            self._get_open()._reject_sourcing(
                self._get_open().move_ids, "not_found", " "
            )


@tagged("post_install", "-at_install")
class TestSourcingTornLine(SourcingCommon):
    """OM-14: lines from several warehouses, when one of these cannot ship."""

    def _create_torn(self):
        """Ten pieces: six from the north, four from the south."""
        self._create_rule(splits_lines=True)
        self._add_stock(6, warehouse=self.north)
        self._add_stock(4, warehouse=self.south)
        order = self._create_order(quantity=10)
        order.action_confirm()
        return order

    def _get_picking(self, order, warehouse):
        return order.picking_ids.filtered(
            lambda picking: picking.picking_type_id.warehouse_id == warehouse
        )

    def test_torn_line_that_nobody_serves_can_be_chosen_again(self):
        order = self._create_torn()
        picking = self._get_picking(order, self.north)
        picking._reject_sourcing(picking.move_ids, "not_found", "Empty")
        self.assertEqual(order.sourcing_state, "queued")
        self.assertTrue(order.has_split_lines)
        self.env["order.sourcing.exclusion"].search([]).action_end()
        order.action_source()
        line = order.order_line
        self.assertEqual(
            self._get_demand(order), {(line, self.north): 6.0, (line, self.south): 4.0}
        )
        self.assertEqual(len(line.sourcing_line_ids), 2)

    def test_line_torn_beside_one_that_moves_stays_torn(self):
        self._create_rule(splits_lines=True)
        self._add_stock(6, warehouse=self.north)
        self._add_stock(4, warehouse=self.south)
        self._add_stock(1, self.second_product, self.north)
        self._add_stock(1, self.second_product, self.south)
        order = self._create_wants((self.product, 10), (self.second_product, 1))
        order.action_confirm()
        torn, other = order.order_line
        house = other.source_warehouse_id
        picking = self._get_picking(order, house)
        picking._reject_sourcing(other.move_ids, "not_found", "Empty")
        self.assertNotEqual(other.source_warehouse_id, house)
        self.assertTrue(order.has_split_lines)
        self.assertEqual(len(torn.sourcing_line_ids), 2)

    def test_what_left_of_a_torn_line_does_not_count_again(self):
        order = self._create_torn()
        picking = self._get_picking(order, self.south)
        picking.move_ids.picked = True
        picking.button_validate()
        self._add_stock(3, warehouse=self.middle)
        self._add_stock(3, warehouse=self.south)
        picking = self._get_picking(order, self.north)
        picking._reject_sourcing(picking.move_ids, "not_found", "Empty")
        line = order.order_line
        self.assertEqual(
            self._get_demand(order), {(line, self.middle): 3.0, (line, self.south): 7.0}
        )
