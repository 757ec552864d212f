# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What became of a promise, from the history of a ticket alone.

Nothing is counted up as time goes by. The history is replayed whenever it is asked for,
so the same history gives the same answer, however often and whenever it is replayed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .work_clock import WorkClock

RUNNING, PAUSED, REACHED = "running", "paused", "reached"


class Segment(NamedTuple):
    """From ``start`` on the clock is running, paused, or at its goal."""

    start: datetime
    mode: str


@dataclass(frozen=True)
class Outcome:
    """``state``: in_progress, on_hold, accomplished or expired; ``worked``: seconds of
    work before the last segment; ``deadline``: the moment promised, None while paused;
    ``warning``: when the given share of the time is used up.
    """

    state: str
    worked: float
    deadline: datetime | None
    warning: datetime | None


_STATES = {RUNNING: "in_progress", PAUSED: "on_hold", REACHED: "accomplished"}


def replay(
    clock: WorkClock,
    segments: Sequence[Segment],
    goal: float,
    now: datetime,
    share: float = 0.75,
) -> Outcome:
    """Replay ``segments`` (sorted, the last one open) against ``goal`` seconds of work.

    Past the deadline a promise is broken for good, whatever happens afterwards.
    """
    worked, deadline = 0.0, None
    ends = [segment.start for segment in segments[1:]] + [None]
    for segment, end in zip(segments, ends, strict=True):
        if segment.mode != RUNNING:
            continue
        deadline = clock.after(segment.start, goal - worked)
        if deadline and deadline < (end or now):
            return Outcome("expired", worked, deadline, None)
        if end:
            worked += clock.seconds(segment.start, end)
    last = segments[-1]
    if last.mode == PAUSED:
        deadline = None
    warning = None
    if last.mode == RUNNING:
        warning = clock.after(last.start, share * goal - worked)
    return Outcome(_STATES[last.mode], worked, deadline, warning)
