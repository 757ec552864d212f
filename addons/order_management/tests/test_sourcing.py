# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .sourcing_common import SourcingCommon
from .statements import collect_statements


@tagged("post_install", "-at_install")
class TestSourcing(SourcingCommon):
    """OM-14: warehouses are chosen by rules, procurement and holds follow."""

    def test_without_rules_plain_odoo_stays_plain(self):
        self._add_stock(5, warehouse=self.north)
        order = self._create_order()
        order.action_confirm()
        self.assertFalse(order.sourcing_state)
        self.assertFalse(order.order_line.source_warehouse_id)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse)

    def test_without_rules_confirming_asks_nothing_more(self):
        """A cached answer is all that is asked for, once."""
        rules = self.env["order.sourcing.rule"]
        rules._has_rules(self.company.id)
        orders = self._create_order() + self._create_order()
        with collect_statements(self.env.cr) as seen:
            orders._source()
        self.assertEqual(seen.total(), 0, seen)

    def test_confirming_chooses_the_nearest_that_has_it(self):
        self._create_rule()
        self._add_stock(5, warehouse=self.north)
        self._add_stock(5, warehouse=self.middle)
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "sourced")
        self.assertEqual(order.order_line.source_warehouse_id, self.middle)
        self.assertEqual(order.warehouse_id, self.middle)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.middle)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertIn("Middle", order.sourcing_summary)
        self.assertIn("Has it; another is better", order.sourcing_story)
        reasons = [entry["why"] or "" for entry in order._get_why_entries()]
        self.assertTrue(any(order.sourcing_summary in why for why in reasons))

    def test_two_warehouses_for_two_lines(self):
        self._create_rule()
        self._add_stock(5, warehouse=self.north)
        self._add_stock(5, self.second_product, self.south)
        order = self._create_wants((self.product, 2), (self.second_product, 1))
        order.action_confirm()
        first, second = order.order_line
        self.assertEqual(first.source_warehouse_id, self.north)
        self.assertEqual(second.source_warehouse_id, self.south)
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual(
            self._get_demand(order),
            {(first, self.north): 2.0, (second, self.south): 1.0},
        )

    def test_one_line_from_two_warehouses(self):
        self._create_rule(splits_lines=True)
        self._add_stock(6, warehouse=self.north)
        self._add_stock(4, warehouse=self.south)
        order = self._create_order(quantity=10)
        order.action_confirm()
        line = order.order_line
        self.assertEqual(
            self._get_demand(order), {(line, self.north): 6.0, (line, self.south): 4.0}
        )
        self.assertEqual(set(order.picking_ids.mapped("state")), {"assigned"})
        self.assertTrue(order.has_split_lines)
        self.assertEqual(line.source_warehouse_id, self.north)

    def test_changed_quantities_of_a_torn_line_follow(self):
        """Ordered more: the main warehouse; less: demand goes down, never doubles."""
        self._create_rule(splits_lines=True)
        self._add_stock(6, warehouse=self.north)
        self._add_stock(4, warehouse=self.south)
        order = self._create_order(quantity=10)
        order.action_confirm()
        line = order.order_line
        line.product_uom_qty = 13
        self.assertEqual(
            self._get_demand(order), {(line, self.north): 9.0, (line, self.south): 4.0}
        )
        line.product_uom_qty = 2
        self.assertEqual(sum(self._get_demand(order).values()), 2.0)

    def test_a_part_goes_where_it_pays(self):
        rule = self._create_rule(allows_partial=True, min_part_value=30)
        self._add_stock(5, warehouse=self.south)
        order = self._create_wants((self.product, 1), (self.second_product, 1))
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "queued")
        rule.min_part_value = 20
        order = self._create_wants((self.product, 1), (self.second_product, 1))
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "partial")
        self.assertEqual(order.order_line.source_warehouse_id, self.south)
        self.assertEqual(sum(self._get_demand(order).values()), 2.0)

    def test_queued_orders_wait_at_their_own_warehouse(self):
        """Nothing stops the confirmation; the list says why, and choosing again moves
        the delivery."""
        self._create_rule()
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.sourcing_state, "queued")
        self.assertIn("No warehouse has any of it", order.sourcing_summary)
        line = order.order_line
        self.assertEqual(self._get_demand(order), {(line, self.warehouse): 2.0})
        self._add_stock(2, warehouse=self.south)
        order.action_source()
        self.assertEqual(order.sourcing_state, "sourced")
        self.assertEqual(self._get_demand(order), {(line, self.south): 2.0})
        self.assertEqual(order.warehouse_id, self.south)
        states = order.picking_ids.mapped("state")
        self.assertEqual(sorted(states), ["assigned", "cancel"])

    def test_orders_of_a_run_share_the_stock(self):
        self._create_rule()
        self._add_stock(3, warehouse=self.south)
        self._add_stock(9, warehouse=self.north)
        later = self._create_order()
        urgent = self._create_order(commitment_date=fields.Datetime.now())
        (later | urgent)._confirm_in_bulk()
        self.assertEqual(urgent.warehouse_id, self.south)
        self.assertEqual(later.warehouse_id, self.north)

    def test_no_rule_about_an_order(self):
        self._create_rule(channel_ids=[Command.set(self.channel.ids)])
        self._add_stock(5, warehouse=self.south)
        other = self._create_order()
        other.action_confirm()
        self.assertFalse(other.sourcing_state)
        self.assertEqual(other.picking_ids.picking_type_id.warehouse_id, self.warehouse)
        ours = self._create_order(sale_channel_id=self.channel.id)
        ours.action_confirm()
        self.assertEqual(ours.warehouse_id, self.south)

    def test_conditions_of_rules(self):
        order = self._create_order(quantity=2)
        self.partner.zip = "70000"
        cases = [
            ({"country_ids": [Command.set(self.vietnam.ids)]}, True),
            ({"country_ids": [Command.set(self.env.ref("base.us").ids)]}, False),
            ({"zip_prefixes": "10, 70"}, True),
            ({"zip_prefixes": "71"}, False),
            ({"product_ids": [Command.set(self.product.ids)]}, True),
            ({"product_ids": [Command.set(self.second_product.ids)]}, False),
            ({"categ_ids": [Command.set(self.product.categ_id.ids)]}, True),
            ({"amount_from": 80, "amount_to": 80}, True),
            ({"amount_from": 81}, False),
            ({"amount_to": 79}, False),
            ({"promise_days": 3}, False),
            ({"order_domain": "[('partner_id.zip', '=', '70000')]"}, True),
            ({"order_domain": "[('partner_id.zip', '=', '1')]"}, False),
        ]
        for values, expected in cases:
            rule = self._create_rule(**values)
            self.assertEqual(bool(rule._match(order)[order.id]), expected, values)
        order.commitment_date = fields.Datetime.now() + timedelta(days=2)
        self.assertTrue(self._create_rule(promise_days=3)._match(order)[order.id])
        with self.assertRaises(ValidationError):
            self._create_rule(order_domain="[('no_such_field', '=', 1)]")

    @mute_logger("odoo.sql_db")
    def test_a_parcel_costs_nothing_or_more(self):
        """A cost below zero would draw every order to that warehouse."""
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            warehouse.sourcing_parcel_cost = -1
            self.env.flush_all()

    def test_cheapest_by_delivery_rules(self):
        product = self.env["product.product"].create(
            {"name": "Freight", "type": "service", "taxes_id": False}
        )
        near, far = self.env["delivery.carrier"].create(
            [
                {
                    "name": name,
                    "delivery_type": "base_on_rule",
                    "product_id": product.id,
                    "price_rule_ids": [
                        Command.create(
                            {
                                "variable": "weight",
                                "operator": "<=",
                                "max_value": 100,
                                "list_base_price": price,
                                "list_price": 1.0,
                                "variable_factor": "weight",
                            }
                        )
                    ],
                }
                for name, price in (("Near", 30.0), ("Far", 5.0))
            ]
        )
        self.product.weight = 2.0
        self.south.sourcing_carrier_ids = near
        self.north.sourcing_carrier_ids = far
        self._create_rule("cost")
        self._add_stock(5, warehouse=self.north)
        self._add_stock(5, warehouse=self.south)
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.warehouse_id, self.north)
        self.assertEqual(order.sourcing_trace["cost"], 9.0)

    def test_holds_move_along(self):
        self._create_rule()
        self._add_stock(5)
        order = self._create_order()
        order._hold(fields.Datetime.now() + timedelta(hours=4))
        self.warehouse.partner_id.country_id = self.env.ref("base.us")
        self._add_stock(5, warehouse=self.south)
        order.action_source()
        self.assertEqual(order.hold_ids.warehouse_id, self.south)
        self.assertEqual(order.hold_ids.state, "active")
        order.action_confirm()
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.south)

    def test_own_hold_counts_for_the_order(self):
        self._create_rule()
        self._add_stock(2, warehouse=self.south)
        order = self._create_order(warehouse_id=self.south.id)
        order._hold(fields.Datetime.now() + timedelta(hours=4))
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "sourced")
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_what_a_person_chose_stays(self):
        self._create_rule()
        self._add_stock(5, warehouse=self.south)
        order = self._create_order()
        order.warehouse_id = self.north
        self.assertEqual(order.sourcing_state, "manual")
        order.action_confirm()
        self.assertEqual(order.order_line.source_warehouse_id, self.north)
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.north)
        self.assertIn("chosen by", order.sourcing_summary)

    def test_a_changed_quotation_is_chosen_anew(self):
        self._create_rule()
        self._add_stock(2, warehouse=self.south)
        self._add_stock(9, warehouse=self.north)
        order = self._create_order()
        order._source()
        self.assertEqual(order.order_line.warehouse_id, self.south)
        order.order_line.product_uom_qty = 4
        order.action_confirm()
        self.assertEqual(order.order_line.warehouse_id, self.north)

    def test_services_and_routes_are_left_alone(self):
        self._create_rule()
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        order = self._create_wants((service, 1))
        order.action_confirm()
        self.assertFalse(order.sourcing_state)
        self._add_stock(5, warehouse=self.south)
        loose = self.env["product.product"].create({"name": "Leaflet"})
        order = self._create_wants((loose, 1), (self.product, 1), (service, 1))
        order.action_confirm()
        self.assertEqual(
            order.order_line[:2].source_warehouse_id | order.warehouse_id, self.south
        )
        self.assertFalse(order.order_line[2].source_warehouse_id)

    def test_working_days_and_cut_off(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Weekdays",
                "company_id": self.company.id,
                "tz": "Asia/Ho_Chi_Minh",
            }
        )
        self.south.write({"resource_calendar_id": calendar.id, "sourcing_cutoff": 16})
        for moment, expected in (
            ("2026-11-20 08:00:00", "2026-11-20"),  # Friday, 15:00 there
            ("2026-11-20 09:30:00", "2026-11-23"),  # after the cut-off: Monday
            ("2026-11-21 02:00:00", "2026-11-23"),
        ):
            with freeze_time(moment):
                days = self.south._get_sourcing_days()
            self.assertEqual(str(days[self.south.id]), expected, moment)

    def test_addresses_without_country(self):
        self.partner.write(
            {"country_id": False, "partner_latitude": 0, "partner_longitude": 0}
        )
        self._create_rule("distance", needs_carrier=True, max_distance=100)
        self._add_stock(5, warehouse=self.south)
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "queued")
        self.assertIn("no country", order.sourcing_summary)

    def test_archived_and_foreign_warehouses(self):
        rule = self._create_rule(warehouse_ids=[Command.set(self.middle.ids)])
        self.middle.action_archive()
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "queued")
        with self.assertRaises(UserError):
            order._choose_by_hand(self.middle)
        foreign = self._get_warehouse(self.other_company)
        with self.assertRaises(UserError):
            order._choose_by_hand(foreign)
        with self.assertRaises(UserError):
            rule.warehouse_ids = foreign

    def test_warehouses_that_supply_each_other(self):
        self.north.resupply_wh_ids = self.south
        self.south.resupply_wh_ids = self.north
        self._create_rule()
        self._add_stock(5, warehouse=self.north)
        orders = self._create_order() + self._create_order(quantity=50)
        orders._confirm_in_bulk()
        self.assertEqual(orders.mapped("sourcing_state"), ["sourced", "queued"])
        self.assertEqual(
            sum(self._get_demand(orders).values()), 52.0, "no demand twice"
        )

    def test_approved_quantities_are_the_ceiling(self):
        self.company.approval_mode = "explicit"
        self._create_rule(splits_lines=True)
        self._add_stock(3, warehouse=self.north)
        self._add_stock(3, warehouse=self.south)
        order = self._create_order(quantity=8)
        order.action_submit()
        order.order_line.write({"approved_qty": 5, "cut_reason": "Scarce"})
        order.action_approve()
        order.action_confirm()
        self.assertEqual(order.sourcing_state, "sourced")
        self.assertEqual(sum(self._get_demand(order).values()), 5.0)

    def test_capacity_is_taken_and_given_back(self):
        self.south.sourcing_order_capacity = 1
        self._create_rule()
        self._add_stock(9, warehouse=self.south)
        self._add_stock(9, warehouse=self.north)
        orders = self._create_order() + self._create_order()
        orders._confirm_in_bulk()
        self.assertEqual(orders.mapped("warehouse_id"), self.south + self.north)
        self.assertEqual(self.south.sourcing_day_orders, 1)
        self.assertEqual(self.south.sourcing_day_share, 100)
        orders[0]._action_cancel()
        self.south.invalidate_recordset()
        self.assertEqual(self.south.sourcing_day_orders, 0)
        third = self._create_order()
        third.action_confirm()
        self.assertEqual(third.warehouse_id, self.south)

    def test_queries_do_not_grow_with_the_orders(self):
        self._create_rule()
        # as "Buy" is on many products
        self.product.route_ids = self.env["stock.route"].create({"name": "Any"})
        self._add_stock(500, warehouse=self.south)
        self._add_stock(500, self.second_product, self.south)
        counts = []
        for count in (3, 30, 3, 30):
            orders = self.env["sale.order"]
            for _number in range(count):
                orders |= self._create_wants(
                    (self.product, 1), (self.second_product, 1)
                )
            self.env.flush_all()
            self.env.invalidate_all()
            with collect_statements(self.env.cr) as seen:
                orders._source()
                self.env.flush_all()
            counts.append(seen)
        self.assertEqual(
            counts[2].total(), counts[3].total(), counts[3].describe(counts[2])
        )

    def test_importer_sources_before_it_confirms(self):
        self._create_rule(channel_ids=[Command.set(self.channel.ids)])
        self._add_stock(9, warehouse=self.south)
        orders = self._create_order(sale_channel_id=self.channel.id)
        self.channel.write({"auto_confirm": True})
        orders.channel_paid = True
        importer = self.env["channel.order.importer"]._for_channel(self.channel)
        importer._go_on(self.channel, orders.with_env(importer.env))
        self.assertEqual(orders.state, "sale")
        self.assertEqual(orders.picking_ids.picking_type_id.warehouse_id, self.south)
