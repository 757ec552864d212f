# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .race_common import RaceCase


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestOrderQuotaConcurrency(RaceCase):
    """OM-11, invariant 3: a quota is exact when several sessions draw on it."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            quotas = env["order.quota"].create(
                [
                    {
                        "name": f"Concurrency {number}",
                        "period_type": "season",
                        "date_from": f"2001-01-0{number}",
                        "date_to": "2001-02-01",
                        "limit_qty": 100,
                    }
                    for number in (1, 2)
                ]
            )
            quotas.action_activate()
            self.quota_ids = quotas.ids
        self.addCleanup(self._remove_quotas)

    def _remove_quotas(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL order_management.archive = 'on'")
            for table, column in (
                ("order_quota_move", "quota_id"),
                ("order_quota", "id"),
            ):
                cr.execute(
                    f"DELETE FROM {table} WHERE {column} = ANY(%s)", [self.quota_ids]
                )
            cr.execute(
                "DELETE FROM order_event WHERE res_model = 'order.quota'"
                " AND res_id = ANY(%s)",
                [self.quota_ids],
            )

    def _apply(self, *batches):
        """Each batch of movements in a session of its own.

        :return: one exception or None a batch
        """
        return self._race(
            *(
                lambda env, batch=batch: env["order.quota.move"]._apply_moves(batch)
                for batch in batches
            )
        )

    def _hold(self, quota_id, quantity, key):
        return {
            "quota_id": quota_id,
            "kind": "hold",
            "delta_held": quantity,
            "key": key,
        }

    def _read(self, quota_id):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT q.held_qty, COALESCE(sum(m.delta_held), 0), count(m.id)"
                " FROM order_quota q LEFT JOIN order_quota_move m ON m.quota_id = q.id"
                " WHERE q.id = %s GROUP BY q.id",
                [quota_id],
            )
            return tuple(float(value) for value in cr.fetchone())

    def test_sixty_and_sixty_over_a_hundred(self):
        """Exactly one wins; the other is told what is left."""
        quota_id = self.quota_ids[0]
        errors = self._apply(
            [self._hold(quota_id, 60, "race-a")], [self._hold(quota_id, 60, "race-b")]
        )
        losers = [error for error in errors if error]
        self.assertEqual(len(losers), 1)
        self.assertRegex(str(losers[0]), "60 asked for, 40 left of 100")
        self.assertEqual(self._read(quota_id), (60, 60, 1))

    def test_same_key_at_once(self):
        """The same message in two sessions counts once, and nobody sees an error."""
        quota_id = self.quota_ids[0]
        vals = self._hold(quota_id, 30, "race-same")
        self.assertEqual(self._apply([vals], [vals]), [None, None])
        self.assertEqual(self._read(quota_id), (30, 30, 1))

    def test_opposite_order_no_deadlock(self):
        """Batches that name the quotas the other way round both arrive."""
        first, second = self.quota_ids
        errors = self._apply(
            [self._hold(first, 10, "d-1"), self._hold(second, 10, "d-2")],
            [self._hold(second, 20, "d-3"), self._hold(first, 20, "d-4")],
        )
        self.assertEqual(errors, [None, None])
        for quota_id in self.quota_ids:
            self.assertEqual(self._read(quota_id), (30, 30, 2))

    def test_many_sessions(self):
        """Eight sessions of 15 over 100: six win, two hear the business error."""
        quota_id = self.quota_ids[0]
        errors = self._apply(
            *([self._hold(quota_id, 15, f"many-{number}")] for number in range(4))
        )
        errors += self._apply(
            *([self._hold(quota_id, 15, f"many-{number}")] for number in range(4, 8))
        )
        self.assertEqual(len([error for error in errors if error]), 2)
        self.assertEqual(self._read(quota_id), (90, 90, 6))
