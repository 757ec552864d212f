"""What the suite costs beside plain Odoo, and whether that is what was promised.

Judged by SQL statements and CPU (process and its PostgreSQL backend) as the median of
interleaved pairs; wall time is shown only, except where a promise is about waiting.
"""

import argparse
import datetime
import json
import os
import sys
import time
from pathlib import Path

from . import (
    case_bulk,
    case_churn,
    case_controls,
    case_crm,
    case_ledger,
    case_million,
    case_shop,
    case_sourcing,
    case_stock_out,
    case_stock_sync,
    case_variance,
)
from .run import Run

BENCHMARKS = {
    "off": case_controls.off,
    "controlled": case_controls.controlled,
    "quota": case_controls.quota,
    "availability": case_controls.availability,
    "reservation": case_controls.reservation,
    "bulk": case_bulk.bulk,
    "invoices": case_bulk.invoices,
    "history": case_bulk.history,
    "sourcing": case_sourcing.sourcing,
    "stock_sync": case_stock_sync.stock_sync,
    "churn": case_churn.churn,
}
#: those that take many minutes: only when named or with --big
BIG = {
    "memory": case_bulk.memory,
    "ledger": case_ledger.ledger,
    "shop": case_shop.shop,
    "million": case_million.million,
    "crm": case_crm.crm,
    "variance": case_variance.variance,
    "stock_out": case_stock_out.stock_out,
}


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(
        prog="./bench", description="What the suite costs beside plain Odoo."
    )
    parser.add_argument("names", nargs="*", help="of benchmarks; see --list")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="the same, one name"
    )
    parser.add_argument("--pairs", type=int, default=5, help="measured pairs (5)")
    parser.add_argument("--big", action="store_true", help="also those with big data")
    parser.add_argument(
        "--keep", action="store_true", help="keep the million orders for next time"
    )
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="write what was found as JSON"
    )
    options = parser.parse_args(arguments)
    options.names += options.only
    known = {**BENCHMARKS, **BIG}
    if unknown := set(options.names) - set(known):
        parser.error(
            f"unknown: {', '.join(sorted(unknown))}; there is: {', '.join(known)}"
        )
    if options.pairs < 1:
        parser.error("--pairs wants a number above zero")
    return options


def choose(options):
    """``{name: function}`` of what is to be run."""
    known = {**BENCHMARKS, **BIG}
    if options.names:
        return {name: known[name] for name in known if name in options.names}
    return known if options.big else dict(BENCHMARKS)


def describe(function):
    return function.__doc__.splitlines()[0]


def write_results(path, run):
    path.write_text(
        json.dumps(
            {
                "date": datetime.date.today().isoformat(),
                "cores": os.cpu_count(),
                "pairs": run.pairs,
                "order": [*BENCHMARKS, *BIG],
                "verdicts": run.verdicts,
            }
        ),
        encoding="utf-8",
    )


def main():
    options = parse_arguments()
    if options.list:
        for name, function in {**BENCHMARKS, **BIG}.items():
            big = " (--big)" if name in BIG else ""
            print(f"{name:<14}{describe(function)}{big}")
        return 0
    with Run(options.pairs, options.keep) as run:
        for name, function in choose(options).items():
            print(f"{name}: {describe(function)}", flush=True)
            run.benchmark, started = name, time.monotonic()
            function(run)
            print(f"      ({time.monotonic() - started:.0f} s)", flush=True)
            # each time: what was measured is not lost when the next one breaks
            if options.results:
                write_results(options.results, run)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{len(run.verdicts) - run.failed} passed, {run.failed} failed")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
