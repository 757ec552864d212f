"""Warehouses chosen by rules: how long it takes, and what it costs a bulk step."""

from .case_bulk import BATCHED, OURS, _Numbers
from .run import median, milliseconds, ratio, show

#: orders of one decision, and of one that shows whether queries grow
MANY, FEW = 500, 50
#: numbers of orders, far enough apart that no round meets another
_ROUND = 10_000


def sourcing(run):
    """500 orders and 20 warehouses; and 1,000 orders approved, sourced, confirmed."""
    with run.own() as ours:
        ours.call("bulk.configure")
        ours.call("sourcing.configure")
        numbers = _Numbers()
        _decide(run, ours, numbers)
        _whole(run, ours, numbers)


def _decide(run, ours, numbers):
    few, many = [], []
    ours.call("sourcing.decide", count=FEW, first=numbers(_ROUND))
    for _pair in range(run.pairs):
        for count, runs in ((FEW, few), (MANY, many)):
            chosen, steps = ours.call(
                "sourcing.decide", count=count, first=numbers(_ROUND)
            )
            runs.append(steps)
    print(f"      {chosen[0]} of {MANY} orders, from {chosen[1]} warehouses")
    show("suite", many)
    run.judge(
        f"{MANY} orders × 20 warehouses decided: CPU seconds",
        median(many, "cpu"),
        5,
        False,
        None,
        milliseconds(many),
    )
    run.judge(
        f"{MANY} orders decided: SQL more than for {FEW}",
        median(many, "sql") - median(few, "sql"),
        25,
        False,
        None,
        f"{median(few, 'sql'):.0f} → {median(many, 'sql'):.0f}",
    )


def _whole(run, ours, numbers):
    plain, sourced = [], []
    sides = [
        (run.plain, "bulk.batched", BATCHED, plain),
        (ours, "bulk.received", OURS, sourced),
    ]
    for number in range(run.pairs + 1):
        for process, name, count, runs in sides if number % 2 else reversed(sides):
            steps = process.call(name, count=count, first=numbers(_ROUND))[1]
            if number:
                runs.append(steps)
    show("batched", plain)
    show("suite", sourced)
    run.judge(
        "received, approved, sourced, confirmed: times faster than plain batched, CPU",
        1 / ratio((plain, sourced), "cpu"),
        2.2,
        True,
        milliseconds(plain),
        milliseconds(sourced),
    )
