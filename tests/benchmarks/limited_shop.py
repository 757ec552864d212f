"""A simulated shop that refuses whoever calls it too often."""

import time

from ..channel_sim.faults import Answer
from ..channel_sim.woocommerce import WooCommerceSimulator
from ..channel_sim.woocommerce.server import recorded

#: a call that was faster on its way than the one before it comes a moment early
_JITTER = 1.0


class LimitedShop(WooCommerceSimulator):
    """A shop that refuses calls beyond its limit, and knows how many those were.

    :param capacity: calls at once
    :param per_second: calls a second after that
    """

    def __init__(self, capacity, per_second):
        super().__init__()
        self._capacity, self._per_second = capacity + _JITTER, per_second
        self._tokens, self._counted_at = self._capacity, time.monotonic()
        self.refused = self.asked = 0

    def answer(self, call):
        """As the shop does, within its limit."""
        now = time.monotonic()
        grown = self._tokens + (now - self._counted_at) * self._per_second
        self._tokens, self._counted_at = min(self._capacity, grown), now
        self.asked += 1
        if self._tokens < 1:
            self.refused += 1
            raise Answer({"code": "too_many", "message": ""}, 429, {"Retry-After": "1"})
        self._tokens -= 1
        return super().answer(call)

    def fill(self, product_ids):
        """Products of these ids, all sold out."""
        base = recorded("product_variable") | {"type": "simple", "variations": []}
        for product_id in product_ids:
            self.products[product_id] = {
                **base,
                "id": product_id,
                "manage_stock": True,
                "stock_quantity": 0,
            }

    def show(self):
        """All units that the shop sells."""
        return sum(one["stock_quantity"] for one in self.products.values())
