# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from decimal import Decimal
from types import SimpleNamespace

from odoo.tests import BaseCase, tagged

from ..tools.spread import quarter_weights, spread
from ..tools.typed_number import read_number, show_number


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


@tagged("post_install", "-at_install")
class TestTypedNumber(BaseCase):
    """Portal users type numbers as their language writes them."""

    def setUp(self):
        super().setUp()
        self.english = SimpleNamespace(decimal_point=".", thousands_sep=",")
        self.vietnamese = SimpleNamespace(decimal_point=",", thousands_sep=".")

    def test_read(self):
        for text, english, vietnamese in (
            ("1,000", 1000, 1),
            ("1.000", 1, 1000),
            ("1,5", 1.5, 1.5),
            ("1.5", 1.5, 1.5),
            ("0.125", 0.125, 0.125),
            ("-12\xa0000", -12000, -12000),
        ):
            self.assertEqual(read_number(text, self.english), english, text)
            self.assertEqual(read_number(text, self.vietnamese), vietnamese, text)
        self.assertEqual(read_number("1,234,567.5", self.english), 1234567.5)
        self.assertEqual(read_number("1.234.567,5", self.vietnamese), 1234567.5)

    def test_none(self):
        bad = ("", "abc", "1e5", "nan", "1_000", "1.2.3", "1,00,0.5", "-")
        for text in (*bad, "9" * 400, "1" + " " * 10_000 + "," * 10_000):
            with self.assertRaises(ValueError):
                read_number(text, self.english)

    def test_shown_is_read_again(self):
        for lang in (self.english, self.vietnamese):
            for value in (0, 48, 1.125, 1234567.5, 0.000001):
                self.assertEqual(read_number(show_number(value, lang), lang), value)
