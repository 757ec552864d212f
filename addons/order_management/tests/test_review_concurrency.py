# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-9: two people who decide about the same hold at the same moment."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .race_common import RaceCase, get_seeds

_LOGINS = ("review_race_1", "review_race_2")


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestReviewConcurrency(RaceCase):
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
            self.channel_id = (
                env["sale.channel"]
                .create(
                    {
                        "name": "Review race",
                        "company_id": env.company.id,
                        "approval_mode": "none",
                        "review_orders": "on",
                        "auto_confirm": True,
                    }
                )
                .id
            )
            self.partner_id = env["res.partner"].create({"name": "Review race"}).id
            self.product_id = (
                env["product.product"]
                .create({"name": "Review race", "type": "service"})
                .id
            )
            self.rule_id = (
                env["exception.rule"]
                .create(
                    {
                        "name": "Review race",
                        "is_review": True,
                        "model": "sale.order",
                        "exception_type": "by_domain",
                        "domain": "[]",
                        "channel_ids": [Command.set([self.channel_id])],
                    }
                )
                .id
            )

    def _make_order(self):
        with self._env(tracking_disable=True) as env:
            order = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "sale_channel_id": self.channel_id,
                    "channel_number": "RACE",
                    "channel_paid": True,
                    "order_line": [Command.create({"product_id": self.product_id})],
                }
            )
            order._review()
            holds = order.review_hold_ids.filtered(
                lambda hold: hold.rule_id.id == self.rule_id
            )
            (order.review_hold_ids - holds).action_release("Not this one")
            return order.id, holds.id

    def _clean(self):
        with self._env(active_test=False) as env:
            cr = env.cr
            cr.execute("SET LOCAL order_management.archive = 'on'")
            orders = env["sale.order"].search(
                [("sale_channel_id", "=", self.channel_id)]
            )
            cr.execute(
                "DELETE FROM order_event WHERE order_id = ANY(%s) OR user_id = ANY(%s)"
                " OR channel_id = %s",
                [orders.ids, self.user_ids, self.channel_id],
            )
            cr.execute(
                "DELETE FROM order_review_hold WHERE order_id = ANY(%s)", [orders.ids]
            )
            self._drop_orders(env, orders)
            env["exception.rule"].browse(self.rule_id).unlink()
            env["sale.channel"].browse(self.channel_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id + env["res.partner"].browse(self.partner_id)
            users.unlink()
            partners.unlink()

    def test_one_wins_the_other_is_told(self):
        """The order goes on once: one confirmation, one event a decision."""
        for seed in get_seeds():
            _order_id, hold_id = self._make_order()
            errors = self._race(
                _release(hold_id, "First"),
                _release(hold_id, "Second"),
                seed=seed,
                users=self.user_ids,
            )
            told = [error for error in errors if error]
            self.assertEqual(len(told), 1, errors)
            self.assertIn("closed already", str(told[0]))
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT o.state, h.state, h.release_reason, (SELECT count(*)"
                    " FROM order_event e WHERE e.res_model = 'order.review.hold'"
                    " AND e.res_id = h.id AND e.to_state = 'released')"
                    " FROM order_review_hold h JOIN sale_order o ON o.id = h.order_id"
                    " WHERE h.id = %s",
                    [hold_id],
                )
                state, hold_state, reason, events = cr.fetchone()
            winner = errors.index(None)
            self.assertEqual((state, hold_state, events), ("sale", "released", 1))
            self.assertEqual(reason, ("First", "Second")[winner])

    def test_reviewed_and_released_at_once(self):
        """Whoever comes later sees the decision: the hold does not come back."""
        for seed in get_seeds():
            order_id, hold_id = self._make_order()
            errors = self._race(
                _release(hold_id, "Fine"),
                _review(order_id),
                seed=seed,
                users=self.user_ids,
            )
            self.assertEqual(errors, [None, None])
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT o.state, count(*) FROM order_review_hold h"
                    " JOIN sale_order o ON o.id = h.order_id"
                    " WHERE o.id = %s AND h.rule_id = %s GROUP BY o.state",
                    [order_id, self.rule_id],
                )
                self.assertEqual(cr.fetchone(), ("sale", 1))


def _release(hold_id, reason):
    return lambda env: env["order.review.hold"].browse(hold_id).action_release(reason)


def _review(order_id):
    return lambda env: env["sale.order"].browse(order_id).action_review_again()
