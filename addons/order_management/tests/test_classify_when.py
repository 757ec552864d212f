# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import freeze_time, tagged

from .classify_common import ClassifyCase
from .statements import fewest_statements


@tagged("post_install", "-at_install", "meets_others")
class TestClassifyWhen(ClassifyCase):
    """OM-8: when rules are asked, by whom, and what they cost."""

    def test_at_confirmation_once(self):
        rule = self._make_rule(set_priority="1")
        order = self._enter()
        order.action_confirm()
        self.assertEqual(order.priority, "1")
        self.assertEqual(order.picking_ids.priority, "1")
        rule.set_priority = "2"
        other = self._enter()
        other.action_apply_rules()
        rule.set_priority = "1"
        other.action_confirm()
        self.assertEqual(other.priority, "2", "applied by itself once only")

    def test_at_submission(self):
        self.company.approval_mode = "explicit"
        self._make_rule(set_tag_ids=[Command.set(self.tag.ids)])
        order = self._enter()
        order.action_submit()
        self.assertEqual(order.tag_ids, self.tag)
        signed = self._enter()
        signed._validate_order()
        self.assertEqual(signed.approval_state, "to_approve")
        self.assertEqual(signed.tag_ids, self.tag)

    def test_confirmed_order(self):
        """Of a confirmed order the place and the people stay."""
        order = self._enter()
        order.action_confirm()
        team = order.team_id
        self._make_rule(set_priority="2", set_team_id=self.team.id)
        message = order.action_apply_rules()["params"]["message"]
        self.assertIn("1 of 1", message)
        self.assertEqual(order.priority, "2")
        self.assertEqual(order.team_id, team)

    def test_salesperson_takes_nothing_along(self):
        """What Odoo chooses by the salesperson stays as the channel set it."""
        self.channel.team_id = self.team
        self._make_rule(set_user_id=self.manager.id)
        order = self._import_order()
        self.assertEqual(order.user_id, self.manager)
        self.assertEqual(order.team_id, self.team)

    def test_number_of_queries(self):
        """The same for 2 orders and for 40: it depends on the rules."""
        category = self.env["product.category"].create({"name": "Light"})
        self.lamp.categ_id = category
        self._make_rule(
            amount_from=10,
            categ_ids=[Command.set(category.ids)],
            payment="unpaid",
            order_domain="[('amount_total', '>', 1)]",
            is_ship_by_set=True,
            set_priority="1",
            set_tag_ids=[Command.set(self.tag.ids)],
        )
        sizes = {2: [], 40: []}
        for size, batches in sizes.items():
            for _round in range(3):
                orders = self._create_equal_orders(size)
                orders.order_line.product_id = self.lamp
                batches.append(orders)

        def work(size, number):
            self.env.flush_all()
            self.env.invalidate_all()
            sizes[size][number]._classify()
            self.env.flush_all()

        few = fewest_statements(self.env.cr, lambda number: work(2, number))
        many = fewest_statements(self.env.cr, lambda number: work(40, number))
        self.assertEqual(set(sizes[40][0].mapped("priority")), {"1"})
        self.assertLessEqual(many.total(), few.total() + 1, many.describe(few))

    def test_trial(self):
        rule = self._make_rule(set_priority="2", amount_from=60, active=False)
        big = self._import_order("T1")
        self._import_order("T2", lines=[self._prepare_line(quantity=1)])
        trial = (
            self.env["order.rule.trial"]
            .with_user(self.manager)
            .create({"rule_id": rule.id, "date_from": "2026-07-01"})
        )
        trial.date_to = "2026-07-31"
        trial.action_try()
        self.assertEqual((trial.order_count, trial.match_count), (2, 1))
        self.assertEqual(trial.match_ids, big)
        self.assertIn("1 of 2", trial.result)
        domain = trial.action_view_matches()["domain"]
        self.assertEqual(self.env["sale.order"].search(domain), big)
        self.assertEqual(big.priority, "0", "nothing is changed")

    def test_bad_rules(self):
        for vals, words in (
            ({}, "sets nothing"),
            ({"set_priority": "1", "order_domain": "[('nope', '=', 1)]"}, "nope"),
            ({"set_priority": "1", "order_domain": "oops("}, "further condition"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._make_rule(**vals)
        stranger = self._create_user("clerk", self.other_company)
        with self.assertRaisesRegex(ValidationError, "does not work in"):
            self._make_rule(set_user_id=stranger.id)
        with self.assertRefusedByDatabase("order_rule_amount_check"):
            self._make_rule(set_priority="1", amount_from=2, amount_to=1)

    def test_rights_and_companies(self):
        rule = self._make_rule(set_priority="2")
        with self.assertRaises(AccessError):
            rule.with_user(self.clerk).name = "Mine"
        rule.with_user(self.manager).name = "Ours"
        theirs = self._create_user("manager", self.other_company)
        self.assertFalse(self.rules.with_user(theirs).search([("id", "=", rule.id)]))
        order = self._create_order(self.other_company)
        order._classify()
        self.assertEqual(order.priority, "0", "of another company")

    @freeze_time("2026-03-02 10:00:00")
    def test_staff_order_counts_from_now(self):
        self._make_rule(is_ship_by_set=True, ship_within=1)
        order = self._enter(date_order="2026-02-01 10:00:00")
        order.action_apply_rules()
        self.assertEqual(order.ship_by, Datetime.to_datetime("2026-03-02 11:00:00"))
