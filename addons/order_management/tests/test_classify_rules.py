# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.fields import Command, Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from .classify_common import ClassifyCase


@tagged("post_install", "-at_install", "meets_others")
class TestClassifyRules(ClassifyCase):
    """OM-8: rules give new orders tags, priority, people, place and date."""

    def test_imported_order(self):
        """Everything a rule can give, at import, with the reason kept."""
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Nhanh",
                "product_id": self.env.ref(
                    "order_management.product_product_shipping"
                ).id,
            }
        )
        warehouse = self.env["stock.warehouse"].create(
            {"name": "South", "code": "SO", "company_id": self.company.id}
        )
        self._make_rule(
            "Big lamps",
            channel_ids=[Command.set(self.channel.ids)],
            product_ids=[Command.set(self.lamp.ids)],
            amount_from=50,
            set_tag_ids=[Command.set(self.tag.ids)],
            set_priority="2",
            set_team_id=self.team.id,
            set_user_id=self.clerk.id,
            set_warehouse_id=warehouse.id,
            set_carrier_id=carrier.id,
        )
        order = self._import_order()
        self.assertEqual(order.tag_ids, self.tag)
        self.assertEqual(order.priority, "2")
        self.assertEqual(order.team_id, self.team)
        self.assertEqual(order.user_id, self.clerk)
        self.assertEqual(order.warehouse_id, warehouse)
        self.assertEqual(order.carrier_id, carrier)
        event = self._get_why(order)
        self.assertEqual(len(event), 1)
        for word in ("Big lamps", "Rule VIP", "Urgent", "Express Team", "South"):
            self.assertIn(word, event.reason)
        reasons = [entry["why"] for entry in order._get_why_entries()]
        self.assertIn(event.reason, reasons)
        rule = order.applied_rule_ids
        self.assertEqual(rule.order_count, 1)
        self.assertEqual(rule.action_view_orders()["res_model"], "sale.order")

    def test_without_rules_nothing_happens(self):
        order = self._import_order()
        self.assertFalse(order.classified_at)
        self.assertFalse(self._get_why(order))

    def test_first_rule_counts_and_tags_add_up(self):
        self._make_rule("A", set_priority="1", set_tag_ids=[Command.set(self.tag.ids)])
        self._make_rule(
            "B",
            set_priority="2",
            set_team_id=self.team.id,
            set_tag_ids=[Command.set(self.other_tag.ids)],
            # a tag of a rule before it is a condition, too
            tag_ids=[Command.set(self.tag.ids)],
        )
        order = self._import_order()
        self.assertEqual(order.priority, "1")
        self.assertEqual(order.tag_ids, self.tag | self.other_tag)
        self.assertEqual(order.team_id, self.team)

    def test_stop(self):
        self._make_rule("A", set_priority="1", is_final=True, amount_from=60)
        self._make_rule("B", set_team_id=self.team.id)
        stopped, other = self._import(
            self._prepare_order("A1"),
            self._prepare_order("A2", lines=[self._prepare_line(quantity=1)]),
        ).sale_order_id.sorted("channel_number")
        self.assertEqual(stopped.priority, "1")
        self.assertNotEqual(stopped.team_id, self.team)
        self.assertEqual((other.priority, other.team_id), ("0", self.team))

    def test_conditions(self):
        """Each condition lets through what it says, and nothing else."""
        order = self._import_order(
            shipping_address={
                "name": "Hoa",
                "street": "1 Lê Lợi",
                "city": "Huế",
                "zip": "49 123",
                "country_code": "VN",
            },
        )
        category = self.env["product.category"].create({"name": "Light"})
        child = category.create({"name": "Lamps", "parent_id": category.id})
        self.lamp.categ_id = child
        kind = self.env["res.partner.category"].create({"name": "Rule Shop"})
        order.partner_id.commercial_partner_id.category_id = kind
        order.tag_ids = self.tag
        day = order.date_order.strftime("%a").lower()
        other_day = "sun" if day != "sun" else "mon"
        self.company.partner_id.tz = "UTC"
        good = {
            "order_type": ("imported", "staff"),
            "channel_ids": (self.channel, self._create_channel("X", self.company)),
            "tag_ids": (self.tag, self.other_tag),
            "product_ids": (self.lamp, self.desk),
            "categ_ids": (category, category.create({"name": "Beds"})),
            "partner_ids": (order.partner_id, self.partner.create({"name": "No"})),
            "partner_category_ids": (kind, kind.create({"name": "Rule None"})),
            "amount_from": (80, 80.01),
            "amount_to": (80, 79.99),
            "country_ids": (self.env.ref("base.vn"), self.env.ref("base.us")),
            "zip_prefixes": ("70, 491", "5"),
            "promise": ("none", "promised"),
            "payment": ("paid", "cod"),
            day: (True, None),
            other_day: (False, True),
            "order_domain": ("[('amount_total', '>', 79)]", "[('id', '<', 0)]"),
        }
        for name, (fits, does_not) in good.items():
            with self.subTest(name):
                for value, expected in ((fits, order), (does_not, order.browse())):
                    if value is None:
                        continue
                    if hasattr(value, "ids"):
                        value = [Command.set(value.ids)]
                    vals = {name: value, "set_priority": "1", "active": False}
                    rule = self._make_rule(**vals)
                    self.assertEqual(rule._match(order), expected, (name, value))

    def test_payment_and_promise(self):
        cod = self._import_order(
            "A2", payment={"cash_on_delivery": True, "state": "pending"}
        )
        soon = Datetime.now() + timedelta(hours=3)
        promised = self._import_order(
            "A3", shipping={"ship_by": soon.isoformat() + "+00:00"}
        )
        orders = cod | promised
        paid = self._make_rule(payment="paid", set_priority="1")
        self.assertEqual(paid._match(orders), promised)
        paid.payment = "cod"
        self.assertEqual(paid._match(orders), cod)
        rule = self._make_rule(promise="within", promise_hours=4, set_priority="1")
        self.assertEqual(rule._match(orders), promised)
        rule.promise_hours = 2
        self.assertFalse(rule._match(orders))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            rule.promise_hours = -1
            rule.flush_recordset()

    def test_amount_in_company_currency(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.5,
                "currency_id": eur.id,
                "company_id": self.company.id,
            }
        )
        order = self._import_order(currency="EUR")
        rule = self._make_rule(amount_from=160, set_priority="1")
        self.assertEqual(rule._match(order), order)
        rule.amount_from = 161
        self.assertFalse(rule._match(order))

    def test_ship_by(self):
        """Two working hours, a cut-off, days; the channel's own promise comes first."""
        rule = self._make_rule(is_ship_by_set=True, ship_within=2, cutoff=14.0)
        # Monday, 2 March 2026; the calendar works 8 to 12 and 13 to 17, UTC
        for placed, due in (
            ("2026-03-02T11:00:00+00:00", "2026-03-02 14:00:00"),
            ("2026-03-02T13:30:00+00:00", "2026-03-02 15:30:00"),
            ("2026-03-02T14:30:00+00:00", "2026-03-03 10:00:00"),
            ("2026-03-06T15:00:00+00:00", "2026-03-09 10:00:00"),
        ):
            order = self._import_order(f"S{placed}", placed_at=placed)
            self.assertEqual(order.ship_by, Datetime.to_datetime(due), placed)
            self.assertFalse(order.commitment_date)
        rule.write({"ship_unit": "days", "ship_within": 1})
        order = self._import_order("D1", placed_at="2026-03-02T11:00:00+00:00")
        self.assertEqual(order.ship_by, Datetime.to_datetime("2026-03-03 17:00:00"))
        told = self._prepare_order(
            "D2", shipping={"ship_by": "2026-03-05T12:00:00+00:00"}
        )
        order = self._import(told).sale_order_id
        self.assertEqual(order.ship_by, Datetime.to_datetime("2026-03-05 12:00:00"))
        # a newer version of the channel is taken over
        told["shipping"]["ship_by"] = "2026-03-06T12:00:00+00:00"
        self._import({**told, "updated_at": "2026-03-02T12:00:00+00:00"})
        self.assertEqual(order.ship_by, Datetime.to_datetime("2026-03-06 12:00:00"))

    def test_leave_and_warehouse_hours(self):
        self._make_rule(is_ship_by_set=True, ship_within=2)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-02 00:00:00",
                "date_to": "2026-03-03 00:00:00",
            }
        )
        order = self._import_order("L1", placed_at="2026-03-02T09:00:00+00:00")
        self.assertEqual(order.ship_by, Datetime.to_datetime("2026-03-03 10:00:00"))
        night = self.calendar.create(
            {
                "name": "Night",
                "company_id": self.company.id,
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 18,
                            "hour_to": 23,
                        }
                    )
                    for day in range(7)
                ],
            }
        )
        self.warehouse.resource_calendar_id = night
        order = self._import_order("L2", placed_at="2026-03-02T09:00:00+00:00")
        self.assertEqual(order.ship_by, Datetime.to_datetime("2026-03-02 20:00:00"))

    def test_what_a_person_set_stays(self):
        self._make_rule(set_priority="1", set_team_id=self.team.id, is_ship_by_set=True)
        own_team = self.team.create(
            {"name": "Chosen Team", "company_id": self.company.id}
        )
        entered = self._enter(team_id=own_team.id, priority="2")
        plain = self._enter()
        plain.team_id = own_team.id
        plain.ship_by = "2026-03-10 10:00:00"
        untouched = self._enter(team_id=self._enter().team_id.id, priority="0")
        orders = entered | plain | untouched
        for _again in range(2):
            orders.action_apply_rules()
            self.assertEqual(entered.team_id, own_team)
            self.assertEqual(entered.priority, "2")
            self.assertEqual(plain.team_id, own_team)
            self.assertEqual(plain.priority, "1")
            self.assertEqual(plain.ship_by, Datetime.to_datetime("2026-03-10 10:00:00"))
            self.assertEqual(untouched.team_id, self.team)
            self.assertEqual(untouched.priority, "1")

    def test_a_warehouse_chosen_for_the_goods_stays(self):
        south = self.env["stock.warehouse"].create(
            {"name": "South", "code": "SO", "company_id": self.company.id}
        )
        self.env["order.sourcing.rule"].create(
            {"name": "Any", "company_id": self.company.id}
        )
        order = self._enter()
        usual = order.warehouse_id
        order._choose_by_hand(south)
        self._make_rule(set_warehouse_id=usual.id, set_priority="2")
        order.action_apply_rules()
        self.assertEqual((order.warehouse_id, order.priority), (south, "2"))
