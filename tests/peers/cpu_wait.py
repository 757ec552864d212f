"""How long something took, without the time in which the machine ran others.

A change on its way from Odoo to a shop goes through one process after another. While
one of them is ready to run and does not get a processor, the machine is what it waits
for: Linux counts that (run delay, in ``/proc/<pid>/task/<tid>/schedstat``). What our
pipeline sleeps, waits for on purpose, asks others for or computes is none of it.
"""

import contextlib
import os
import threading
import time

#: seconds between two looks at the threads; between two at the processes
_TICK, _LOOK = 0.05, 1.0


class CpuWait:
    """Watches some processes; ``waited(start, end)`` is for moments of
    ``time.monotonic()``.

    ``get_pids`` names the processes, now and then again: those that carry a change, and
    none that the looking itself keeps busy, or looking would count as waiting.
    """

    def __init__(self, get_pids):
        self._get_pids = get_pids
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._delays, self._waits = {}, []

    def __enter__(self):
        self._look(self._find(), time.monotonic(), False)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self._over.set()
        self._thread.join()

    def _watch(self):
        pids, found_at = self._find(), time.monotonic()
        while not self._over.wait(_TICK):
            now = time.monotonic()
            if now > found_at + _LOOK:
                pids, found_at = self._find(), now
            self._look(pids, now)

    def _find(self):
        try:
            return set(self._get_pids())
        except Exception:
            # a process that is being started anew: nothing is taken off meanwhile
            return set()

    def _look(self, pids, now, is_new_counted=True):
        """Note who got a processor since the last look, after waiting for it."""
        for tid, delay in self._read(pids):
            # a thread that began since then waited for nothing before
            before = self._delays.get(tid, 0 if is_new_counted else delay)
            self._delays[tid] = delay
            if delay > before:
                with self._lock:
                    self._waits.append((now - (delay - before) / 1e9, now))

    def _read(self, pids):
        for pid in pids:
            with contextlib.suppress(OSError):
                for tid in os.listdir(f"/proc/{pid}/task"):
                    yield from self._read_task(pid, tid)

    @staticmethod
    def _read_task(pid, tid):
        with contextlib.suppress(OSError, IndexError):
            with open(f"/proc/{pid}/task/{tid}/schedstat", encoding="ascii") as file:
                yield int(tid), int(file.read().split()[1])

    def waited(self, start, end):
        """Seconds between two moments in which at least one of the processes was ready
        to run and did not."""
        with self._lock:
            waits = sorted(self._waits)
        total, until = 0.0, start
        for begin, stop in waits:
            begin, stop = max(begin, until), min(stop, end)
            if stop > begin:
                total += stop - begin
                until = stop
        return total

    def lasted(self, start, end):
        """Seconds between two moments, less what was waited for the machine."""
        return end - start - self.waited(start, end)
