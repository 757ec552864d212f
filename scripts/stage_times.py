"""What the stages of ./test cost: seconds, CPU, and their slowest tests.

All of it is written to the log folder: ``stage-times.json`` (the next run starts the
longest first), ``class-times.json`` (the next run cuts an addon's tests in equal parts)
and ``slowest-tests.txt`` (for people).
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from suitelib import LOG_DIR, PREFIX

STAGES = LOG_DIR / "stage-times.json"
CLASSES = LOG_DIR / "class-times.json"
TABLE = LOG_DIR / "slowest-tests.txt"
ROWS = 60
#: one line of Odoo's own report, see `stage_odoo.odoo_tests`
_STAT = re.compile(r"^\t([\w.]+): ([\d.]+)s (\d+) queries$", re.M)


def read(path):
    """{name: seconds} of the last run."""
    return json.loads(path.read_text()) if path.exists() else {}


def note(path, seconds):
    """Keep seconds for the next run, beside those of what did not run now."""
    path.write_text(json.dumps({**read(path), **seconds}, indent=1) + "\n")


def odoo_tests(log):
    """[(class, method, seconds, queries)] of an Odoo test log."""
    tests = []
    for name, seconds, queries in _STAT.findall(log):
        *_module, cls, method = ["", *name.split(".")]
        # the report has sums of each class as well
        if method.startswith(("test", "setUpClass")):
            tests.append((cls, method, float(seconds), int(queries)))
    return tests


def junit_tests(path):
    """[(module, test, seconds, None)] of a pytest report."""
    return [
        (
            case.get("classname").removeprefix("tests."),
            case.get("name"),
            float(case.get("time")),
            None,
        )
        for case in ElementTree.parse(path).iter("testcase")
    ]


def class_seconds(tests):
    """{class: seconds} of `odoo_tests`."""
    seconds = Counter()
    for cls, _method, spent, _queries in tests:
        seconds[cls] += spent
    return {cls: round(spent, 1) for cls, spent in seconds.items()}


def write_table(results):
    """The table for people.

    :param results: {stage: `Result`}
    """
    lines = [
        "Seconds on a busy machine. CPU: of Odoo and pytest, without PostgreSQL.\n"
    ]
    for stage, result in sorted(results.items(), key=lambda x: -x[1].cpu):
        lines.append(f"{result.seconds:7.0f} s {result.cpu:7.0f} s CPU  {stage}")
    tests = [
        (stage, *test) for stage, result in results.items() for test in result.tests
    ]
    classes = Counter()
    for stage, cls, _method, seconds, _queries in tests:
        classes[stage, cls] += seconds
    lines.append("\nClasses and files")
    lines += [
        f"{seconds:7.1f} s  {stage}: {cls}"
        for (stage, cls), seconds in classes.most_common(ROWS)
    ]
    lines.append("\nTests")
    for stage, cls, method, seconds, queries in sorted(tests, key=lambda x: -x[3])[
        :ROWS
    ]:
        asked = "" if queries is None else f" ({queries} queries)"
        lines.append(f"{seconds:7.1f} s  {stage}: {cls}.{method}{asked}")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Machine:
    """CPU seconds of the whole machine and of our PostgreSQL since this was made."""

    def __init__(self):
        self._busy, self._all = self._read_machine()
        self._postgres = self._read_postgres()

    @staticmethod
    def _read_machine():
        ticks = [
            int(x) for x in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
        ]
        idle = ticks[3] + ticks[4]
        return (sum(ticks) - idle) / 100, sum(ticks) / 100

    @staticmethod
    def _read_postgres():
        try:
            pid = (PREFIX / "pg" / "postmaster.pid").read_text().split()[0]
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        # its own and those of the backends that have ended
        return sum(map(int, stat[11:15])) / 100

    def __str__(self):
        busy, everything = self._read_machine()
        share = (busy - self._busy) / max(everything - self._all, 0.01)
        postgres = max(0.0, self._read_postgres() - self._postgres)
        return (
            f"CPU: {busy - self._busy:.0f} s on this machine, {share:.0%} of it busy; "
            f"PostgreSQL {postgres:.0f} s"
        )
