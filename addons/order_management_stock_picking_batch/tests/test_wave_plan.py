# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

from odoo.tests import BaseCase, tagged

from ..tools.wave_plan import Limits, Parcel, plan_waves


@tagged("post_install", "-at_install")
class TestWavePlan(BaseCase):
    """OM-16: how parcels are put into waves, without a database."""

    def _parcel(self, number, group="a", lines=1, weight=1.0, size=1):
        ids = tuple(range(number * 10, number * 10 + size))
        return Parcel(ids, (group,), (number,), lines, weight)

    def test_limits(self):
        """Each limit closes a wave; groups are never mixed."""
        parcels = [self._parcel(n, "ab"[n % 2], lines=2) for n in range(8)]
        waves = plan_waves(parcels, Limits(deliveries=3))
        self.assertEqual([wave.deliveries for wave in waves], [3, 3, 1, 1])
        self.assertEqual({len({p.group for p in w.parcels}) for w in waves}, {1})
        waves = plan_waves(parcels, Limits(lines=4))
        self.assertEqual([wave.lines for wave in waves], [4] * 4)
        waves = plan_waves(parcels, Limits(weight=4))
        self.assertEqual([wave.weight for wave in waves], [4, 4])
        self.assertEqual(len(plan_waves(parcels, Limits())), 2)

    def test_urgent_first(self):
        """Where only so many waves may be opened, the rest waits."""
        parcels = [self._parcel(n) for n in (5, 1, 4, 2, 3)]
        waves = plan_waves(parcels, Limits(deliveries=2, waves=2))
        self.assertEqual([wave.ids for wave in waves], [[10, 20], [30, 40]])
        self.assertEqual(plan_waves(parcels, Limits(waves=0)), [])

    def test_too_big(self):
        """What is bigger than a wave has one for itself."""
        parcels = [self._parcel(1, lines=9, size=3), self._parcel(2)]
        waves = plan_waves(parcels, Limits(deliveries=2, lines=5))
        self.assertEqual([wave.ids for wave in waves], [[10, 11, 12], [20]])

    def test_nothing_lost(self):
        """Whatever the limits, each delivery is in one wave, parcels in one piece."""
        for seed in range(50):
            rnd = random.Random(seed)
            parcels = [
                self._parcel(
                    n,
                    rnd.choice("abc"),
                    rnd.randint(1, 9),
                    rnd.random() * 9,
                    rnd.randint(1, 3),
                )
                for n in range(rnd.randint(0, 60))
            ]
            limits = Limits(rnd.randint(0, 7), rnd.randint(0, 20), rnd.choice([0, 15]))
            waves = plan_waves(parcels, limits)
            ids = [record_id for wave in waves for record_id in wave.ids]
            self.assertEqual(sorted(ids), [i for p in parcels for i in p.ids])
            for wave in waves:
                if len(wave.parcels) > 1:
                    self.assertLessEqual(wave.deliveries, limits.deliveries or 10**6)
                    self.assertLessEqual(wave.lines, limits.lines or 10**6)
                    self.assertLessEqual(wave.weight, (limits.weight or 10**6) + 1e-6)
