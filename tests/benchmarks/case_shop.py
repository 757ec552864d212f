"""Orders from a shop: what reading them costs beside orders that are handed over."""

import os
import random

from ..channel_sim.woocommerce import WooCommerceSimulator
from .run import show

#: orders of the promise; fewer with SUITE_BENCH_ORDERS
ORDERS = int(os.environ.get("SUITE_BENCH_ORDERS", "10000"))
#: as many times the CPU of the bulk path: a fifth more
LIMIT = 1.2
_WARM = 100


def shop(run):
    """10,000 orders read from a shop's API and confirmed, beside the bulk path."""
    chance = random.Random(1)
    with WooCommerceSimulator(seed=1) as simulator, run.own() as ours:
        products = [
            simulator.add_product(f"Bench {n}", f"BENCH{n:05d}", "10.00", 10**6)
            for n in range(500)
        ]
        currency = simulator.order([(products[0], 1)])["currency"]
        simulator.orders.clear()
        keys = {"key": simulator.key, "secret": simulator.secret}
        ours.call("shop.configure", url=simulator.url, currency=currency, **keys)
        for count in (_WARM, ORDERS):
            for _number in range(count):
                some = chance.sample(products, 3)
                simulator.order([(one, chance.randint(1, 4)) for one in some])
            came, read = ours.call("shop.read", count=count)
            assert came >= count, came
        orders, _steps = ours.call("shop.translate")
        ours.call("shop.handed_over", orders=orders[:_WARM])
        _result, handed = ours.call("shop.handed_over", orders=orders[_WARM:])
    show("handed over", [handed])
    show("read", [read])
    cpu = [
        sum(step["cpu"] for step in steps.values()) / ORDERS for steps in (handed, read)
    ]
    for index, text in enumerate(("handed over", "read from a shop")):
        print(f"      {text}: {1 / cpu[index]:.0f} orders a second of CPU")
    run.judge(
        f"{ORDERS:,} orders read and confirmed: CPU / handed over and confirmed",
        cpu[1] / cpu[0],
        LIMIT,
        False,
        None,
        f"{1000 * cpu[0]:.1f} → {1000 * cpu[1]:.1f} ms",
    )
