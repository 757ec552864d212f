# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-14: orders that no warehouse could serve are tried again when goods came."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .sourcing_common import SourcingCommon


@tagged("post_install", "-at_install")
class TestSourcingAgain(SourcingCommon):
    def setUp(self):
        super().setUp()
        self._create_rule()
        self.order = self._create_order()
        self.order.action_confirm()
        self.assertEqual(self.order.sourcing_state, "queued")

    def _run(self):
        cron = self.env.ref("order_management.ir_cron_source_again")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_events(self):
        events = self.env["order.event"]
        return events.search(
            [("order_id", "=", self.order.id), ("kind", "=", "sourcing")]
        )

    def test_served_when_goods_came(self):
        self._add_stock(2, warehouse=self.south)
        self._run()
        self.assertEqual(self.order.sourcing_state, "sourced")
        line = self.order.order_line
        self.assertEqual(self._get_demand(self.order), {(line, self.south): 2.0})
        self.assertIn("Goods are there now", self.order.sourcing_summary)

    def test_in_vain_writes_nothing(self):
        before, written = self._get_events(), self.order.sourced_at
        self._run()
        self._run()
        self.assertEqual(self.order.sourcing_state, "queued")
        self.assertEqual(self._get_events(), before)
        self.assertEqual(self.order.sourced_at, written)

    def test_goods_are_shared(self):
        """Three units for two orders of two: one of them waits on."""
        other = self._create_order()
        other.action_confirm()
        self._add_stock(3, warehouse=self.south)
        self._run()
        states = (self.order | other).mapped("sourcing_state")
        self.assertEqual(sorted(states), ["queued", "sourced"])

    def test_what_came_to_its_own_warehouse_stays(self):
        self._add_stock(2, warehouse=self.warehouse)
        self._add_stock(2, warehouse=self.south)
        picking = self.order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.state, "assigned")
        self._run()
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(self.order.picking_ids, picking)

    def test_what_a_person_chose_stays(self):
        self.order._choose_by_hand(self.middle)
        self._add_stock(2, warehouse=self.south)
        self._run()
        self.assertEqual(self.order.sourcing_state, "manual")
        line = self.order.order_line
        self.assertEqual(self._get_demand(self.order), {(line, self.middle): 2.0})

    def test_what_a_warehouse_gave_back(self):
        """Nobody is asked for it meanwhile; it is served when somebody has it."""
        self._add_stock(2, warehouse=self.south)
        self._run()
        picking = self.order.picking_ids.filtered(lambda p: p.state == "assigned")
        picking._reject_sourcing(picking.move_ids, "not_found", "Empty shelf")
        self.assertEqual(self.order.sourcing_state, "queued")
        self.assertFalse(self._get_demand(self.order))
        self._add_stock(2, warehouse=self.north)
        self._run()
        line = self.order.order_line
        self.assertEqual(self._get_demand(self.order), {(line, self.north): 2.0})

    def test_one_that_fails_stops_no_other(self):
        other = self._create_order()
        other.action_confirm()
        self._add_stock(9, warehouse=self.south)
        orders = type(self.order)
        choose = orders._choose_by_rules

        def fail(this, *args):
            if self.order in this:
                raise UserError(this.env._("Closed today"))
            return choose(this, *args)

        with patch.object(orders, "_choose_by_rules", fail):
            self._run()
        self.assertEqual(other.sourcing_state, "sourced")
        self.assertEqual(self.order.sourcing_state, "queued")
        self.assertIn("Closed today", self._get_events().mapped("reason"))
