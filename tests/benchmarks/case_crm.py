"""Figures, scores and risk of many customers, and whether it grows with them only."""

SMALL = {"customers": 10_000, "orders": 100_000}
BIG = {"customers": 90_000, "orders": 900_000}
#: what is left to chance when ten times as much is to cost ten times as much
TOLERANCE = 1.25
GIBIBYTE = 1024**3
WARM = "refresh anew"
#: what a screen may take where it is not a second
SCREENS = {"screen of a customer with 5,000 events": 0.3}
#: Odoo ends a cron after this many seconds, as installed; half of it is for others
LIMIT = 120 / 2


def crm(run):
    """What the night computes for 100,000 customers with 1,000,000 orders."""
    with run.own() as process:
        small = _measure(process, SMALL)
        big = _measure(process, BIG)
        for name in ("refresh", WARM):
            seconds = _total(big, name)
            run.judge(
                f"{name} 100,000 customers: seconds of CPU",
                seconds,
                180,
                False,
                None,
                f"{seconds:.0f} s",
            )
        run.judge("longest step of a night: seconds", big["longest"], LIMIT)
        growth = _total(big, WARM) / _total(small, WARM)
        run.judge("ten times the customers: times the work", growth, 10 * TOLERANCE)
        run.judge("memory in GiB", big["memory"] / GIBIBYTE, 1.5)
        for name, step in process.call("crm.screens")[1].items():
            run.judge(f"{name}: seconds of CPU", step["cpu"], SCREENS.get(name, 1))


def _total(found, name):
    """CPU of all steps of one night."""
    steps = (step for step in found if step.startswith(f"{name}: "))
    return sum(found[step]["cpu"] for step in steps)


def _measure(process, size):
    """The steps of the first computation and of one more, when rows are there."""
    process.call("crm.seed", **size)
    process.database.sql("VACUUM ANALYZE sale_order")
    found = {"longest": 0.0, "memory": 0.0}
    for name in ("refresh", WARM):
        result, steps = process.call("crm.refresh", step=name)
        assert result["fitted"], result
        found.update(steps)
        for what in ("longest", "memory"):
            found[what] = max(found[what], result[what])
        for step, figures in steps.items():
            print(
                f"      {result['customers']:>8} customers  {step:<44}"
                f" {figures['sql']:5.0f} SQL {figures['cpu']:7.1f} s CPU"
                f" {figures['wall']:7.1f} s",
                flush=True,
            )
    return found
