"""Orders that many warehouses could serve."""

import random

from odoo import Command

from . import bulk

HOUSES = 20
#: products of the orders that are only decided about, and of each
FEW, LINES = 200, 3


def configure(bench):
    """Warehouses all over the country, stock in some of them, and a rule."""
    chance = random.Random(14)
    with bench.begin() as env:
        company = env.company
        houses = env["stock.warehouse"].search([("company_id", "=", company.id)])
        partners = env["res.partner"].create(
            [
                {
                    "name": f"Bench house {number}",
                    "country_id": env.ref("base.vn").id,
                    "partner_latitude": chance.uniform(8.6, 23.3),
                    "partner_longitude": chance.uniform(102.2, 109.4),
                }
                for number in range(HOUSES - len(houses))
            ]
        )
        houses |= env["stock.warehouse"].create(
            [
                {
                    "name": partner.name,
                    "code": f"B{number:03d}",
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "sourcing_order_capacity": 100_000,
                }
                for number, partner in enumerate(partners)
            ]
        )
        products = env["product.product"].search(
            [("default_code", "like", "BENCH%")], limit=FEW, order="default_code"
        )
        # little, in a few warehouses each: pairs have to be looked for
        env["stock.quant"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": house.lot_stock_id.id,
                    "quantity": chance.choice((3, 50)),
                }
                for product in products
                for house in chance.sample(list(houses[1:]), 5)
            ]
        )
        env["order.sourcing.rule"].create(
            {
                "name": "Bench",
                "company_id": company.id,
                "criterion_ids": [
                    Command.create({"kind": kind, "sequence": place})
                    for place, kind in enumerate(("parcels", "distance", "cost"))
                ],
            }
        )


def decide(bench, count, first):
    """Warehouses of quotations, decided about and written down.

    :return: (orders that got warehouses, warehouses they came from)
    """
    with bench.begin() as env:
        basket = bulk.Basket(env)
        orders = env["sale.order"].create(
            [basket.order_vals(number, *order) for number, order in _draw(count, first)]
        )
        orders.partner_shipping_id.write(
            {"partner_latitude": 16.05, "partner_longitude": 108.2}
        )
        env.flush_all()
        env.invalidate_all()
        with bench.measure(env, "decide", 1):
            orders._source()
        chosen = orders.filtered(lambda order: order.sourcing_state == "sourced")
        houses = len(chosen.order_line.source_warehouse_id)
        result = len(chosen), houses
        env.cr.rollback()
    return result


def _draw(count, first):
    for number in range(first, first + count):
        chance = random.Random(number)
        places = chance.sample(range(FEW), LINES)
        yield (
            number,
            (
                chance.randrange(2_000),
                [(p, chance.randint(1, 4), 10.0) for p in places],
            ),
        )
