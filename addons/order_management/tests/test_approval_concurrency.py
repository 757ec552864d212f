# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-31: people who decide the same order at the same moment."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .race_common import RaceCase, get_seeds

_LOGINS = ("approval_race_1", "approval_race_2")


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestApprovalConcurrency(RaceCase):
    """Two reviewers and an order that waits for them."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        with self._env(tracking_disable=True) as env:
            users = env["res.users"].concat(
                *(
                    new_test_user(env, x, groups="order_management.group_reviewer")
                    for x in _LOGINS
                )
            )
            self.user_ids = users.ids
            channel = env["sale.channel"].create(
                {
                    "name": "Approval race",
                    "company_id": env.company.id,
                    "approval_mode": "explicit",
                }
            )
            self.channel_id = channel.id
            self.partner_id = env["res.partner"].create({"name": "Approval race"}).id
            self.product_id = (
                env["product.product"]
                .create({"name": "Approval race", "type": "service"})
                .id
            )

    def _submit(self, **rule):
        """A rule for both users, and an order that waits for them."""
        with self._env(tracking_disable=True) as env:
            env["order.approval.rule"].create(
                {
                    "name": "Approval race",
                    "channel_ids": [Command.set([self.channel_id])],
                    "user_ids": [Command.set(self.user_ids)],
                    **rule,
                }
            )
            order = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "sale_channel_id": self.channel_id,
                    "order_line": [Command.create({"product_id": self.product_id})],
                }
            )
            order.action_submit()
            return order.id

    def _clean(self):
        with self._env(active_test=False) as env:
            cr = env.cr
            cr.execute("SET LOCAL order_management.archive = 'on'")
            by_channel = [("sale_channel_id", "=", self.channel_id)]
            orders = env["sale.order"].search(by_channel)
            cr.execute("DELETE FROM order_event WHERE order_id = ANY(%s)", [orders.ids])
            orders._action_cancel()
            orders.unlink()
            cr.execute(
                "DELETE FROM order_event WHERE user_id = ANY(%s)"
                " OR channel_id = %s OR order_id = ANY(%s) OR res_id = ANY(%s)",
                [self.user_ids, self.channel_id, orders.ids, orders.ids],
            )
            env["order.approval.rule"].search([("name", "=", "Approval race")]).unlink()
            env["sale.channel"].browse(self.channel_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id + env["res.partner"].browse(self.partner_id)
            users.unlink()
            partners.unlink()

    def _decide(self, order_id, *acts):
        """Each user acts at the same moment.

        :return: one exception or None an act
        """
        return self._race(
            *(
                lambda env, act=act: act(env["sale.order"].browse(order_id))
                for act in acts
            ),
            users=self.user_ids,
        )

    def _read(self, order_id):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT o.approval_state, array_agg(s.state ORDER BY s.state),"
                " count(DISTINCT s.decided_by_id) FROM sale_order o"
                " JOIN order_approval_step s ON s.order_id = o.id"
                " WHERE o.id = %s GROUP BY o.id",
                [order_id],
            )
            return cr.fetchone()

    def test_the_last_two_approvals_at_once(self):
        """Neither waits for the other: the later one sees the first and finishes."""
        for _seed in get_seeds():
            order_id = self._submit(min_approvals=2)
            errors = self._decide(order_id, *[lambda o: o.action_approve()] * 2)
            self.assertEqual(errors, [None, None])
            self.assertEqual(
                self._read(order_id), ("approved", ["approved", "approved"], 2)
            )
            self._forget_rules()

    def test_two_rules_side_by_side_at_once(self):
        """Nothing but the order is between the two: each would think the other's
        approval is still to come, and nobody would let the order through."""
        first, second = self.user_ids
        for _seed in get_seeds():
            with self._env() as env:
                env["order.approval.rule"].create(
                    {
                        "name": "Approval race",
                        "channel_ids": [Command.set([self.channel_id])],
                        "user_ids": [Command.set([second])],
                    }
                )
            order_id = self._submit(user_ids=[Command.set([first])])
            errors = self._decide(order_id, *[lambda o: o.action_approve()] * 2)
            self.assertEqual(errors, [None, None])
            self.assertEqual(
                self._read(order_id), ("approved", ["approved", "approved"], 2)
            )
            self._forget_rules()

    def test_approved_and_refused_at_once(self):
        """One decision counts; the other hears that it is decided."""
        for _seed in get_seeds():
            order_id = self._submit()
            errors = self._decide(
                order_id,
                lambda o: o.action_approve(),
                lambda o: o.action_refuse("No"),
            )
            state, steps, deciders = self._read(order_id)
            self.assertEqual(steps, [state])
            self.assertEqual(deciders, 1)
            # approving what was refused is an error; refusing what was approved, too
            self.assertEqual(len([error for error in errors if error]), 1)
            self._forget_rules()

    def _forget_rules(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE order_approval_rule SET active = false WHERE id IN (SELECT"
                " order_approval_rule_id FROM order_approval_rule_sale_channel_rel"
                " WHERE sale_channel_id = %s)",
                [self.channel_id],
            )
