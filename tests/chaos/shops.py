"""Buyers at simulated shops, and the webhooks that the shops send about them."""

import json

import requests

from ..channel_sim.shopee import ShopeeSimulator
from ..channel_sim.woocommerce import WooCommerceSimulator

#: SKU -> units at the start, in every shop and in Odoo
STOCK = {f"STORM-{number}": 4000 for number in range(1, 6)}
PRICE = 20000


class Side:
    """One shop: what its buyers do, and what Odoo has to agree with in the end."""

    def __init__(self, name, simulator, rng):
        self.name, self.simulator, self.rng = name, simulator, rng
        self.channel_id = None
        #: address of the webhooks, as Odoo names it
        self.hook = None
        self.cancelled = set()
        self.placed = []

    def buy(self):
        """An order of one to three kinds of goods; its number."""
        skus = self.rng.sample(sorted(STOCK), self.rng.randint(1, 3))
        with self.simulator.lock:
            number = self._buy([(sku, self.rng.randint(1, 3)) for sku in skus])
        self.placed.append(number)
        return number

    def cancel(self, number):
        """The buyer thinks better of it."""
        with self.simulator.lock:
            self._cancel(number)
        self.cancelled.add(number)

    def take_events(self):
        """Webhooks that the shop would send now: ``[(headers, body)]``."""
        with self.simulator.lock:
            return self._take_events()

    def send(self, event):
        """Deliver one webhook; whatever becomes of it."""
        headers, body = event
        try:
            answer = requests.post(self.hook, data=body, headers=headers, timeout=20)
        except requests.RequestException:
            return None
        return answer.status_code


class ShopeeSide(Side):
    """A shop on Shopee."""

    kind = "shopee"

    def __init__(self, name, rng):
        super().__init__(name, ShopeeSimulator(seed=rng.randrange(10**6)), rng)
        shop = self.simulator.shop
        self.items = {
            sku: shop.add_item(sku.title(), (sku, PRICE, units))
            for sku, units in STOCK.items()
        }

    def settings(self):
        """What an administrator enters."""
        shop = self.simulator.shop
        return {
            "shop_ref": str(shop.shop_id),
            "account": {
                "app_key": str(shop.partner_id),
                "app_secret": shop.partner_key,
                "access_token": shop.access_token,
                "refresh_token": shop.refresh_token,
            },
        }

    def _buy(self, wanted):
        lines = [(self.items[sku], 0, units) for sku, units in wanted]
        return self.simulator.shop.order(lines)["order_sn"]

    def _cancel(self, number):
        self.simulator.shop.set_status(number, "CANCELLED", cancel_by="buyer")

    def _take_events(self):
        shop = self.simulator.shop
        events = []
        for push in shop.pushes:
            body = json.dumps(push).encode()
            signature = shop.sign_push(self.hook, body)
            headers = {"Authorization": signature, "Content-Type": "application/json"}
            events.append((headers, body))
        shop.pushes.clear()
        return events

    def quantities(self):
        """What the shop sells now: ``{SKU: units}``."""
        return {sku: item.models[0].stock for sku, item in self.items.items()}


class WooSide(Side):
    """A WooCommerce shop."""

    kind = "woocommerce"
    secret = "storm"

    def __init__(self, name, rng):
        super().__init__(name, WooCommerceSimulator(seed=rng.randrange(10**6)), rng)
        self.simulator.currency = "VND"
        self.items = {
            sku: self.simulator.add_product(sku.title(), sku, f"{PRICE}.00", units)
            for sku, units in STOCK.items()
        }

    def settings(self):
        """What an administrator enters."""
        return {
            "shop_ref": "",
            "account": {
                "app_key": self.simulator.key,
                "app_secret": self.simulator.secret,
                "webhook_secret": self.secret,
            },
        }

    def _buy(self, wanted):
        lines = [(self.items[sku], units) for sku, units in wanted]
        return str(self.simulator.order(lines)["id"])

    def _cancel(self, number):
        self.simulator.cancel(self.simulator.orders[int(number)])

    def _take_events(self):
        return self.simulator.take_webhooks(self.secret)

    def quantities(self):
        """What the shop sells now: ``{SKU: units}``."""
        return {sku: item["stock_quantity"] for sku, item in self.items.items()}
