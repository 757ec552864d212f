# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .shipment_common import ShipmentCase
from .statements import collect_statements


@tagged("post_install", "-at_install")
class TestCarrierRule(ShipmentCase):
    """OM-17: the carrier is chosen by rules and cost, and says why."""

    def test_without_rules_nothing_is_chosen(self):
        order = self._make_order()
        self.assertFalse(order.carrier_id)
        self.assertFalse(order.carrier_choice)
        with self.assertRaisesRegex(UserError, "no carrier rules"):
            order.action_choose_carrier()

    def test_confirmed_orders_get_the_cheapest(self):
        rule = self._make_rule(self.express, self.carrier)
        order = self._make_order()
        self.assertEqual(order.carrier_id, self.carrier)
        self.assertEqual(order.carrier_rule_id, rule)
        self.assertIn("Express", order.carrier_choice)
        picking = order.picking_ids
        self.assertEqual(picking.carrier_id, self.carrier)
        self.assertEqual(picking.carrier_choice, order.carrier_choice)
        self.assertFalse(order.order_line.filtered("is_delivery"), "no price changes")
        self.assertEqual(rule.order_count, 1)

    def test_a_carrier_chosen_by_a_person_stays(self):
        self._make_rule(self.carrier)
        order = self._make_order(carrier_id=self.express.id)
        self.assertEqual(order.carrier_id, self.express)
        ruled = self._make_order()
        ruled.carrier_id = self.express
        self.assertFalse(ruled.carrier_choice)
        self.assertFalse(ruled.carrier_rule_id)
        ruled.picking_ids.carrier_id = self.express
        self.assertFalse(ruled.picking_ids.carrier_choice)

    def test_price_list_of_the_carrier(self):
        """By weight: 2 + 10 a kilogram is cheaper than 25 for 2 kg, not for 3 kg."""
        by_weight = self._make_carrier("By Weight", 0.0, delivery_type="base_on_rule")
        by_weight.price_rule_ids = [
            Command.create(
                {
                    "variable": "weight",
                    "operator": "<=",
                    "max_value": 20,
                    "list_base_price": 2.0,
                    "list_price": 10.0,
                    "variable_factor": "weight",
                }
            )
        ]
        self._make_rule(self.carrier, by_weight)
        self.assertEqual(self._make_order(4).carrier_id, by_weight)
        self.assertEqual(self._make_order(6).carrier_id, self.carrier)

    def test_conditions(self):
        tag = self.env["product.tag"].create({"name": "Frozen"})
        shop = self.env["sale.channel"].create(
            {"name": "Shop", "company_id": self.company.id}
        )
        rules = {
            "tag": self._make_rule(self.express, product_tag_ids=tag.ids),
            "channel": self._make_rule(self.express, channel_ids=shop.ids),
            "amount": self._make_rule(self.express, amount_from=500.0),
            "promise": self._make_rule(self.express, promise_days=2),
            "zip": self._make_rule(self.express, zip_prefixes="70, 71"),
            "rest": self._make_rule(self.carrier),
        }
        frozen = self._make_product("Ice", product_tag_ids=[Command.set(tag.ids)])
        dear = self._make_product("Ring", list_price=600.0)
        soon = fields.Datetime.now() + timedelta(days=1)
        saigon = self.partner.copy({"zip": "70000"})
        orders = {
            "tag": self._make_order(1, product=frozen),
            "channel": self._make_order(1, sale_channel_id=shop.id),
            "amount": self._make_order(1, product=dear),
            "promise": self._make_order(1, commitment_date=soon),
            "zip": self._make_order(1, partner_id=saigon.id),
            "rest": self._make_order(1),
        }
        for name, order in orders.items():
            self.assertEqual(order.carrier_rule_id, rules[name], name)

    def test_cash_on_delivery_as_the_channel_says(self):
        self.express.allow_cash_on_delivery = True
        self._make_rule(self.carrier, self.express)
        order = self._make_order(confirm=False, cash_on_delivery=True)
        order.action_confirm()
        self.assertEqual(order.carrier_id, self.express)
        self.assertIn("cash", order.carrier_choice)

    def test_nobody_can_take_it(self):
        self.carrier.country_ids = self.env.ref("base.us")
        self._make_rule(self.carrier)
        order = self._make_order()
        self.assertEqual(order.state, "sale", "never stops a confirmation")
        self.assertFalse(order.carrier_id)
        self.assertIn("does not deliver there", order.carrier_choice)

    def test_again_by_button_moves_open_deliveries(self):
        rule = self._make_rule(self.carrier)
        orders = self._make_order() | self._make_order()
        orders[1].picking_ids.carrier_tracking_ref = "P1"
        rule.carrier_ids = self.express
        clerk = orders.with_user(self.users["clerk"])
        answer = clerk.action_choose_carrier()
        self.assertIn("2 of 2", answer["params"]["message"])
        self.assertEqual(orders.carrier_id, self.express)
        self.assertEqual(orders[0].picking_ids.carrier_id, self.express)
        self.assertEqual(
            orders[1].picking_ids.carrier_id, self.carrier, "its label is printed"
        )

    def test_deliveries_by_what_is_in_them(self):
        rule = self._make_rule(self.express, weight_to=1.0)
        self._make_rule(self.carrier)
        order = self._make_order(4)
        self.assertEqual(order.carrier_id, self.carrier)
        self._ship(order.picking_ids, 3)
        rest = order.picking_ids.filtered(lambda picking: picking.state != "done")
        rest.with_user(self.users["storekeeper"]).action_choose_carrier()
        self.assertEqual(rest.carrier_id, self.express)
        self.assertIn(rule.name, rest.carrier_choice)

    def test_services_need_no_carrier(self):
        self._make_rule(self.carrier)
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        order = self._make_order(product=service)
        self.assertFalse(order.carrier_id)

    def test_rules_of_another_company(self):
        other = self.env["res.company"].create({"name": "Neighbour"})
        rule = self._make_rule(self.express, company_id=other.id)
        self.assertFalse(self._make_order().carrier_id)
        manager = self.users["manager"]
        self.assertFalse(rule.with_user(manager).search([("id", "=", rule.id)]))
        with self.assertRaises(AccessError):
            own = self._make_rule(self.carrier)
            own.with_user(self.users["clerk"]).write({"name": "Mine"})

    def test_impossible_rules_are_refused(self):
        with self.assertRaises(ValidationError):
            self._make_rule(self.carrier, weight_from=2.0, weight_to=1.0)
        with self.assertRaises(ValidationError):
            self._make_rule(name="Nobody")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.cr.savepoint():
                self._make_rule(self.carrier, promise_days=-1)

    def test_an_archived_rule_chooses_no_more(self):
        rule = self._make_rule(self.carrier)
        self.assertTrue(self._make_order().carrier_id)
        rule.action_archive()
        self.assertFalse(self._make_order().carrier_id)

    def test_many_orders_cost_no_more_statements(self):
        self._make_rule(self.carrier, self.express)
        few = self._make_order(confirm=False)
        many = few.browse().concat(
            *(self._make_order(confirm=False) for _number in range(30))
        )

        def choose(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            with collect_statements(self.cr) as seen:
                orders._choose_carriers()
                self.env.flush_all()
            return seen

        choose(few)
        one, thirty = choose(few), choose(many)
        self.assertEqual(many.carrier_id, self.carrier)
        self.assertLessEqual(thirty.total(), one.total() + 3, thirty.describe(one))

    def test_without_rules_a_confirmation_asks_nothing(self):
        orders = [self._make_order(confirm=False) for _number in range(2)]
        orders[0].action_confirm()
        with collect_statements(self.cr) as seen:
            orders[1].action_confirm()
        self.assertFalse([text for text in seen if "order_carrier_rule" in text])
