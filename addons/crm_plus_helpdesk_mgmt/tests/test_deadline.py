# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ..tools import Segment, WorkClock, replay
from ..tools.deadline import PAUSED, REACHED, RUNNING

MONDAY = datetime(2025, 3, 3)
HOUR = 3600


def office(start, stop):
    """Working days from 8 to 12 and from 13 to 17."""
    day = datetime(start.year, start.month, start.day)
    while day < stop:
        if day.weekday() < 5:
            for begin, end in ((8, 12), (13, 17)):
                begin = max(start, day + timedelta(hours=begin))
                end = min(stop, day + timedelta(hours=end))
                if begin < end:
                    yield begin, end
        day += timedelta(days=1)


def at(hours, day=0):
    return MONDAY + timedelta(days=day, hours=hours)


class TestDeadline(BaseCase):
    """The clock and the replay, in plain Python."""

    def setUp(self):
        super().setUp()
        self.clock = WorkClock(office, MONDAY)

    def test_breaks_nights_and_weekends_do_not_count(self):
        self.assertEqual(self.clock.seconds(at(11), at(14)), 2 * HOUR)
        self.assertEqual(self.clock.seconds(at(16), at(9, 1)), 2 * HOUR)
        self.assertEqual(self.clock.seconds(at(16, 4), at(9, 7)), 2 * HOUR)
        self.assertEqual(self.clock.after(at(11), 2 * HOUR), at(14))
        self.assertEqual(self.clock.after(at(18, 4), HOUR), at(9, 7))

    def test_a_calendar_without_work_promises_nothing(self):
        clock = WorkClock(lambda start, stop: [], MONDAY)
        self.assertIsNone(clock.after(MONDAY, HOUR))
        outcome = replay(clock, [Segment(MONDAY, RUNNING)], HOUR, at(9, 400))
        self.assertEqual((outcome.state, outcome.deadline), ("in_progress", None))

    def test_after_and_seconds_agree(self):
        """Whatever is asked in whatever order: two ways to the same figure."""
        rng = random.Random(7)
        for _case in range(200):
            begin = MONDAY + timedelta(minutes=rng.randrange(60 * 24 * 40))
            seconds = rng.randrange(1, 60 * HOUR)
            end = self.clock.after(begin, seconds)
            self.assertAlmostEqual(self.clock.seconds(begin, end), seconds)

    def _replay(self, *segments, goal=4, now=None):
        segments = [Segment(*segment) for segment in segments]
        return replay(self.clock, segments, goal * HOUR, now or at(9))

    def test_a_pause_moves_the_deadline(self):
        outcome = self._replay(
            (at(9), RUNNING), (at(10), PAUSED), (at(15), RUNNING), now=at(16)
        )
        # an hour before the pause, two until evening, one in the morning
        self.assertEqual(outcome.deadline, at(9, 1))
        self.assertEqual(outcome.state, "in_progress")
        self.assertEqual(outcome.worked, HOUR)
        self.assertEqual(outcome.warning, at(17))

    def test_on_hold_there_is_no_deadline(self):
        outcome = self._replay((at(9), RUNNING), (at(10), PAUSED), now=at(9, 300))
        self.assertEqual((outcome.state, outcome.deadline), ("on_hold", None))

    def test_a_missed_deadline_stays_missed(self):
        history = [(at(8), RUNNING), (at(13, 1), PAUSED)]
        self.assertEqual(self._replay(*history).state, "expired")
        history.append((at(14, 1), REACHED))
        self.assertEqual(self._replay(*history).state, "expired")
        history.append((at(15, 1), RUNNING))
        self.assertEqual(self._replay(*history).deadline, at(12))

    def test_reached_to_the_second(self):
        self.assertEqual(
            self._replay((at(8), RUNNING), (at(12), REACHED)).state, "accomplished"
        )
        late = at(13) + timedelta(seconds=1)
        self.assertEqual(
            self._replay((at(8), RUNNING), (late, REACHED)).state, "expired"
        )

    def test_closing_stops_the_clock_and_reopening_starts_it_again(self):
        history = [(at(8), RUNNING), (at(10), REACHED), (at(8, 1), RUNNING)]
        outcome = self._replay(*history, now=at(9, 1))
        self.assertEqual((outcome.state, outcome.deadline), ("in_progress", at(10, 1)))

    def test_replayed_piece_by_piece_it_never_drifts(self):
        """The answer for a moment does not depend on when it was asked before."""
        rng = random.Random(11)
        moment, history = at(8), [Segment(at(8), RUNNING)]
        for _step in range(60):
            moment += timedelta(minutes=rng.randrange(1, 90))
            mode = rng.choice([RUNNING, PAUSED])
            history.append(Segment(moment, mode))
            fresh = WorkClock(office, MONDAY)
            args = (history, 30 * HOUR, moment)
            self.assertEqual(replay(fresh, *args), replay(self.clock, *args))
