"""What control of orders costs: nothing when it is off, little when it is on."""

import statistics

from .. import harness
from .run import median, milliseconds, ratio, show

#: rounds of the fight for the last units
FIGHTS = 3


def off(run):
    """Everything of the suite switched off: plain Odoo stays plain."""
    run.ours.call("orders.switch_off_demo")
    for lines in (3, 20):
        kwargs = {"count": 5, "lines": lines}
        results = run.compare(
            (run.plain, "orders.orders", kwargs), (run.ours, "orders.orders", kwargs)
        )
        print(f"    {lines} lines")
        show("plain", results[0])
        show("suite", results[1])
        for step in ("create", "confirm", "ship"):
            statements = (f"{median(runs, 'sql', [step]):.0f}" for runs in results)
            run.judge(
                f"{lines} lines, {step}: SQL / plain",
                ratio(results, "sql", [step]),
                1.05,
                False,
                *statements,
            )
        run.judge(
            f"{lines} lines, create to shipped: CPU / plain",
            ratio(results, "cpu"),
            1.10,
            False,
            *map(milliseconds, results),
        )


def controlled(run):
    """Approval and ceiling of quantities on, a 20-line order."""
    run.ours.call("orders.configure", approval_mode="explicit")
    kwargs = {"count": 5, "lines": 20}
    results = run.compare(
        (run.plain, "orders.orders", kwargs),
        (run.ours, "orders.orders", {**kwargs, "approve": True}),
    )
    run.ours.call("orders.configure", approval_mode="none")
    show("plain", results[0])
    show("suite", results[1])
    run.judge(
        "20 lines, create to shipped: CPU / plain",
        ratio(results, "cpu"),
        1.25,
        False,
        *map(milliseconds, results),
    )


def quota(run):
    """A quota that every line of a 200-line order draws on."""
    run.ours.call("orders.configure", approval_mode="none")
    kwargs = {"count": 1, "lines": 200}
    without = run.repeat(run.ours, "orders.submit", **kwargs)
    run.ours.call("orders.make_quota")
    with_quota = run.repeat(run.ours, "orders.submit", **kwargs)
    more = median(with_quota, "sql") - median(without, "sql")
    run.judge("200 lines: queries more than without a quota", more, 3)


def availability(run):
    """What can be promised of 20,000 products, beside plain Odoo's free quantity."""
    for process in (run.plain, run.ours):
        process.call("orders.seed_products", count=20_000)
    results = run.compare(
        (run.plain, "orders.free_quantity", {}), (run.ours, "orders.promise", {})
    )
    show("plain", results[0])
    show("suite", results[1])
    run.judge(
        "20,000 products: times faster than free_qty, CPU",
        1 / ratio(results, "cpu"),
        15,
        True,
        *map(milliseconds, results),
    )


def reservation(run):
    """Four processes that confirm orders of the same scarce products at once."""
    # here: only this benchmark wants servers
    from ..concurrency.reservation_arena import Arena, fight

    arenas = [
        Arena(harness.TEMPLATE_BASE),
        Arena(harness.TEMPLATE_ALL, as_installed=True),
    ]
    try:
        speeds = []
        for number in range(1, max(FIGHTS, run.pairs) + 1):
            plain, ours = fight(arenas, "orm", number)
            print(f"      plain    {plain}\n      suite    {ours}", flush=True)
            speeds.append((plain.cpu_speed, ours.cpu_speed))
    finally:
        for arena in arenas:
            arena.close()
    run.judge(
        "4 processes, 20 scarce products: orders a second of CPU / plain",
        statistics.median(ours / plain for plain, ours in speeds),
        1,
        True,
        *(f"{statistics.median(side):.1f} / s" for side in zip(*speeds, strict=True)),
    )
