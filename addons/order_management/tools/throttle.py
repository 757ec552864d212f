# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""A light brake on whoever tries things out, within one worker."""

import time
from collections import OrderedDict, deque


class Throttle:
    """So many attempts a caller in so many seconds; the least recent are forgotten.

    No protection by itself: what it guards has to be secure without it.
    """

    def __init__(self, attempts, seconds, callers=1000):
        self.attempts = attempts
        self.seconds = seconds
        self.callers = callers
        self._seen = OrderedDict()

    def is_over(self, caller):
        """Whether this caller has used up its attempts."""
        seen = self._seen.get(caller)
        if not seen:
            return False
        while seen and seen[0] < time.monotonic() - self.seconds:
            seen.popleft()
        return len(seen) >= self.attempts

    def note(self, caller):
        """One more attempt of this caller."""
        seen = self._seen.setdefault(caller, deque(maxlen=self.attempts))
        self._seen.move_to_end(caller)
        seen.append(time.monotonic())
        while len(self._seen) > self.callers:
            self._seen.popitem(last=False)
