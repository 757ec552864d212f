"""Thousands of orders: the bulk path, its history, its memory, its invoices."""

from .run import median, milliseconds, per_time, ratio, show

#: orders of a round: plain one by one, plain batched, ours; five rounds of ours
#: are the thousand of the promise
ONE_BY_ONE, BATCHED, OURS = 50, 100, 200
#: what one and the other database had before
HISTORY = (1_000, 50_000)
#: orders after which memory is looked at
MEMORY = (1_000, 20_000)
#: orders that a round invoices
INVOICED = 50
#: numbers of orders, far enough apart that no round meets another
_ROUND = 10_000


class _Numbers:
    """First numbers of rounds: no order may be sent twice."""

    def __init__(self):
        self.next = 0

    def __call__(self, count):
        self.next += count
        return self.next - count


def bulk(run):
    """1,000 orders of 3 lines, from the message to the reserved goods."""
    with run.own() as ours:
        ours.call("bulk.configure")
        numbers = _Numbers()
        rounds = [_rounds(run, ours, numbers, number) for number in range(run.pairs)]
    naive, batched, received = zip(*rounds, strict=True)
    for label, runs in (("1 by 1", naive), ("batched", batched), ("suite", received)):
        show(label, runs)
    for text, plain, limit in (
        ("one by one", naive, 4.5),
        ("in batches of 100", batched, 2.2),
    ):
        run.judge(
            f"received to reserved: times faster than plain {text}, CPU",
            1 / ratio((plain, received), "cpu"),
            limit,
            True,
            milliseconds(plain),
            milliseconds(received),
        )
    run.judge(
        "received to reserved: SQL statements an order",
        median(received, "sql"),
        16,
        False,
        f"{median(naive, 'sql'):.0f} / {median(batched, 'sql'):.0f}",
        f"{median(received, 'sql'):.1f}",
    )


def _rounds(run, ours, numbers, number):
    """One round of all three; before the first everybody warms up."""
    sides = [
        (run.plain, "bulk.one_by_one", ONE_BY_ONE),
        (run.plain, "bulk.batched", BATCHED),
        (ours, "bulk.received", OURS),
    ]
    steps = {}
    if not number:
        for process, name, _count in sides:
            process.call(name, count=20, first=numbers(_ROUND))
    for process, name, count in sides if number % 2 else reversed(sides):
        steps[name] = process.call(name, count=count, first=numbers(_ROUND))[1]
    return [steps[name] for _process, name, _count in sides]


def history(run):
    """The same work in a database of 1,000 orders and in one of 50,000."""
    with run.own() as young, run.own() as old:
        for process, count in ((young, HISTORY[0]), (old, HISTORY[1])):
            process.call("bulk.configure")
            process.call("history.seed", count=count)
        numbers = _Numbers()
        results = ([], [])
        for number in range(run.pairs + 1):
            first = numbers(_ROUND)
            pairs = list(zip((young, old), results, strict=True))
            for process, runs in pairs if number % 2 else reversed(pairs):
                steps = process.call("bulk.received", count=OURS, first=first)[1]
                if number:
                    runs.append(steps)
    show("young", results[0])
    show("old", results[1])
    counts = [[per_time(steps, "sql") for steps in runs] for runs in results]
    run.judge(
        f"{HISTORY[1]:,} orders of history: SQL an order more than with {HISTORY[0]:,}",
        max(abs(a - b) for a, b in zip(*counts, strict=True)),
        0,
        False,
        None,
        f"{median(results[1], 'sql'):.2f}",
    )
    run.judge(
        f"{HISTORY[1]:,} orders of history: CPU / with {HISTORY[0]:,}",
        ratio(results, "cpu"),
        1.25,
        False,
        None,
        " → ".join(map(milliseconds, results)),
    )


def memory(run):
    """The most memory of the process that imports, after 1,000 and 20,000 orders."""
    with run.own() as ours:
        ours.call("bulk.configure")
        peaks, numbers = [], _Numbers()
        done = 0
        for count in MEMORY:
            peak, _steps = ours.call(
                "bulk.received", count=count - done, first=numbers(2 * MEMORY[-1])
            )
            done = count
            peaks.append(peak / 2**20)
            print(f"      {count:>6,} orders: {peaks[-1]:.0f} MiB", flush=True)
    run.judge(
        f"peak memory after {MEMORY[1]:,} orders / after {MEMORY[0]:,}",
        peaks[1] / peaks[0],
        1.20,
        False,
        None,
        f"{peaks[0]:.0f} → {peaks[1]:.0f} MiB",
    )


def invoices(run):
    """Invoices made and posted of many shipped orders."""
    with run.own() as ours:
        if not ours.call("invoices.has_bulk")[0]:
            print("      not there yet: sale.order._invoice_in_bulk")
            return
        kwargs = {"count": INVOICED, "lines": 3}
        results = run.compare(
            (run.plain, "invoices.one_by_one", kwargs),
            (ours, "invoices.in_bulk", kwargs),
        )
    show("1 by 1", results[0])
    show("suite", results[1])
    run.judge(
        "create and post: times faster than plain one by one, CPU",
        1 / ratio(results, "cpu"),
        4,
        True,
        *map(milliseconds, results),
    )
