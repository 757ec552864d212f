"""Figures, scores and risk of many customers, and whether it grows with them only."""

SMALL = {"customers": 10_000, "orders": 100_000}
BIG = {"customers": 90_000, "orders": 900_000}
#: what is left to chance when ten times as much is to cost ten times as much
TOLERANCE = 1.25
GIBIBYTE = 1024**3
WARM = "refresh anew"


def crm(run):
    """What the night computes for 100,000 customers with 1,000,000 orders."""
    with run.own() as process:
        small = _measure(process, SMALL)
        big = _measure(process, BIG)
        for name in ("refresh", WARM):
            seconds = big[name]["cpu"]
            run.judge(
                f"{name} 100,000 customers: seconds of CPU",
                seconds,
                180,
                False,
                None,
                f"{seconds:.0f} s",
            )
        growth = big[WARM]["cpu"] / small[WARM]["cpu"]
        run.judge("ten times the customers: times the work", growth, 10 * TOLERANCE)
        run.judge("memory in GiB", big["memory"] / GIBIBYTE, 1.5)
        for name, step in process.call("crm.screens")[1].items():
            run.judge(f"{name}: seconds of CPU", step["cpu"], 1)


def _measure(process, size):
    """The steps of the first computation and of one more, when rows are there."""
    process.call("crm.seed", **size)
    process.database.sql("VACUUM ANALYZE sale_order")
    found = {}
    for name in ("refresh", WARM):
        result, steps = process.call("crm.refresh", step=name)
        assert result["fitted"], result
        found.update(steps, memory=result["memory"])
        for step, figures in steps.items():
            print(
                f"      {result['customers']:>8} customers  {step:<44}"
                f" {figures['sql']:5.0f} SQL {figures['cpu']:7.1f} s CPU"
                f" {figures['wall']:7.1f} s",
                flush=True,
            )
    return found
