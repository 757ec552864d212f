"""What is taken off for a busy machine, and what is not."""

import os
import subprocess
import sys
import time

from .cpu_wait import CpuWait

BUSY = "import time\nend = time.monotonic() + 30\nwhile time.monotonic() < end: pass"


#: a second of work, however long that takes
WORK = "import time\nwhile time.process_time() < 1.0: pass"


def run(code, times=1, core=None):
    def pin():
        os.sched_setaffinity(0, {core})

    return [
        subprocess.Popen(
            [sys.executable, "-c", code], preexec_fn=pin if core is not None else None
        )
        for _time in range(times)
    ]


def measure(processes, seconds=1.5):
    """``(seconds in all, seconds without waiting for the machine)``."""
    try:
        with CpuWait(lambda: [process.pid for process in processes]) as watch:
            start = time.monotonic()
            time.sleep(seconds)
            end = time.monotonic()
            # what began before the end is told by the looks after it
            time.sleep(0.3)
        return end - start, watch.lasted(start, end)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_who_sleeps_waits_for_nothing():
    processes = run("import time; time.sleep(60)")
    # starting is work, for which a busy machine lets it wait
    time.sleep(1.5)
    wall, lasted = measure(processes)
    assert lasted > 0.8 * wall


def test_who_works_much_is_not_excused():
    """Beside others or alone: what it computes is its own time."""
    core = min(os.sched_getaffinity(0))
    others, [worker] = run(BUSY, 2, core), run(WORK, 1, core)
    try:
        with CpuWait(lambda: [worker.pid]) as watch:
            start = time.monotonic()
            worker.wait(60)
            end = time.monotonic()
        assert watch.lasted(start, end) > 0.8
    finally:
        for process in others:
            process.kill()
            process.wait()


def test_who_gets_half_a_processor_waits_half_of_the_time():
    core = min(os.sched_getaffinity(0))
    processes = run(BUSY, 2, core)
    others = processes[1:]
    try:
        time.sleep(0.5)
        wall, lasted = measure(processes[:1])
    finally:
        for process in others:
            process.kill()
            process.wait()
    # a kernel that does not tell it: nothing is taken off
    limit = 0.75 if os.path.exists("/proc/self/schedstat") else 1.01
    assert lasted < limit * wall
