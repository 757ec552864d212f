# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Working time between two moments, and the moment when some of it is over."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]
Source = Callable[[datetime, datetime], Iterable[Interval]]

#: how much of a calendar is read at once
_CHUNK = timedelta(days=45)
#: a calendar without an hour of work in so long has none
_LIMIT = timedelta(days=3 * 366)


class WorkClock:
    """The working hours of a calendar from ``start`` on, read as far as needed.

    :param source: gives the working intervals between two moments, sorted and apart
    """

    def __init__(self, source: Source, start: datetime):
        self._source = source
        self._read_until = start
        self._limit = start + _LIMIT
        self._starts: list[datetime] = []
        self._stops: list[datetime] = []
        #: seconds worked at the end of each interval
        self._totals: list[float] = []

    def _read_more(self) -> bool:
        if self._read_until >= self._limit:
            return False
        until = self._read_until + _CHUNK
        for begin, end in self._source(self._read_until, until):
            before = self._totals[-1] if self._totals else 0.0
            self._starts.append(begin)
            self._stops.append(end)
            self._totals.append(before + (end - begin).total_seconds())
        self._read_until = until
        return True

    def _worked_until(self, moment: datetime) -> float:
        self._limit = max(self._limit, moment + _LIMIT)
        while self._read_until < moment:
            self._read_more()
        index = bisect_right(self._starts, moment)
        if not index:
            return 0.0
        overhang = (self._stops[index - 1] - moment).total_seconds()
        return self._totals[index - 1] - max(overhang, 0.0)

    def seconds(self, begin: datetime, end: datetime) -> float:
        """Seconds worked from ``begin`` to ``end``, 0 where they are the wrong way."""
        if end <= begin:
            return 0.0
        return self._worked_until(end) - self._worked_until(begin)

    def after(self, begin: datetime, seconds: float) -> datetime | None:
        """When ``seconds`` have been worked since ``begin``; None: never in 3 years."""
        if seconds <= 0:
            return begin
        target = self._worked_until(begin) + seconds
        while not self._totals or self._totals[-1] < target:
            if not self._read_more():
                return None
        index = bisect_left(self._totals, target)
        return self._stops[index] - timedelta(seconds=self._totals[index] - target)
