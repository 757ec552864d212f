"""Fifty people buy the last ten units, everywhere at once: run in `odoo shell`.

Five shops, Odoo's own web shop, a till, another system's API and quotations. Each buyer
has a cursor and a thread, and goes through Odoo's `retrying` as a request does. Whoever
gets something takes a number while the stock's rows are still locked: the numbers are
the order in which it happened, which an audit replays.
"""

import random
import threading
from collections import Counter
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import mute_logger

UNITS, SHOPS, BUYERS, POOL = 10, 5, 50, 3
SEQUENCE = "oversell_turn"


class World:
    """Ids of what buyers need, and what shops show."""

    #: {key of an order: what its payload says of the buyer}, by default somebody new
    customer = staticmethod(lambda key: {"external_id": key, "name": f"Buyer {key}"})

    def __init__(self, env, seed, units=UNITS):
        self.lock = threading.Lock()
        self.company = env.company
        env.company.approval_mode = "none"
        env.company.channel_last_units = 0
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self.product = env["product.product"].create(
            {
                "name": f"Scarce {seed}",
                "default_code": f"SCARCE-{seed}",
                "is_storable": True,
                "list_price": 10,
                "taxes_id": False,
                "available_in_pos": True,
                "allow_out_of_stock_order": False,
            }
        )
        env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, units
        )
        # plain values: threads share no environment
        self.product_id, self.sku = self.product.id, self.product.default_code
        self.currency = env.company.currency_id.name
        self.partner = env["res.partner"].create({"name": "Buyer"})
        self.shops = self.make_shops(env, seed)
        self.api_channel = env["sale.channel"].create(
            {
                "name": f"API {seed}",
                "company_id": env.company.id,
                "auto_confirm": True,
                "stock_oversold_hold": True,
            }
        )
        self.make_web_shop(env, seed)
        self.session = self.open_till(env, seed)
        #: {shop: what it still shows}, as its own buyers see it
        self.shown = {}

    def make_shops(self, env, seed):
        shops = env["sale.channel"].create(
            [
                {
                    "name": f"Shop {seed}-{number}",
                    "company_id": env.company.id,
                    "channel_type": "practice",
                    "sync_shop_ref": f"s{number}",
                    "sync_state": "connected",
                    "auto_confirm": number % 2 == 0,
                    "stock_is_published": True,
                    "stock_brake_zero": 0,
                    "stock_brake_units": 0,
                    "sync_options": {"listings": [{"item": "1", "quantity": UNITS}]},
                }
                for number in range(SHOPS)
            ]
        )
        env["channel.listing"].create(
            [
                {
                    "channel_id": shop.id,
                    "item_ref": "1",
                    "sku": self.product.default_code,
                    "name": "Scarce",
                    "product_id": self.product.id,
                }
                for shop in shops
            ]
        )
        env["channel.publish.rule"].create(
            {
                "company_id": env.company.id,
                "level": "product",
                "product_id": self.product.id,
                "channel_id": shops[0].id,
                "is_pool": True,
                "pool_qty": POOL,
            }
        )
        return shops

    def make_web_shop(self, env, seed):
        self.website = env["website"].create(
            {"name": f"Web {seed}", "company_id": env.company.id}
        )
        self.web_channel = env["sale.channel"].create(
            {
                "name": f"Web {seed}",
                "company_id": env.company.id,
                "website_id": self.website.id,
                "payment_hold_minutes": 30,
            }
        )
        self.provider = env["payment.provider"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self.method = env.ref("payment.payment_method_unknown")

    def open_till(self, env, seed):
        env.company.point_of_sale_update_stock_quantities = "closing"
        journal = env["account.journal"].create(
            {"name": f"Till {seed}", "type": "cash", "code": f"TL{seed}"}
        )
        self.cash = env["pos.payment.method"].create(
            {"name": f"Cash {seed}", "journal_id": journal.id}
        )
        till = env["pos.config"].create(
            {"name": f"Till {seed}", "payment_method_ids": [(6, 0, self.cash.ids)]}
        )
        session = env["pos.session"].create({"config_id": till.id, "user_id": env.uid})
        session.set_opening_control(0, "")
        return session


def take_turn(env):
    """The place of this purchase among all that got something."""
    env.flush_all()
    env.cr.execute(f"SELECT nextval('{SEQUENCE}')")
    return env.cr.fetchone()[0]


def make_payload(world, key):
    return {
        "schema_version": 1,
        "external_id": key,
        "number": key,
        "placed_at": "2026-07-19T08:12:44+07:00",
        "status": "paid",
        "currency": world.currency,
        "customer": world.customer(key),
        "lines": [
            {
                "external_id": f"{key}-1",
                "sku": world.sku,
                "quantity": "1",
                "unit_price": "10",
            }
        ],
        "payment": {"state": "paid", "amount": "10"},
        "total": "10",
    }


def import_order(run, world, channel, *keys):
    """Orders that are stored, then processed together, as request and job."""
    payloads = [make_payload(world, key) for key in keys]
    answers = run(lambda env: env["channel.order"].receive(channel.id, payloads))

    def process(env):
        rows = env["channel.order"].browse([answer["id"] for answer in answers])
        rows.action_process()
        if set(rows.mapped("state")) == {"imported"}:
            return take_turn(env)
        held = {(row.state, row.error_code) for row in rows}
        assert held == {("held", "oversold")}, rows.mapped("error")
        return None

    return run(process)


def buy_in_shop(run, world, key, shop):
    """A buyer of a marketplace: gets what the shop shows, then Odoo hears of it."""
    with world.lock:
        if world.shown[shop] <= 0:
            return None
        world.shown[shop] -= 1
    return import_order(run, world, shop, key)


def buy_by_api(run, world, key):
    return import_order(run, world, world.api_channel, key)


def make_quotation(env, world, **vals):
    return env["sale.order"].create(
        {
            "partner_id": world.partner.id,
            "order_line": [
                (0, 0, {"product_id": world.product.id, "product_uom_qty": 1})
            ],
            **vals,
        }
    )


def buy_by_quotation(run, world, _key):
    """A clerk holds the goods of a quotation, then confirms it."""
    until = fields.Datetime.add(fields.Datetime.now(), hours=1)

    def hold(env):
        order = make_quotation(env, world)
        if order._hold(until):
            raise UserError("Sold out")
        return order.id, take_turn(env)

    order_id, turn = run(hold)
    run(lambda env: env["sale.order"].browse(order_id).action_confirm())
    return turn


def buy_on_website(run, world, key):
    """A visitor pays a cart; the provider says that the money is there.

    What is held at the start of the payment is the visitor's from then on.
    """

    def pay(env):
        cart = make_quotation(
            env,
            world,
            website_id=world.website.id,
            sale_channel_id=world.web_channel.id,
        )
        transaction = env["payment.transaction"].create(
            {
                "provider_id": world.provider.id,
                "payment_method_id": world.method.id,
                "reference": f"{key}-{uuid4().hex[:6]}",
                "amount": cart.amount_total,
                "currency_id": cart.currency_id.id,
                "partner_id": world.partner.id,
                "sale_order_ids": [(6, 0, cart.ids)],
            }
        )
        return transaction.id, take_turn(env)

    transaction_id, turn = run(pay)

    def finish(env):
        transaction = env["payment.transaction"].browse(transaction_id)
        transaction._set_done()
        # as `_post_process` does, without the books: the provider has no journal here
        transaction._check_amount_and_confirm_order()

    run(finish)
    return turn


def buy_at_till(run, world, key):
    """A cashier's sale reaches the server: whatever is left, it is booked."""
    line = {
        "product_id": world.product.id,
        "qty": 1,
        "price_unit": 10,
        "price_subtotal": 10,
        "price_subtotal_incl": 10,
        "tax_ids": [(6, 0, [])],
        "pack_lot_ids": [],
    }
    payment = {
        "amount": 10,
        "name": fields.Datetime.now(),
        "payment_method_id": world.cash.id,
    }
    uuid = str(uuid4())

    def sell(env):
        data = {
            "amount_paid": 10,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": 10,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "lines": [(0, 0, dict(line))],
            "name": key,
            "partner_id": False,
            "payment_ids": [(0, 0, dict(payment))],
            "session_id": world.session.id,
            "state": "paid",
            "to_invoice": False,
            "user_id": env.uid,
            "uuid": uuid,
        }
        env["pos.order"].sync_from_ui([data])
        return take_turn(env)

    return run(sell)


def run_buyer(env, world, buy, gate, results, index):
    """Some transactions, one after the other; all begin at the same moment."""

    def run(work):
        with Registry(env.cr.dbname).cursor() as cr:
            own = api.Environment(cr, SUPERUSER_ID, {})
            own.transaction.default_env = own
            tries = []

            def attempt():
                if tries:
                    # as `ir.http` lets a request that lost a race queue
                    own["stock.quant"]._begin_in_turn({world.product_id})
                tries.append(work)
                return work(own)

            return retrying(attempt, own)

    try:
        gate.wait(60)
        results[index] = buy(run)
    except UserError as error:
        results[index] = f"refused: {error}"
    except Exception as error:  # told to the test, which knows what is right
        results[index] = f"failed: {type(error).__name__}: {error}"


def plan_buyers(world, chance):
    """Fifty buyers: [(where, function of run)]."""
    ways = ["shop"] * 26 + ["website"] * 8 + ["api"] * 6 + ["quotation"] * 6
    ways += ["till"] * (BUYERS - len(ways))
    chance.shuffle(ways)
    buyers = []
    for number, way in enumerate(ways):
        key = f"{way}-{number}-{chance.randrange(10**9)}"
        if way == "shop":
            shop = chance.choice(list(world.shops))
            act = partial(buy_in_shop, world=world, key=key, shop=shop)
        else:
            act = partial(
                {
                    "website": buy_on_website,
                    "api": buy_by_api,
                    "quotation": buy_by_quotation,
                    "till": buy_at_till,
                }[way],
                world=world,
                **{"_key" if way == "quotation" else "key": key},
            )
        buyers.append((way, act))
    return buyers


@contextmanager
def quick_retries():
    names = ("odoo.sql_db", "odoo.service.model", "odoo.http")
    with (
        mute_logger(*names),
        # longer each time, as Odoo's: the till's numbers are handed out one by one
        patch("odoo.service.model.random.uniform", lambda low, high: high / 10),
    ):
        yield


def run_all(env, world, buyers):
    env.cr.commit()
    gate = threading.Barrier(len(buyers))
    results = {}
    threads = [
        threading.Thread(
            target=run_buyer,
            args=(env, world, act, gate, results, index),
        )
        for index, (_way, act) in enumerate(buyers)
    ]
    with quick_retries():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
    env.cr.rollback()
    env.invalidate_all()
    return [results.get(index, "failed: lost") for index in range(len(buyers))]


def publish(env, world):
    """One flush and the pushes it asks for; what the shops were told last."""
    env["channel.stock.dirty"]._job_flush()
    for shop in world.shops:
        env["channel.sync.cursor"]._get_for(
            shop, "orders"
        ).last_ok_at = fields.Datetime.now()
    env.cr.commit()
    for shop in world.shops:
        shop._job_push_stock()
        env.cr.commit()
    env.invalidate_all()
    return {shop: shop.listing_ids.acked_qty for shop in world.shops}


def replay(buyers, results):
    """What is wrong with what happened, in the order in which it did."""
    wrong, left = [], UNITS
    turns = [
        (turn, way)
        for (way, _act), turn in zip(buyers, results, strict=True)
        if isinstance(turn, int)
    ]
    for turn, way in sorted(turns):
        if way != "till" and left <= 0:
            wrong.append(f"{way} at turn {turn} got what was gone")
        left -= 1
    refused = [
        way
        for (way, _act), told in zip(buyers, results, strict=True)
        if isinstance(told, str) and told.startswith("refused")
    ]
    if refused and left > 0:
        wrong.append(f"{left} left, but refused: {refused}")
    wrong += [told for told in results if isinstance(told, str) and "failed" in told]
    return wrong, left


def audit(env, world):
    """What the records say."""
    product = world.product
    lines = env["sale.order.line"].search(
        [("product_id", "=", product.id), ("order_id.state", "=", "sale")]
    )
    held = env["channel.order"].search(
        [("error_code", "=", "oversold"), ("channel_id", "in", world.channel_ids)]
    )
    till_lines = env["pos.order.line"].search([("product_id", "=", product.id)])
    moves = env["stock.move"].search(
        [("product_id", "=", product.id), ("state", "not in", ("done", "cancel"))]
    )
    quants = env["stock.quant"].search(
        [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
    )
    return {
        "confirmed": int(sum(lines.mapped("product_uom_qty"))),
        "waiting": int(
            sum(
                env["stock.hold"]
                .search([("product_id", "=", product.id), ("state", "=", "active")])
                .mapped("quantity")
            )
        ),
        "reserved": int(sum(moves.mapped("quantity"))),
        "quants": len(quants),
        "over_reserved": sum(quants.mapped("reserved_quantity")) > UNITS,
        "held": len(held),
        "held_with_order": len(held.sale_order_id),
        "held_naming_till": len(
            held.filtered(lambda row: world.session.config_id.name in row.error)
        ),
        "till": int(sum(till_lines.mapped("qty"))),
        "left": product._get_available_to_promise(world.warehouse)[product.id],
    }


def race_oversell(env, seed):
    chance = random.Random(seed)
    env.cr.execute(f"CREATE SEQUENCE IF NOT EXISTS {SEQUENCE}")
    world = World(env, seed)
    world.channel_ids = (world.shops | world.api_channel).ids
    env.cr.commit()
    world.shown = publish(env, world)
    before = list(world.shown.values())
    pool_before = world.shown[world.shops[0]]
    buyers = plan_buyers(world, chance)
    results = run_all(env, world, buyers)
    wrong, left = replay(buyers, results)
    pool_sold = pool_before - world.shown[world.shops[0]]
    after = list(publish(env, world).values())
    found = audit(env, world)
    # the session is closed: booked, and counted once
    session = world.session
    session.post_closing_cash_details(10 * found["till"])
    session.close_session_from_ui()
    env.cr.commit()
    env.invalidate_all()
    return {
        "seed": seed,
        "before": before,
        "after": after,
        "pool_sold": pool_sold,
        "wrong": wrong,
        "left": left,
        "ways": Counter(
            way
            for (way, _act), told in zip(buyers, results, strict=True)
            if isinstance(told, int)
        ),
        "session": session.state,
        "told": Counter(told for told in results if isinstance(told, str)),
        "closed": audit(env, world),
        **found,
    }
