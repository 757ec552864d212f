# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools.spread import quarter_weights, spread


@tagged("post_install", "-at_install")
class TestSpread(BaseCase):
    """Parts always sum to the whole, to the last unit of the currency."""

    def test_even(self):
        self.assertEqual(spread(100, [1, 1, 1], 0), [34, 33, 33])
        self.assertEqual(spread(100, [1, 1, 1], 2), [33.34, 33.33, 33.33])

    def test_profile(self):
        self.assertEqual(spread(1000, [3, 1, 0], 0), [750, 250, 0])
        self.assertEqual(spread(9, [0, 0, 0], 0), [3, 3, 3])

    def test_quarters(self):
        weights = quarter_weights([3, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0])
        self.assertEqual(weights[:6], [1, 1, 1, 2, 2, 2])
        self.assertEqual(weights[6:], [0] * 6)

    def test_refused(self):
        for total, weights in ((1, []), (-1, [1]), (1, [1, -1])):
            with self.assertRaises(ValueError):
                spread(total, weights, 0)

    def test_random(self):
        rnd = random.Random(11)
        for _round in range(300):
            decimals = rnd.choice((0, 2, 3))
            total = round(rnd.uniform(0, 1e9), decimals)
            weights = [rnd.choice((0, 1, rnd.random())) for _i in range(12)]
            parts = spread(total, weights, decimals)
            self.assertEqual(
                sum(Decimal(repr(part)) for part in parts), Decimal(repr(float(total)))
            )
            self.assertGreaterEqual(min(parts), 0)
