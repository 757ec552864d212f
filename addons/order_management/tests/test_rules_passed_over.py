# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31, OM-14: rules whose further condition broke stop no order."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .approval_common import ApprovalCase
from .sourcing_common import SourcingCommon

_ALL = "[('amount_total', '>=', 0)]"


def _break(rule):
    """What an addon that is gone leaves behind."""
    rule.env.flush_all()
    rule.env.cr.execute(
        f"UPDATE {rule._table} SET order_domain = %s WHERE id = %s",
        ["[('gone', '=', 1)]", rule.id],
    )
    rule.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestApprovalRulePassedOver(ApprovalCase):
    def test_broken_rule(self):
        manager = self.users["manager"]
        broken = self._make_rule("leader", name="Stale", order_domain=_ALL)
        broken.with_user(manager).sequence = 5
        other = self._make_rule("director", name="Sound", order_domain=_ALL)
        _break(broken)
        for _time in range(2):
            step = self._get_steps(self._submit())
            self.assertEqual(step.rule_id, other, "the other rules are asked")
            self.assertIn("“Stale” is broken and was not asked", step.why)
        self.assertIn("gone", broken.error)
        self.assertFalse(other.error)
        self.assertEqual(broken.activity_ids.user_id, manager)
        self.assertEqual(len(broken.activity_ids), 1, "told once")
        trial = self._as(self.env["order.approval.trial"], "manager")
        with self.assertRaisesRegex(UserError, "cannot be used any more"):
            trial.create({"rule_id": broken.id}).action_try()

    def test_nobody_else_is_asked(self):
        """Any reviewer decides, and reads that a rule was not asked."""
        broken = self._make_rule("leader", name="Stale", order_domain=_ALL)
        channel = self.env["sale.channel"].create(
            {"name": "Elsewhere", "company_id": self.company.id}
        )
        foreign = self._make_rule(
            "leader",
            name="Elsewhere",
            order_domain=_ALL,
            channel_ids=[Command.set(channel.ids)],
        )
        for rule in broken | foreign:
            _break(rule)
        foreign._note_error("gone")
        order = self._submit()
        step = self._get_steps(order)
        self.assertTrue(step.is_open)
        self.assertEqual(order.approval_why, step.why)
        self.assertIn("Stale", step.why)
        self.assertNotIn("Elsewhere", step.why, "not about its channel")
        self._as(order, "deputy").action_approve()
        self.assertEqual(order.approval_state, "approved")

    def test_mended(self):
        rule = self._make_rule("leader", order_domain=_ALL)
        _break(rule)
        order = self._submit()
        self.assertTrue(rule.error)
        rule.order_domain = _ALL
        self.assertFalse(rule.error or rule.activity_ids)
        order.action_ask_again()
        self.assertEqual(self._get_steps(order).rule_id, rule)
        self.assertNotIn("broken", self._get_steps(order).why)


@tagged("post_install", "-at_install")
class TestSourcingRulePassedOver(SourcingCommon):
    def test_broken_rule(self):
        owner = new_test_user(
            self.env,
            "sourcing_rule_owner",
            groups="order_management.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self._add_stock(9, self.second_product, self.north)
        self._add_stock(9, self.second_product, self.south)
        make = self._create_rule
        broken = make(
            name="Stale",
            warehouse_ids=[Command.set(self.south.ids)],
            order_domain=_ALL,
        )
        broken.with_user(owner).sequence = 1
        sound = make(
            name="Sound", sequence=2, warehouse_ids=[Command.set(self.north.ids)]
        )
        order = self._create_wants((self.second_product, 1))
        _break(broken)
        order.action_confirm()
        self.assertEqual(order.state, "sale", "no order is stopped")
        self.assertEqual(order.sourcing_rule_id, sound)
        self.assertEqual(order.warehouse_id, self.north)
        self.assertIn("gone", broken.error)
        self.assertEqual(broken.activity_ids.user_id, owner)
        trial = self.env["order.sourcing.trial"].create(
            {"company_id": self.company.id, "rule_ids": [Command.set(broken.ids)]}
        )
        with self.assertRaisesRegex(UserError, "cannot be used any more"):
            trial.action_try()
        broken.order_domain = _ALL
        self.assertFalse(broken.error or broken.activity_ids)
        again = self._create_wants((self.second_product, 1))
        again.action_confirm()
        self.assertEqual(again.sourcing_rule_id, broken)
