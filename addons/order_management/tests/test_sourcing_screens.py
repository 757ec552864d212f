# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .sourcing_common import SourcingCommon


@tagged("post_install", "-at_install")
class TestSourcingScreens(SourcingCommon):
    """OM-14, OM-32: what if, trying rules on past orders, bulk, rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule()
        for depot in (cls.south, cls.north):
            cls._add_stock(5, warehouse=depot)

    def test_what_order_rules_set_is_known(self):
        self.rule.priority_from = "2"
        self.env["order.rule"].create(
            {"name": "Hurry", "company_id": self.company.id, "set_priority": "2"}
        )
        order = self._create_order()
        order.action_confirm()
        self.assertEqual((order.priority, order.sourcing_state), ("2", "sourced"))

    def _rule_warehouse(self, warehouse):
        return self.env["order.rule"].create(
            {
                "name": "Goes north",
                "company_id": self.company.id,
                "set_warehouse_id": warehouse.id,
            }
        )

    def test_warehouse_of_an_order_rule(self):
        """It is kept and the trace names the rule, also where it was there anyway."""
        rule = self._rule_warehouse(self.north)
        orders = self._create_order() + self._create_order(warehouse_id=self.north.id)
        orders[0].action_confirm()
        orders[1].action_confirm()
        for order in orders:
            self.assertEqual(order.sourcing_state, "ruled")
            self.assertIn("“Goes north”", order.sourcing_summary)
            self.assertNotIn("chosen by", order.sourcing_summary)
            self.assertEqual(order.order_line.source_warehouse_id, self.north)
            self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.north)
            self.assertEqual(
                order.event_ids.filtered(lambda e: e.kind == "sourcing").reason,
                order.sourcing_summary,
            )
        rule.unlink()
        orders.invalidate_recordset()
        self.assertIn("a rule that is gone", orders[0].sourcing_summary)

    def test_person_before_order_rule(self):
        """Before the rule or after it, when the order is new or later."""
        self._rule_warehouse(self.north)
        clerk = self._create_user("clerk")
        before, after, fresh = (
            self._create_order().with_user(clerk) for _number in range(3)
        )
        before.warehouse_id = self.south
        after._classify()
        self.assertEqual(after.sourcing_state, "ruled")
        after.warehouse_id = self.south
        entered = fresh.copy({"warehouse_id": self.south.id})
        for order in (before, after, entered):
            order.action_confirm()
            self.assertEqual(order.warehouse_id, self.south)
            self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.south)
        self.assertEqual((before + after).mapped("sourcing_state"), ["manual"] * 2)
        self.assertIn(clerk.name, after.sourcing_summary)
        self.assertFalse(entered.sourcing_state)
        fresh.action_confirm()
        self.assertEqual(fresh.warehouse_id, self.north)

    def test_order_rules_for_many_orders(self):
        """As many statements for thirty orders as for three; again changes nothing."""
        self._rule_warehouse(self.north)
        self.north.sourcing_order_capacity = 50

        def count(number):
            orders = self._create_equal_orders(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._classify()
            self.env.flush_all()
            self.assertEqual(set(orders.mapped("sourcing_state")), {"ruled"})
            return orders, self.env.cr.sql_log_count - before

        (few, first), (many, second) = count(3), count(30)
        self.assertLessEqual(second, first + 3)
        (few + many).action_apply_rules()
        events = (few + many).event_ids.filtered(lambda e: e.kind == "sourcing")
        self.assertEqual(len(events), 33)
        self.north.invalidate_recordset()
        self.assertEqual(self.north.sourcing_day_orders, 33)

    def test_orders_that_stay_keep_their_place_in_the_day(self):
        self.south.sourcing_order_capacity = 5
        order = self._create_order()
        order.action_confirm()
        self.rule.priority_from = "2"
        order.action_source()
        self.assertEqual(order.warehouse_id, self.south)
        self.south.invalidate_recordset()
        self.assertEqual(self.south.sourcing_day_orders, 1)

    def test_customers_read_no_costs(self):
        buyer = new_test_user(self.env, "sourcing_buyer", groups="base.group_portal")
        for model, names in (
            ("sale.order", {"sourcing_trace", "sourcing_summary", "sourcing_story"}),
            ("stock.picking", {"billed_cost"}),
        ):
            known = self.env[model].with_user(buyer).fields_get()
            self.assertFalse(names.intersection(known))
            self.assertLessEqual(names, set(self.env[model].fields_get()))

    def test_ways_side_by_side(self):
        order = self._create_order()
        clerk = self._create_user("clerk")
        action = order.with_user(clerk).action_compare_sources()
        wizard = self.env["sale.order.sourcing"].with_user(clerk)
        wizard = wizard.browse(action["res_id"])
        ways = wizard.way_ids
        self.assertEqual(ways.mapped("warehouse_names"), ["South", "North"])
        self.assertLess(ways[0].distance, 10)
        self.assertGreater(ways[1].distance, 1000)
        self.assertEqual(ways.mapped("parcel_count"), [1, 1])
        self.assertTrue(all(ways.mapped("ready_on")))
        wizard.reason = "The lorry goes there anyway"
        ways[1].action_choose()
        self.assertEqual(order.sourcing_state, "manual")
        self.assertIn("lorry", order.sourcing_summary)
        order.with_user(clerk).action_confirm()
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.north)

    def test_ways_of_a_confirmed_order_move_its_delivery(self):
        order = self._create_order()
        order.action_confirm()
        wizard = self.env["sale.order.sourcing"].create({"order_id": order.id})
        north = wizard.way_ids.filtered(lambda way: way.main_id == self.north)
        north.action_choose()
        line = order.order_line
        self.assertEqual(self._get_demand(order), {(line, self.north): 2.0})
        wizard.warehouse_id = self.middle
        wizard.action_choose_warehouse()
        self.assertEqual(self._get_demand(order), {(line, self.middle): 2.0})

    def test_rules_tried_on_past_orders_change_nothing(self):
        self.rule.active = False
        orders = self._create_order() + self._create_order()
        orders._confirm_in_bulk()
        before = orders.read(["sourcing_state", "warehouse_id", "write_date"])
        for stock in ("plenty", "now"):
            trial = self.env["order.sourcing.trial"].create(
                {
                    "company_id": self.company.id,
                    "rule_ids": self.rule.ids,
                    "stock": stock,
                }
            )
            trial.action_try()
            self.assertEqual(len(trial.line_ids), 2)
            self.assertEqual(set(trial.line_ids.mapped("after_names")), {"South"})
            self.assertEqual(trial.changed_count, 2)
            self.assertIn("2 of 2", trial.result)
        self.assertEqual(
            orders.read(["sourcing_state", "warehouse_id", "write_date"]), before
        )

    def test_bulk_step(self):
        orders = self._create_order() + self._create_order(quantity=50)
        batch = self.env["order.batch"]._make("source", orders)
        batch._run_part(batch.line_ids.ids)
        lines = batch.line_ids.sorted(lambda line: line.order_id.id)
        self.assertEqual(lines.mapped("state"), ["done", "failed"])
        self.assertIn("South", lines[0].message)
        self.assertEqual(orders[0].order_line.source_warehouse_id, self.south)

    def test_rights(self):
        order = self._create_order()
        order.action_confirm()
        keeper = self._create_user("warehouse")
        with self.assertRaises(AccessError):
            order.with_user(keeper).action_source()
        clerk = self._create_user("clerk")
        with self.assertRaises(AccessError):
            self.rule.with_user(clerk).name = "Mine"
        self.rule.with_user(self._create_user("manager")).name = "Ours"
        order.with_user(clerk).action_source()
        stranger = self._create_user("manager", self.other_company)
        rules = self.env["order.sourcing.rule"].with_user(stranger)
        self.assertNotIn(self.rule, rules.search([]))

    def test_buttons_say_what_to_do(self):
        self.rule.active = False
        order = self._create_order()
        with self.assertRaisesRegex(UserError, "no sourcing rules"):
            order.action_source()
        self.rule.active = True
        order.action_confirm()
        order.locked = True
        with self.assertRaisesRegex(UserError, "locked"):
            order.action_source()

    def test_past_decisions_survive_what_is_gone(self):
        order = self._create_order()
        order.action_confirm()
        self.rule.unlink()
        order.invalidate_recordset()
        self.assertIn("a rule that is gone", order.sourcing_summary)
