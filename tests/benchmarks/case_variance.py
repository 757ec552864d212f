"""What the variance report costs with years of order lines."""

import statistics

LINES = 1_000_000
#: seconds: a month, everything
LIMITS = {"month": 2, "all": 10}


def variance(run):
    """The variance report of a month and of all of a million order lines."""
    with run.own() as process:
        process.call("variance.seed", lines=LINES)
        process.database.sql("VACUUM ANALYZE order_variance")
        plan, _steps = process.call("variance.read")
        print("      " + "\n      ".join(plan), flush=True)
        rounds = run.repeat(process, "variance.read")
    medians = {
        name: statistics.median(steps[name]["cpu"] for steps in rounds)
        for name in rounds[0]
    }
    for name, seconds in medians.items():
        print(f"      {name:<30} {seconds * 1000:6.0f} ms", flush=True)
    for period, limit in LIMITS.items():
        names = [name for name in medians if name.startswith(period)]
        worst = max(names, key=medians.get)
        run.judge(
            f"variance of {period}, the slowest of {len(names)} ({worst}): seconds",
            medians[worst],
            limit,
            False,
            None,
            f"{medians[worst]:.2f} s",
        )
