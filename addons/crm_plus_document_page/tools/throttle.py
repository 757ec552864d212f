# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Throttle:
    """Lets each key pass ``limit`` times within ``seconds``.

    It counts in the memory of one process, so that being flooded costs no write to the
    database; with several processes a key passes at most as many times as often. At
    most ``size`` keys are kept, the ones unseen for longest are forgotten first.
    """

    def __init__(
        self,
        limit: int,
        seconds: float,
        size: int = 10_000,
        now: Callable[[], float] = time.monotonic,
    ):
        self._limit, self._seconds, self._size, self._now = limit, seconds, size, now
        self._lock = threading.Lock()
        #: key -> (end of its window, how often it passed)
        self._counts: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def allows(self, key: Hashable) -> bool:
        """Count one call of ``key``; whether it is within the limit."""
        now = self._now()
        with self._lock:
            until, count = self._counts.pop(key, (0.0, 0))
            if until <= now:
                until, count = now + self._seconds, 0
            self._counts[key] = (until, count + 1)
            while len(self._counts) > self._size:
                self._counts.popitem(last=False)
            return count < self._limit
