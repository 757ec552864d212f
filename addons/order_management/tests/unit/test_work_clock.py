# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""OM-8: working hours as a clock, for very many moments."""

import unittest
from datetime import datetime, timedelta

from pytz import timezone, utc
from working_time import WorkClock

ZONE = timezone("Asia/Ho_Chi_Minh")


def _at(day, hour, minute=0):
    """A moment of March 2026 in Vietnam, naive UTC; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute) - timedelta(hours=7)


class TestWorkClock(unittest.TestCase):
    def setUp(self):
        self.loads = []
        self.clock = WorkClock(self._load, ZONE)

    def _load(self, start, end):
        """8 to 12 and 13 to 17, Monday to Friday."""
        self.loads.append(start)
        found = []
        day = start - timedelta(days=1)
        while day < end:
            local = (day + timedelta(hours=7)).date()
            if local.weekday() < 5:
                base = datetime(local.year, local.month, local.day, 1)
                for begin, stop in ((0, 4), (5, 9)):
                    first = max(base + timedelta(hours=begin), start)
                    last = min(base + timedelta(hours=stop), end)
                    if first < last and (first, last) not in found:
                        found.append((first, last))
            day += timedelta(hours=12)
        return sorted(found)

    def test_add(self):
        self.assertEqual(self.clock.add(_at(2, 9), 2), _at(2, 11))
        self.assertEqual(self.clock.add(_at(2, 11), 2), _at(2, 14))
        self.assertEqual(self.clock.add(_at(2, 16), 2), _at(3, 9))
        # from the evening, from lunch, over the weekend
        self.assertEqual(self.clock.add(_at(2, 20), 1), _at(3, 9))
        self.assertEqual(self.clock.add(_at(2, 12, 30), 1), _at(2, 14))
        self.assertEqual(self.clock.add(_at(6, 16), 2), _at(9, 9))
        self.assertEqual(self.clock.add(_at(2, 8), 8), _at(2, 17))
        self.assertEqual(self.clock.add(_at(2, 9), 0), _at(2, 9))

    def test_add_a_long_time(self):
        """40 hours a week, beyond what is loaded at once."""
        self.assertEqual(
            self.clock.add(_at(2, 8), 40 * 8), _at(2, 17) + timedelta(days=53)
        )

    def test_count(self):
        self.assertEqual(self.clock.count(_at(2, 9), _at(2, 14)), 4)
        self.assertEqual(self.clock.count(_at(6, 16), _at(9, 9)), 2)
        self.assertEqual(self.clock.count(_at(9, 9), _at(6, 16)), -2)
        self.assertEqual(self.clock.count(_at(7, 9), _at(8, 14)), 0)

    def test_cutoff(self):
        self.assertEqual(self.clock.apply_cutoff(_at(2, 14), 14.0), _at(2, 14))
        self.assertEqual(self.clock.apply_cutoff(_at(2, 14, 1), 14.0), _at(3, 0))
        self.assertEqual(self.clock.apply_cutoff(_at(2, 23), 0), _at(2, 23))
        # 6:30 in Vietnam is the evening before in UTC
        self.assertEqual(self.clock.apply_cutoff(_at(3, 6, 30), 7.0), _at(3, 6, 30))

    def test_end_of_day(self):
        self.assertEqual(self.clock.get_end_of_day(_at(2, 9), 0), _at(2, 17))
        self.assertEqual(self.clock.get_end_of_day(_at(2, 18), 0), _at(3, 17))
        self.assertEqual(self.clock.get_end_of_day(_at(6, 9), 1), _at(9, 17))
        self.assertEqual(self.clock.get_end_of_day(_at(7, 9), 2), _at(11, 17))

    def test_never_stops(self):
        clock = WorkClock(None, ZONE)
        self.assertEqual(clock.add(_at(7, 23), 2), _at(8, 1))
        self.assertEqual(clock.count(_at(7, 23), _at(8, 1)), 2)
        self.assertEqual(clock.get_end_of_day(_at(7, 9), 1), _at(9, 0))

    def test_never_works(self):
        clock = WorkClock(lambda start, end: [], utc)
        self.assertEqual(clock.add(_at(2, 9), 2), _at(2, 11))
        self.assertEqual(clock.count(_at(2, 9), _at(2, 11)), 0)
        self.assertEqual(
            clock.get_end_of_day(_at(2, 9), 1), _at(2, 9) + timedelta(days=1)
        )

    def test_day_and_night(self):
        """Working days without a pause between them end at midnight all the same."""
        clock = WorkClock(lambda start, end: [(start, end)], ZONE)
        self.assertEqual(clock.get_end_of_day(_at(2, 9), 0), _at(3, 0))
        self.assertEqual(clock.get_end_of_day(_at(2, 9), 2), _at(5, 0))

    def test_loaded_once(self):
        for minute in range(1000):
            self.clock.add(_at(2, 8) + timedelta(minutes=minute), 4)
        self.assertEqual(len(self.loads), len(set(self.loads)))
        self.assertLessEqual(len(self.loads), 2)
