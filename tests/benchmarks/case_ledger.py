"""A channel ledger of a million rows: pivots, cover, targets, postings."""

import statistics

from .. import harness

ROWS = 1_000_000
#: seconds each of these may take
LIMITS = {
    "pivot member x month x kind": 2,
    "pivot product category x month": 2,
    "cover, first page": 2,
    "cover, pivot": 2,
    "coverage, pivot": 2,
    "coverage by product": 2,
    "dashboard of a year": 2,
    "targets": 2,
    "stock of a month, all members": 2,
}


def ledger(run):
    """Pivots, cover and targets over a million rows of the channel ledger."""
    with run.own(harness.TEMPLATE_ALL) as process:
        process.call("ledger.seed", rows=ROWS)
        process.database.sql("VACUUM ANALYZE")
        rounds = run.repeat(process, "ledger.screens")
        for name, limit in LIMITS.items():
            seconds = statistics.median(steps[name]["cpu"] for steps in rounds)
            run.judge(
                f"{name}: seconds", seconds, limit, False, None, f"{seconds:.2f} s"
            )
        steps = run.repeat(process, "ledger.post")
        single = statistics.median(step["post 100"]["sql"] for step in steps)
        run.judge("queries of 100 postings", single, 12)
