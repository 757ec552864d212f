"""One operating system process that hands orders to the inbox and processes them."""

import random
import time
from pathlib import Path

from psycopg2 import OperationalError

from ..worker import BaseWorker, main


def prepare(env):
    """A channel and its products; the channel's id."""
    env["product.product"].create(
        [
            {"name": name, "default_code": name, "is_storable": True, "taxes_id": False}
            for name in ("RACE-1", "RACE-2", "RACE-3")
        ]
    )
    return env["sale.channel"].create({"name": "Race", "company_id": env.company.id}).id


def payload(env, number, customers, version=1, street="Old"):
    """Order ``number``; ``customers`` buyers share all orders."""
    buyer = number % customers
    return {
        "external_id": f"R{number}",
        "placed_at": "2026-07-19T08:12:44Z",
        "updated_at": f"2026-07-19T09:{version // 60:02d}:{version % 60:02d}Z",
        "status": "paid",
        "currency": env.company.currency_id.name,
        "customer": {"name": f"Buyer {buyer}", "email": f"race{buyer}@example.com"},
        "shipping_address": {
            "street": f"{number % 3} {street} Way",
            "country_code": "VN",
        },
        "lines": [
            {"external_id": "1", "sku": "RACE-1", "quantity": 1, "unit_price": "10"},
            {"external_id": "2", "sku": "RACE-2", "quantity": 2, "unit_price": "4.50"},
        ],
        "total": "19",
        "note": f"version {version}",
    }


def receive(env, channel_id, numbers, customers, versions=(1,), street="Old"):
    payloads = [
        payload(env, number, customers, version, street)
        for number in numbers
        for version in versions
    ]
    answers = env["channel.order"].receive(channel_id, payloads)
    return {answer["external_id"]: answer["id"] for answer in answers}


def receive_versions(env, channel_id, versions):
    """Versions of one order; each wants as many units as its number."""
    payloads = []
    for version in versions:
        order = payload(env, 1, 1, version)
        order["lines"][0]["quantity"] = version
        order["total"] = str(10 * version + 9)
        payloads.append(order)
    answers = env["channel.order"].receive(channel_id, payloads)
    return sorted({answer["id"] for answer in answers})


def process(env, ids, job=False):
    rows = env["channel.order"].browse(ids)
    if job:
        return rows._job_process()
    return rows.action_process()["params"]["message"]


def process_slowly(env, ids, sign):
    """Process, and stop right before the end until somebody kills this process."""
    model = env.registry["channel.order"]
    original = model._settle

    def settle(rows, items):
        original(rows, items)
        rows.env.flush_all()
        Path(sign).touch()
        time.sleep(600)

    model._settle = settle
    return process(env, ids, job=True)


def run_cron(env):
    env.ref("order_management.ir_cron_process").method_direct_trigger()
    return True


class Worker(BaseWorker):
    def race(self, start_at, seed, name, *args):
        """The function with its list of numbers or ids in an order of one's own."""
        head, items, *tail = args
        random.Random(seed).shuffle(items)
        self.wait_for(start_at)
        return self.call(name, head, items, *tail)

    def race_ids(self, start_at, seed, name, ids, *tail):
        random.Random(seed).shuffle(ids)
        self.wait_for(start_at)
        return self.call(name, ids, *tail)

    def hammer(self, start_at, seed, channel_id, times):
        """One order, ``times`` versions of it in an order of one's own."""
        versions = list(range(1, times + 1))
        random.Random(seed).shuffle(versions)
        self.wait_for(start_at)
        ids = set()
        for version in versions:
            ids |= set(self.call("receive", channel_id, [1], 1, [version]).values())
        return sorted(ids)

    def storm(self, start_at, seed, channel_id, times):
        """One order, ``times`` sendings of old and new versions, imported in between.

        Whoever loses five times against the others sends again, as a channel does.

        :return: {ids: of the rows, lost: how often all tries were lost}
        """
        draw = random.Random(seed)
        # newer and newer on the whole, so that there is something to do to the end
        versions = [
            min(max(1, number + draw.randint(-9, 9)), times)
            for number in range(1, times + 1)
        ]
        versions[-draw.randint(1, 5)] = times
        self.wait_for(start_at)
        ids, lost = set(), 0
        for version in versions:
            sent = False
            while not sent:
                try:
                    burst = [version, *draw.choices(versions, k=draw.choice((0, 0, 2)))]
                    ids |= set(self.call("receive_versions", channel_id, burst))
                    if draw.random() < 0.2:
                        self.call("process", sorted(ids), draw.random() < 0.5)
                    sent = True
                except OperationalError:
                    lost += 1
        return {"ids": sorted(ids), "lost": lost}


if __name__ == "__main__":
    main(Worker, globals())
