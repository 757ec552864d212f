"""What the suite costs beside plain Odoo, and whether that is what was promised.

    python -m tests.benchmarks [name ...] [--pairs N] [--big] [--list]

Judged by SQL statements and CPU (process and its PostgreSQL backend) as the median of
interleaved pairs; wall time is shown only, except where a promise is about waiting.
The throughput of exact reservation is measured where it is tested:
tests/concurrency/test_exact_reservation.py.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys

from .. import harness

#: millions of rows of the hub's list
HUB_ROWS = 1_000_000


class Process:
    """A worker on a private copy of a template database."""

    def __init__(self, template):
        self.database = harness.Database(template)
        self.config = harness.write_config(
            harness.PREFIX / f"bench-{self.database.name}.conf", log_level="error"
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

    def call(self, name, **kwargs):
        """Run a workload.

        :return: (its result, its steps: ``{step: {sql, cpu, wall, times}}``)
        """
        self.process.stdin.write(json.dumps([name, kwargs]) + "\n")
        self.process.stdin.flush()
        answer = self._read()
        return answer["result"], answer["steps"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.config.unlink(missing_ok=True)
        self.database.drop()


class Run:
    """The two sides, and the verdicts so far."""

    def __init__(self, plain, ours, pairs):
        self.plain, self.ours, self.pairs = plain, ours, pairs
        self.passed = self.failed = 0

    def compare(self, plain, ours):
        """Run two workloads in turn, who begins changes; a first pair warms up.

        :param plain: (process, workload, its arguments), as is ``ours``
        :return: (steps of the pairs of plain, of ours)
        """
        sides = [plain, ours]
        results = ([], [])
        for number in range(self.pairs + 1):
            for index in (0, 1) if number % 2 else (1, 0):
                process, name, kwargs = sides[index]
                _result, steps = process.call(name, **kwargs)
                if number:
                    results[index].append(steps)
        return results

    def judge(self, text, value, limit, at_least=False):
        """One promise: print it, count it."""
        kept = value >= limit if at_least else value <= limit
        self.passed += kept
        self.failed += not kept
        word = "at least" if at_least else "at most"
        print(
            f"  {'ok ' if kept else 'BAD'} {text}: {value:.2f} ({word} {limit:g})",
            flush=True,
        )


def total(steps, what, names=()):
    """A measure of a run, over all its steps or some."""
    return sum(step[what] for name, step in steps.items() if not names or name in names)


def ratio(results, what, names=()):
    """Median of ours / plain over the pairs."""
    plain, ours = results
    return statistics.median(
        total(b, what, names) / max(total(a, what, names), 1e-9)
        for a, b in zip(plain, ours, strict=True)
    )


def show(label, runs):
    """The medians of one side, an order at a time where there are several."""
    for name in runs[0]:
        values = {
            what: statistics.median(
                run[name][what] / run[name]["times"] for run in runs
            )
            for what in ("sql", "cpu", "wall")
        }
        print(
            f"      {label:<6} {name:<20} {values['sql']:7.0f} SQL"
            f" {values['cpu'] * 1000:8.1f} ms CPU {values['wall'] * 1000:8.1f} ms",
            flush=True,
        )


def off(run):
    """Everything of the suite switched off: plain Odoo stays plain."""
    # demo data held something
    values = {"has_availability_on_entry": False, "has_holds": False}
    run.ours.call("configure", approval_mode="none", **values)
    run.ours.call("forget_quotas")
    for lines in (3, 20):
        kwargs = {"count": 5, "lines": lines}
        results = run.compare(
            (run.plain, "orders", kwargs), (run.ours, "orders", kwargs)
        )
        print(f"    {lines} lines")
        show("plain", results[0])
        show("suite", results[1])
        for step in ("create", "confirm", "ship"):
            run.judge(
                f"{lines} lines, {step}, SQL", ratio(results, "sql", [step]), 1.05
            )
        run.judge(f"{lines} lines, CPU", ratio(results, "cpu"), 1.10)


def controlled(run):
    """Approval and ceiling of quantities on, a 20-line order."""
    run.ours.call("configure", approval_mode="explicit")
    kwargs = {"count": 5, "lines": 20}
    results = run.compare(
        (run.plain, "orders", kwargs), (run.ours, "orders", {**kwargs, "approve": True})
    )
    run.ours.call("configure", approval_mode="none")
    show("plain", results[0])
    show("suite", results[1])
    run.judge("20 lines, CPU", ratio(results, "cpu"), 1.25)


def quota(run):
    """A quota that every line of a 200-line order draws on."""
    run.ours.call("configure", approval_mode="none")
    kwargs = {"count": 1, "lines": 200}
    without = [run.ours.call("submit", **kwargs)[1] for _n in range(run.pairs + 1)][1:]
    run.ours.call("make_quota")
    with_quota = [run.ours.call("submit", **kwargs)[1] for _n in range(run.pairs + 1)]
    more = statistics.median(total(r, "sql") for r in with_quota[1:])
    more -= statistics.median(total(r, "sql") for r in without)
    run.judge("200 lines, queries more than without", more, 3)


def availability(run):
    """What can be promised of 20,000 products, beside plain Odoo's free quantity."""
    for process in (run.plain, run.ours):
        process.call("seed_products", count=20_000)
    results = run.compare((run.plain, "free_quantity", {}), (run.ours, "promise", {}))
    show("plain", results[0])
    show("suite", results[1])
    run.judge("times faster, CPU", 1 / ratio(results, "cpu"), 15, at_least=True)


def hub(run):
    """The list of all orders with a million rows."""
    run.ours.call("seed_hub", count=HUB_ROWS)
    runs = [run.ours.call("hub_list")[1] for _number in range(run.pairs + 1)][1:]
    show("suite", runs)
    for step in runs[0]:
        seconds = statistics.median(r[step]["wall"] for r in runs)
        run.judge(f"{HUB_ROWS:,} rows, {step}, seconds", seconds, 1)


BENCHMARKS = {"off": off, "controlled": controlled, "quota": quota}
BENCHMARKS["availability"] = availability
#: those that need minutes to be prepared: only when named or with --big
BIG = {"hub": hub}


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="of benchmarks; see --list")
    parser.add_argument("--pairs", type=int, default=5, help="measured pairs (5)")
    parser.add_argument("--big", action="store_true", help="also those with big data")
    parser.add_argument("--list", action="store_true", help="say what there is")
    options = parser.parse_args()
    known = {**BENCHMARKS, **BIG}
    if unknown := set(options.names) - set(known):
        parser.error(
            f"unknown: {', '.join(sorted(unknown))}; there is: {', '.join(known)}"
        )
    if options.pairs < 1:
        parser.error("--pairs wants a number above zero")
    return options


def choose(options):
    if options.names:
        known = {**BENCHMARKS, **BIG}
        return {name: known[name] for name in options.names}
    return {**BENCHMARKS, **BIG} if options.big else dict(BENCHMARKS)


def main():
    options = parse_arguments()
    if options.list:
        for name, function in {**BENCHMARKS, **BIG}.items():
            print(f"{name:<14}{function.__doc__.splitlines()[0]}")
        return 0
    with contextlib.ExitStack() as stack:
        sides = []
        for template in (harness.TEMPLATE_BASE, harness.TEMPLATE_ALL):
            process = Process(template)
            stack.callback(process.close)
            process.call("prepare")
            sides.append(process)
        run = Run(*sides, options.pairs)
        for name, function in choose(options).items():
            print(f"{name}: {function.__doc__.splitlines()[0]}", flush=True)
            function(run)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
