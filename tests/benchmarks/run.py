"""Processes that work, pairs of them in turn, verdicts on what they measured."""

import contextlib
import json
import os
import statistics
import subprocess
import sys

from .. import harness


class Process:
    """A worker on a private copy of a template database, or on one that is there."""

    def __init__(self, template=harness.TEMPLATE_ALL, database=None):
        self._owns_database = database is None
        self.database = database or harness.Database(template)
        self.config = harness.write_config(
            harness.PREFIX
            / f"bench-{self.database.name}-{os.getpid()}-{id(self)}.conf",
            log_level="error",
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker"]
            + [str(self.config), self.database.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:0"},
        )
        self._read()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the worker ended: see what it wrote above")
        return json.loads(line)

    def start(self, name, **kwargs):
        """Begin a workload, ``module.function`` of ``work``; `finish` waits for it."""
        self.process.stdin.write(json.dumps([name, kwargs]) + "\n")
        self.process.stdin.flush()

    def finish(self):
        """What the workload begun by `start` gave, as `call` returns it."""
        answer = self._read()
        return answer["result"], answer["steps"]

    def call(self, name, **kwargs):
        """Run a workload.

        :return: (its result, its steps: ``{step: {sql, cpu, wall, times}}``)
        """
        self.start(name, **kwargs)
        return self.finish()

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.config.unlink(missing_ok=True)
        if self._owns_database:
            self.database.drop()


class Run:
    """The processes of a run, made when they are first asked for, and the verdicts."""

    def __init__(self, pairs, keep=False):
        self.pairs, self.keep = pairs, keep
        #: [{benchmark, text, value, limit, at_least, kept, plain, ours}]
        self.verdicts = []
        self.benchmark = None
        self._stack = contextlib.ExitStack()
        self._sides = {}

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._stack.close()

    @property
    def plain(self):
        """Plain Odoo with what the suite depends on."""
        return self._get_side(harness.TEMPLATE_BASE)

    @property
    def ours(self):
        """The same template with the suite."""
        return self._get_side(harness.TEMPLATE_ALL)

    def _get_side(self, template):
        if template not in self._sides:
            self._sides[template] = self.open(template)
            self._sides[template].call("orders.prepare")
        return self._sides[template]

    @contextlib.contextmanager
    def own(self, template=harness.TEMPLATE_ALL):
        """A process with a database of its own, for one benchmark only."""
        process = Process(template)
        try:
            process.call("orders.prepare")
            yield process
        finally:
            process.close()

    def open(self, template=harness.TEMPLATE_ALL, database=None):
        """A process that lives as long as the run."""
        process = Process(template, database)
        self._stack.callback(process.close)
        return process

    def compare(self, *sides, warm=1):
        """Run workloads in turn, who begins changes; first rounds warm up.

        :param sides: (process, workload, its arguments) each
        :return: for each side, the steps of its measured rounds
        """
        results = [[] for _side in sides]
        for number in range(self.pairs + warm):
            order = list(range(len(sides)))
            for index in order if number % 2 else reversed(order):
                process, name, kwargs = sides[index]
                _result, steps = process.call(name, **kwargs)
                if number >= warm:
                    results[index].append(steps)
        return results

    def repeat(self, process, name, **kwargs):
        """The steps of measured rounds of one workload, after one that warms up."""
        rounds = [process.call(name, **kwargs)[1] for _n in range(self.pairs + 1)]
        return rounds[1:]

    def judge(self, text, value, limit, at_least=False, plain=None, ours=None):
        """One promise: print it, keep it for the table.

        :param plain: what plain Odoo needed, in words, for the table
        :param ours: what the suite needed
        """
        kept = value >= limit if at_least else value <= limit
        self.verdicts.append(
            {
                "benchmark": self.benchmark,
                "text": text,
                "value": value,
                "limit": limit,
                "at_least": at_least,
                "kept": kept,
                "plain": plain,
                "ours": ours,
            }
        )
        word = "at least" if at_least else "at most"
        print(
            f"  {'ok ' if kept else 'BAD'} {text}: {value:.2f} ({word} {limit:g})",
            flush=True,
        )

    @property
    def failed(self):
        return sum(not verdict["kept"] for verdict in self.verdicts)


def total(steps, what, names=()):
    """A measure of a run, over all its steps or some."""
    return sum(step[what] for name, step in steps.items() if not names or name in names)


def per_time(steps, what, names=()):
    """The same for one order, or whatever the workload did several times."""
    return sum(
        step[what] / step["times"]
        for name, step in steps.items()
        if not names or name in names
    )


def median(runs, what, names=()):
    """The median over rounds of what one order costs."""
    return statistics.median(per_time(steps, what, names) for steps in runs)


def ratio(results, what, names=()):
    """Median of ours / plain over the pairs, an order at a time."""
    plain, ours = results
    return statistics.median(
        per_time(b, what, names) / max(per_time(a, what, names), 1e-9)
        for a, b in zip(plain, ours, strict=True)
    )


def milliseconds(runs, names=()):
    """The median CPU of one order in words."""
    return f"{median(runs, 'cpu', names) * 1000:.1f} ms"


def show(label, runs):
    """The medians of one side, an order at a time where there are several."""
    for name in runs[0]:
        values = {what: median(runs, what, [name]) for what in ("sql", "cpu", "wall")}
        print(
            f"      {label:<8} {name:<24} {values['sql']:7.1f} SQL"
            f" {values['cpu'] * 1000:8.1f} ms CPU {values['wall'] * 1000:8.1f} ms",
            flush=True,
        )
