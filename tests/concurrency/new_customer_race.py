"""Somebody nobody knows orders many times at once, in two shops: run in `odoo shell`,
in the world of ``oversell_race``.

Some orders come alone and some together; one of the two shops confirms at once.
Everybody meets the same new customer and the same stock.
"""

import random

from .oversell_race import SEQUENCE, World, import_order, publish, run_all

UNKNOWN = {"external_id": "C1", "name": "Mali"}
#: how many orders each message holds; 12 messages, every shop gets half of them
MESSAGES = (1, 1, 1, 1, 1, 1, 3, 3, 2, 2, 1, 1)


def count_customer(env, world):
    """What was made of the same customer, and of the orders."""
    partners = env["res.partner"].search([("email", "=", world.email)])
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


def race_new_customer(env, seed):
    chance = random.Random(seed)
    env.cr.execute(f"CREATE SEQUENCE IF NOT EXISTS {SEQUENCE}")
    world = World(env, 500 + seed, units=100)
    world.channel_ids = (world.shops | world.api_channel).ids
    world.email = f"mali{seed}@example.com"
    world.customer = lambda _key: {**UNKNOWN, "email": world.email}
    env.cr.commit()
    publish(env, world)
    buyers = []
    for number, count in enumerate(MESSAGES):
        keys = [f"new-{seed}-{number}-{index}" for index in range(count)]
        shop = world.shops[number % 2]

        def buy(run, shop=shop, keys=keys):
            return import_order(run, world, shop, *keys)

        buyers.append(("shop", buy))
    chance.shuffle(buyers)
    results = run_all(env, world, buyers)
    return {"told": [r for r in results if not isinstance(r, int)]} | count_customer(
        env, world
    )
