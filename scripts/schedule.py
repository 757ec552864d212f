"""Which stage of ./test starts when, so that every lane is busy to the end."""

import threading
from dataclasses import dataclass, field

from stage_result import Result


@dataclass(frozen=True)
class Stage:
    """A part of ./test; ``run(context)`` gives its `Result`."""

    name: str
    run: object = field(compare=False)
    #: names of stages that must have ended well before this one
    needs: frozenset = frozenset()
    #: starts after all others, one at a time: it compares speeds
    alone: bool = False


class Schedule:
    """Hands out stages to the lanes.

    First comes what the longest chain of others waits for; a stage that is new counts
    as long.

    :param seconds: {stage: seconds it took last time}
    """

    def __init__(self, stages, seconds):
        self._waiting = list(stages)
        names = {stage.name for stage in stages}
        # ./test -k leaves stages out
        self._needs = {stage.name: stage.needs & names for stage in stages}
        self._running, self._good, self._bad = set(), set(), set()
        self._changed = threading.Condition()
        self._rank = self._get_ranks(stages, seconds)

    def _get_ranks(self, stages, seconds):
        """{stage: seconds from its start to the end of all that waits for it}"""
        ranks = {}
        for stage in reversed(self._in_order(stages)):
            after = [ranks[s.name] for s in stages if stage.name in self._needs[s.name]]
            ranks[stage.name] = seconds.get(stage.name, 1e6) + max(after, default=0)
        return ranks

    def _in_order(self, stages):
        """The stages, each after those that it needs."""
        ordered, names = [], set()
        while len(ordered) < len(stages):
            ready = [
                stage
                for stage in stages
                if stage.name not in names and self._needs[stage.name] <= names
            ]
            assert ready, "stages that wait for each other"
            ordered += ready
            names |= {stage.name for stage in ready}
        return ordered

    def take(self):
        """The next stage as soon as there is one; None when nothing is left."""
        with self._changed:
            while self._waiting:
                ready = [stage for stage in self._waiting if self._is_ready(stage)]
                if ready:
                    stage = max(ready, key=lambda stage: self._rank[stage.name])
                    self._waiting.remove(stage)
                    self._running.add(stage.name)
                    return stage
                self._changed.wait()
            return None

    def _is_ready(self, stage):
        if stage.alone:
            others = [other for other in self._waiting if not other.alone]
            return not others and not self._running
        return self._needs[stage.name] <= self._good | self._bad

    def end(self, stage, is_good):
        """A stage has ended; whether those that need it can do their work."""
        with self._changed:
            self._running.discard(stage.name)
            (self._good if is_good else self._bad).add(stage.name)
            self._changed.notify_all()

    def stop(self):
        """Hand out nothing more."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def refuse(self, stage):
        """Why a stage cannot run, as its `Result`; None when it can."""
        missing = sorted(self._needs[stage.name] & self._bad)
        if not missing:
            return None
        return Result(problems=[f"not run: '{missing[0]}' failed"])
