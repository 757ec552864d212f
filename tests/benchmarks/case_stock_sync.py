"""What publishing stock costs: counting, marking, folding."""

import statistics

from .run import median, per_time, show, total

SHOPS, LISTINGS = 5, 20_000
#: products of a transfer
MOVED = 50


def stock_sync(run):
    """Stock of 20,000 articles as five shops should show it."""
    with run.own() as ours:
        products, _steps = ours.call("stock_sync.seed", shops=SHOPS, listings=LISTINGS)
        _count(run, ours, products)
        _move(run, ours, products[:MOVED])
        _fold(run, ours)


def _count(run, ours, products):
    rounds = run.repeat(ours, "stock_sync.count", product_ids=products)
    show("suite", rounds)
    queries = median(rounds, "sql")
    text = f"{SHOPS} x {LISTINGS:,} listings"
    run.judge(
        f"{text} counted: SQL statements", queries, 10, False, None, f"{queries:.0f}"
    )
    seconds = median(rounds, "cpu")
    words = f"{seconds:.1f} s"
    run.judge(f"{text} counted: seconds of CPU", seconds, 5, False, None, words)


def _move(run, ours, products):
    silent, marked = run.compare(
        *(
            (ours, "stock_sync.transfer", {"product_ids": products, "marks": marks})
            for marks in (False, True)
        )
    )
    show("silent", silent)
    show("marked", marked)
    more = statistics.median(
        total(after, "sql") - total(before, "sql")
        for before, after in zip(silent, marked, strict=True)
    )
    run.judge(f"{MOVED} stock moves: SQL statements more", more, 2)
    cost = statistics.median(
        per_time(after, "cpu") / per_time(before, "cpu")
        for before, after in zip(silent, marked, strict=True)
    )
    run.judge(f"{MOVED} stock moves: CPU / without listings", cost, 1.05)


def _fold(run, ours):
    [parts, grown], steps = ours.call("stock_sync.fold")
    words = f"{total(steps, 'cpu'):.1f} s CPU in {parts} parts"
    text = f"{SHOPS * LISTINGS:,} listings folded: MiB the process grew by"
    run.judge(text, grown, 150, False, None, words)
