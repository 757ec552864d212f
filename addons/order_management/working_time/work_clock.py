# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Working hours as a clock for very many moments (no Odoo).

A calendar's intervals are loaded a few weeks at a time, once, however many orders ask;
what a moment plus some hours is, is then found by bisection.
"""

from bisect import bisect_right
from datetime import datetime, timedelta

#: what is loaded at once; aligned, so that neighbours share it
_CHUNK = timedelta(days=28)
_ORIGIN = datetime(2000, 1, 3)
#: a calendar without working time for a year has none
_LAST_CHUNK = 14


class WorkClock:
    """The working time of one calendar.

    :param load: function (start, end) that returns sorted ``[(start, end)]`` in naive
        UTC; None for a clock that never stops
    :param zone: the time zone (pytz) in which its days begin and end
    """

    def __init__(self, load, zone):
        self._load, self._zone = load, zone
        self._chunks = {}

    def _get_chunk(self, number):
        if number not in self._chunks:
            start = _ORIGIN + number * _CHUNK
            self._chunks[number] = list(self._load(start, start + _CHUNK))
        return self._chunks[number]

    def _iterate(self, moment):
        """Working intervals from a moment on; ends when there are none for a year."""
        first = (moment - _ORIGIN) // _CHUNK
        idle = 0
        number = first
        while idle < _LAST_CHUNK:
            intervals = self._get_chunk(number)
            place = 0
            if number == first:
                place = max(bisect_right(intervals, (moment, datetime.max)) - 1, 0)
            for start, end in intervals[place:]:
                if end > moment:
                    yield max(start, moment), end
            idle = 0 if intervals else idle + 1
            number += 1

    def add(self, moment, hours):
        """The moment ``hours`` of working time later, naive UTC.

        Where the calendar has no working time any more, plain hours count.
        """
        left = timedelta(hours=hours)
        if not self._load or left <= timedelta(0):
            return moment + left
        for start, end in self._iterate(moment):
            if left <= end - start:
                return start + left
            left -= end - start
        return moment + timedelta(hours=hours)

    def count(self, start, end):
        """Working hours between two moments, below zero when ``end`` is earlier."""
        if end < start:
            return -self.count(end, start)
        if not self._load:
            return (end - start).total_seconds() / 3600
        total = timedelta(0)
        for begin, stop in self._iterate(start):
            if begin >= end:
                break
            total += min(stop, end) - begin
        return total.total_seconds() / 3600

    def apply_cutoff(self, moment, cutoff):
        """When the clock of a moment starts: now, or after midnight when it came after
        the time of the day ``cutoff`` (hours, local; 0: none)."""
        if not cutoff:
            return moment
        local = self._localize(moment)
        if local.hour + local.minute / 60 + local.second / 3600 <= cutoff:
            return moment
        return self._get_midnight(local.date() + timedelta(days=1))

    def get_end_of_day(self, moment, days):
        """The end of work, ``days`` working days after the first that is left.

        :param int days: 0 is the day of the moment, or the next one that is worked on
        """
        if not self._load:
            day = self._localize(moment).date() + timedelta(days=days + 1)
            return self._get_midnight(day)
        days_seen, last = set(), None
        for start, end in self._iterate_days(moment):
            days_seen.add(self._localize(start).date())
            if len(days_seen) > days + 1:
                break
            last = end
        return last or moment + timedelta(days=days)

    def _iterate_days(self, moment):
        """Working intervals from a moment on, none beyond a local midnight."""
        for start, end in self._iterate(moment):
            while start < end:
                midnight = self._get_midnight(
                    self._localize(start).date() + timedelta(days=1)
                )
                yield start, min(end, midnight)
                start = midnight

    def _localize(self, moment):
        return self._zone.fromutc(moment)

    def _get_midnight(self, day):
        local = self._zone.localize(datetime(day.year, day.month, day.day))
        return (local - local.utcoffset()).replace(tzinfo=None)
