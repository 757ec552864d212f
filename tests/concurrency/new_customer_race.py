"""Five shops, each with a new customer who orders six times at once: run in `odoo
shell`, in the world of ``oversell_race``.

Some orders come alone and some together; some shops confirm at once. All want the same
product. Whoever loses a race begins again with the product's turn.
"""

import random
from functools import partial

from .oversell_race import SEQUENCE, World, import_order, publish, run_all

#: how many orders each message of a shop holds
MESSAGES = (1, 1, 1, 1, 2, 3)


def count_customer(env, world):
    """What was made of the customers and of the orders."""
    partners = env["res.partner"].search([("name", "=", world.buyer)])
    rows = env["channel.order"].search([("channel_id", "in", world.channel_ids)])
    orders = rows.sale_order_id
    return {
        "customers": len(partners),
        "buyers": len(orders.partner_id),
        "rows": len(rows),
        "states": sorted(set(rows.mapped("state"))),
        "orders": len(orders),
        "errors": [row.error for row in rows if row.error],
        "units": int(sum(orders.order_line.mapped("product_uom_qty"))),
    }


def import_from(run, world, shop, keys):
    return import_order(run, world, shop, *keys)


def race_new_customer(env, seed):
    chance = random.Random(seed)
    env.cr.execute(f"CREATE SEQUENCE IF NOT EXISTS {SEQUENCE}")
    world = World(env, 500 + seed, units=100)
    world.channel_ids = (world.shops | world.api_channel).ids
    # the channel's number is all that tells who it is, so each shop has one of its own
    world.buyer = f"Mali {seed}"
    world.customer = lambda _key: {"external_id": "C1", "name": world.buyer}
    env.cr.commit()
    publish(env, world)
    buyers = []
    for index, shop in enumerate(world.shops):
        for number, count in enumerate(MESSAGES):
            keys = [f"new-{seed}-{index}-{number}-{one}" for one in range(count)]
            buy = partial(import_from, world=world, shop=shop, keys=keys)
            buyers.append(("shop", buy))
    chance.shuffle(buyers)
    results = run_all(env, world, buyers)
    return {"told": [r for r in results if not isinstance(r, int)]} | count_customer(
        env, world
    )
