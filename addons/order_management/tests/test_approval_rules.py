# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31: which orders need whose approval, and why."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import new_test_user, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalRules(ApprovalCase):
    def _get_whys(self, order):
        steps = self._get_steps(order).filtered("rule_id")
        return " | ".join(steps.mapped("why"))

    def test_no_rule_any_reviewer(self):
        order = self._submit()
        step = self._get_steps(order)
        self.assertTrue(step.is_open)
        self.assertEqual(step.state, "pending")
        self.assertEqual(step.waiting_for, "any reviewer")
        self._as(order, "deputy").action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(step.decided_by_id, self.users["deputy"])

    # ------------------------------------------------------------ conditions

    def test_amount_in_company_currency(self):
        self._make_rule("leader", by_amount=True, amount_over=100)
        self.assertFalse(self._get_whys(self._submit(10)))
        why = self._get_whys(self._submit(11))
        self.assertIn("110.00", why)
        self.assertIn("over", why)

    def test_amount_of_another_currency(self):
        self._make_rule("leader", by_amount=True, amount_over=100)
        currency = self.env["res.currency"].create(
            {
                "name": "TWO",
                "symbol": "2",
                "rate_ids": [
                    Command.create({"rate": 2.0, "company_id": self.company.id})
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Two", "currency_id": currency.id, "company_id": self.company.id}
        )
        for quantity, matched in ((10, False), (11, True)):
            order = self._make_order(quantity, confirm=False, pricelist_id=pricelist.id)
            self.assertEqual(order.currency_id, currency)
            order.order_line.price_unit = 20
            order.action_submit()
            self.assertEqual(bool(self._get_whys(order)), matched)

    def test_discount(self):
        self._make_rule("leader", by_discount=True, discount_over=15)
        order = self._make_order(10, confirm=False)
        order.order_line.discount = 15
        order.action_submit()
        self.assertFalse(self._get_whys(order))
        order = self._make_order(10, 10, confirm=False)
        order.order_line[1].discount = 16
        order.action_submit()
        self.assertIn("Discount 16 % over 15 %", self._get_whys(order))

    def test_discount_by_other_ways(self):
        """A typed price below the list and a negative line are discounts as well."""
        self._make_rule("leader", by_discount=True, discount_over=15)
        order = self._make_order(10, confirm=False)
        order.order_line.write({"price_unit": 5, "technical_price_unit": 10})
        order.action_submit()
        self.assertIn("Discount 50 %", self._get_whys(order))
        order = self._make_order(10, confirm=False)
        gift = self.env["product.product"].create(
            {"name": "Rebate", "type": "service", "taxes_id": False}
        )
        order.order_line.create(
            {"order_id": order.id, "product_id": gift.id, "price_unit": -20}
        )
        order.action_submit()
        self.assertIn("Discount 20 %", self._get_whys(order))
        # goods that come back are no discount
        order = self._make_order(10, -5, confirm=False)
        order.action_submit()
        self.assertFalse(self._get_whys(order))

    def test_margin(self):
        self._make_rule("leader", by_margin=True, margin_under=20)
        self.product.with_company(self.company).standard_price = 8
        self.assertFalse(self._get_whys(self._submit(10)))
        self.product.with_company(self.company).standard_price = 9
        self.assertIn("Margin 10 % under 20 %", self._get_whys(self._submit(10)))
        # a dozen costs twelve times the unit
        self.product.uom_ids = self.dozen
        order = self._make_order(1, uom=self.dozen, confirm=False)
        order.order_line.price_unit = 120
        order.action_submit()
        self.assertIn("Margin 10 %", self._get_whys(order))

    def test_over_credit(self):
        self._make_rule("leader", by_over_credit=True)
        self.company.account_use_credit_limit = True
        self.partner.with_company(self.company).credit_limit = 150
        contact = self.partner.create({"name": "Shop", "parent_id": self.partner.id})
        confirmed = self._make_order(10)
        self.assertEqual(confirmed.approval_state, "approved")
        # 100 confirmed and not invoiced, 50 more are within 150, 60 are not
        self.assertFalse(self._get_whys(self._submit(5)))
        order = self._submit(6, partner_id=contact.id)
        self.assertIn("Credit: ", self._get_whys(order))
        self.assertIn("160.00", self._get_whys(order))
        self.company.account_use_credit_limit = False
        self.assertFalse(self._get_whys(self._submit(60)))

    def test_over_quota(self):
        self._make_rule("leader", by_over_quota=True)
        order = self._make_order(confirm=False)
        self.assertFalse(order._is_over_quota())
        self.patch(type(order), "_is_over_quota", lambda orders: orders)
        order.action_submit()
        self.assertEqual(self._get_whys(order), "Over quota")

    def test_new_customer(self):
        self._make_rule("leader", by_new_customer=True)
        contact = self.partner.create({"name": "Shop", "parent_id": self.partner.id})
        self.assertEqual(self._get_whys(self._submit()), "New customer")
        self._make_order(partner_id=contact.id)
        self.assertFalse(self._get_whys(self._submit()))

    def test_channel_and_further_condition(self):
        shop, other = self.env["sale.channel"].create(
            [
                {"name": name, "company_id": self.company.id}
                for name in ("Shop", "Other")
            ]
        )
        self._make_rule(
            "leader",
            channel_ids=[Command.set(shop.ids)],
            order_domain="[('client_order_ref', '=', 'VIP')]",
        )
        for channel, ref, matched in (
            (shop, "VIP", True),
            (shop, "x", False),
            (other, "VIP", False),
            (other.browse(), "VIP", False),
        ):
            order = self._submit(sale_channel_id=channel.id, client_order_ref=ref)
            self.assertEqual(bool(self._get_whys(order)), matched)

    def test_all_or_any(self):
        rule = self._make_rule(
            "leader",
            by_amount=True,
            amount_over=100,
            by_discount=True,
            discount_over=15,
        )
        self.assertFalse(self._get_whys(self._submit(50)))
        rule.logic = "any"
        why = self._get_whys(self._submit(50))
        self.assertIn("Amount", why)
        self.assertNotIn("Discount", why)

    def test_neighbours_rule_is_not_ours(self):
        neighbour = self.env["res.company"].create({"name": "Neighbour"})
        self.users["leader"].company_ids += neighbour
        self._make_rule("leader", company_id=neighbour.id)
        self.assertFalse(self._get_whys(self._submit()))

    # ----------------------------------------------------------------- rules

    def test_rule_needs_people_who_may_approve(self):
        with self.assertRaisesRegex(ValidationError, "may not approve"):
            self._make_rule("clerk")
        with self.assertRaisesRegex(ValidationError, "asks for 3 approvals"):
            self._make_rule("leader", "director", min_approvals=3)
        with self.assertRaisesRegex(ValidationError, "one leader"):
            self._make_rule(approver_type="leader", min_approvals=2)
        with self.assertRaisesRegex(ValidationError, "cannot be understood"):
            self._make_rule("leader", order_domain="[('no_such_field', '=', 1)]")

    def test_summary_in_words(self):
        rule = self._make_rule(
            "leader",
            "director",
            by_amount=True,
            amount_over=500,
            by_new_customer=True,
            min_approvals=2,
            level=2,
        )
        for words in (
            "every channel",
            "500.00",
            "and a new customer",
            "2 approvals needed, of: ",
            "nobody approves an order of one's own",
            "asked after level 1",
        ):
            self.assertIn(words, rule.summary)

    def test_used_rule_is_archived(self):
        rule = self._make_rule("leader")
        self._submit()
        with self.assertRaisesRegex(UserError, "archive it"):
            rule.unlink()
        rule.action_archive()
        self.assertTrue(self._get_steps(self._submit()).is_open)

    def test_only_managers_write_rules(self):
        rule = self._make_rule("leader")
        with self.assertRaises(AccessError):
            self._as(rule, "reviewer").write({"name": "Mine"})
        self._as(rule, "manager").write({"name": "Theirs"})

    def test_steps_are_kept_by_the_system(self):
        order = self._submit()
        step = self._get_steps(order)
        for login in ("reviewer", "manager"):
            with self.assertRaises(UserError):
                self._as(step, login).write({"state": "approved"})
        with self.assertRaises(UserError):
            self._as(order, "manager").write(
                {"approval_step_ids": [Command.update(step.id, {"state": "approved"})]}
            )
            self.env.flush_all()

    def test_people_without_a_role_in_the_hub_read_orders_as_before(self):
        bookkeeper = new_test_user(
            self.env,
            "ceiling_bookkeeper",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order = self._submit().with_user(bookkeeper)
        views = order.get_views([(False, "form")])
        fields = views["models"]["sale.order"]["fields"]
        arch = views["views"]["form"]["arch"]
        self.assertNotIn('name="quantity_ids"', arch)
        self.assertNotIn('name="approval_step_ids"', arch)
        names = ["is_my_approval", "approval_why", "approval_waiting_for"]
        self.assertLessEqual(set(names), set(fields))
        self.assertFalse(order.read(names)[0]["is_my_approval"])
        self.assertFalse(order.search_count([("is_my_approval", "=", True)]))

    # --------------------------------------------------------------- dry run

    def test_dry_run_over_past_orders(self):
        for quantity in (5, 10, 20, 30):
            self._make_order(quantity)
        old = self._make_order(90)
        old.date_order = Datetime.now() - timedelta(days=400)
        self._make_order(99, confirm=False)
        rule = self._make_rule("leader", by_amount=True, amount_over=100)
        action = self._as(rule, "manager").action_dry_run()
        trial = (
            self.env[action["res_model"]]
            .with_user(self.users["manager"])
            .with_context(**action["context"])
            .create({})
        )
        trial.action_try()
        self.assertEqual((trial.match_count, trial.order_count), (2, 4))
        self.assertIn("2 of 4", trial.result)
        lines = self.env["order.approval.trial.line"].search(
            trial.action_view_lines()["domain"]
        )
        self.assertEqual(sorted(lines.mapped("amount_total")), [200, 300])
        self.assertIn("over", lines[0].why)
        # nothing was asked of anybody
        self.assertFalse(rule.step_count)

    def test_dry_run_first_order_of_a_customer(self):
        for days in (9, 5, 2):
            order = self._make_order()
            order.date_order = Datetime.now() - timedelta(days=days)
        rule = self._make_rule("leader", by_new_customer=True)
        trial = self.env["order.approval.trial"].create({"rule_id": rule.id})
        trial.action_try()
        self.assertEqual((trial.match_count, trial.order_count), (1, 3))
