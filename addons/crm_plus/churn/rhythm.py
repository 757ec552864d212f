# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A customer's rhythm in figures and in what a person may be told."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

#: shares of the usual interval after which silence is worth a word
LATE, SILENT, GONE = 1.25, 2.0, 4.0
#: purchases from which on an interval means anything
MIN_PURCHASES = 3


@dataclass(frozen=True)
class Rhythm:
    """``interval``: the usual days between purchases, 0 where unknown; ``silence``:
    days since the last one; ``lateness``: silence in intervals; ``state``: one of
    ``new``, ``regular``, ``late``, ``silent``, ``gone``.
    """

    interval: float
    silence: int
    lateness: float
    state: str


def describe(days: Sequence[date], today: date) -> Rhythm:
    """The rhythm of purchases on these days, in any order; several on one day are one.

    The usual interval is the median: one long holiday does not change it.

    :raises ValueError: no purchase at all
    """
    days = sorted(set(days))
    if not days:
        raise ValueError("a rhythm needs a purchase")
    silence = max((today - days[-1]).days, 0)
    if len(days) < MIN_PURCHASES:
        return Rhythm(0.0, silence, 0.0, "new")
    gaps = [
        (later - earlier).days for earlier, later in zip(days, days[1:], strict=False)
    ]
    interval = float(statistics.median(gaps))
    lateness = silence / interval
    state = "regular"
    for limit, name in ((LATE, "late"), (SILENT, "silent"), (GONE, "gone")):
        if lateness > limit:
            state = name
    return Rhythm(interval, silence, lateness, state)
