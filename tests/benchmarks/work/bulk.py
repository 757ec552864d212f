"""Orders of a channel from the message to the reserved parcel, beside plain loops."""

import random
import resource

from odoo import Command

from .orders import PRODUCTS

#: messages of one call and orders of one transaction
CHUNK = 100
CHANNEL = "Bench channel"


def configure(bench):
    """A channel whose orders are submitted by themselves and approved by a person."""
    with bench.begin() as env:
        groups = ("group_manager", "group_channel")
        env.user.group_ids += sum(
            (env.ref(f"order_management.{name}") for name in groups),
            env["res.groups"],
        )
        env["sale.channel"].create(
            {
                "name": CHANNEL,
                "company_id": env.company.id,
                "auto_submit": True,
                "auto_confirm": False,
                "approval_mode": "explicit",
            }
        )


def one_by_one(bench, count, first, lines=3):
    """Plain Odoo as a connector calls it: create, confirm, commit, for each order."""
    for number, order in _draw(count, first, lines):
        with bench.begin() as env, bench.measure(env, "order"):
            basket = Basket(env)
            env["sale.order"].create(basket.order_vals(number, *order)).action_confirm()


def batched(bench, count, first, lines=3):
    """Plain Odoo at its best: the same calls for a hundred orders at once."""
    drawn = list(_draw(count, first, lines))
    for chunk in _chunks(drawn):
        with bench.begin() as env, bench.measure(env, "order", len(chunk)):
            basket = Basket(env)
            orders = env["sale.order"].create(
                [basket.order_vals(number, *order) for number, order in chunk]
            )
            orders.action_confirm()


def received(bench, count, first, lines=3):
    """The hub: messages stored, imported, approved, confirmed, reserved.

    :return: the most memory that this process ever had, in bytes
    """
    drawn = list(_draw(count, first, lines))
    for chunk in _chunks(drawn):
        messages = [message(number, *order) for number, order in chunk]
        with bench.begin() as env, bench.measure(env, "receive", len(chunk)):
            channel = env["sale.channel"].search([("name", "=", CHANNEL)])
            answers = env["channel.order"].receive(channel.id, messages)
            row_ids = [answer["id"] for answer in answers]
        with bench.begin() as env:
            _import(bench, env, env["channel.order"].browse(row_ids))
    # kilobytes on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _import(bench, env, rows):
    with bench.measure(env, "import", len(rows)):
        rows.action_process()
    orders = rows.sale_order_id
    assert len(orders) == len(rows), rows.filtered("error")[:1].error
    with bench.measure(env, "approve", len(rows)):
        orders.action_approve()
    with bench.measure(env, "confirm and reserve", len(rows)):
        orders._confirm_in_bulk()
    states = set(orders.picking_ids.mapped("state"))
    assert states == {"assigned"}, f"not reserved: {states}"


def _draw(count, first, lines):
    """``(number, (customer, [(product, quantity, price)]))``: the same on both sides,
    in every run."""
    for number in range(first, first + count):
        chance = random.Random(number)
        places = chance.sample(range(PRODUCTS), lines)
        yield (
            number,
            (
                chance.randrange(2_000),
                [
                    (place, chance.randint(1, 4), chance.randint(500, 9_900) / 100)
                    for place in places
                ],
            ),
        )


def _chunks(drawn):
    for start in range(0, len(drawn), CHUNK):
        yield drawn[start : start + CHUNK]


class Basket:
    """What plain orders of a transaction are made of."""

    def __init__(self, env):
        # looked up by SQL: finding them is not what is measured
        env.cr.execute(
            "SELECT default_code, id FROM product_product"
            " WHERE default_code LIKE 'BENCH%'"
        )
        self.products = dict(env.cr.fetchall())
        env.cr.execute("SELECT ref, id FROM res_partner WHERE ref LIKE 'BENCH%'")
        self.customers = dict(env.cr.fetchall())

    def order_vals(self, number, customer, lines):
        return {
            "partner_id": self.customers[f"BENCH{customer:05d}"],
            "client_order_ref": f"CH-{number:07d}",
            "order_line": [
                Command.create(
                    {
                        "product_id": self.products[f"BENCH{place:05d}"],
                        "product_uom_qty": quantity,
                        "price_unit": price,
                    }
                )
                for place, quantity, price in lines
            ],
        }


def message(number, customer, lines):
    """The same order as a channel tells it."""
    name = f"Bench Customer {customer}"
    cents = sum(quantity * round(price * 100) for _place, quantity, price in lines)
    return {
        "schema_version": 1,
        "external_id": f"CH-{number:07d}",
        "placed_at": "2026-11-20T08:00:00+00:00",
        "status": "paid",
        "currency": "USD",
        "prices_include_tax": False,
        "total": f"{cents / 100:.2f}",
        "customer": {
            "external_id": f"BENCH{customer:05d}",
            "name": name,
            "email": f"c{customer}@bench.example.com",
            "phone": f"+8491{customer:07d}",
        },
        "shipping_address": {
            "name": name,
            "street": f"{customer} Bench street",
            "city": "Hanoi",
            "country_code": "VN",
        },
        "lines": [
            {
                "external_id": str(position),
                "sku": f"BENCH{place:05d}",
                "quantity": str(quantity),
                "unit_price": f"{price:.2f}",
                "tax_rate": "0",
            }
            for position, (place, quantity, price) in enumerate(lines)
        ],
    }
