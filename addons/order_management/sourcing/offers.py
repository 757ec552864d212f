# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What each warehouse could do for an order, or why it cannot."""

import math
from functools import cached_property

from .distance import estimate_distance
from .facts import Network, Order, Plan, Policy, Warehouse
from .tariff import Parcel

#: figures closer than this are the same
TOLERANCE = 1e-6


class Shared:
    """What is left for the next order, and what was worked out already."""

    def __init__(self, network: Network):
        self.warehouses = network.warehouses
        self.carriers = network.carriers
        self.stock = dict(network.stock)
        self.orders_left = dict(network.orders_left)
        self.units_left = dict(network.units_left)
        self._distances, self._covers = {}, {}

    def take(self, order: Order, plan: Plan):
        """Take away what the plan takes; what was kept elsewhere is free again."""
        if not plan.parts:
            return
        needs = {need.key: need for need in order.needs}
        units = dict.fromkeys(plan.warehouses, 0.0)
        for key, amounts in plan.parts.items():
            for warehouse, quantity in amounts:
                units[warehouse] += quantity
                for product, each in needs[key].parts:
                    stock_key = product, warehouse
                    left = self.stock.get(stock_key, 0.0) - quantity * each
                    self.stock[stock_key] = left
        for stock_key, quantity in order.own.items():
            self.stock[stock_key] = self.stock.get(stock_key, 0.0) + quantity
        for warehouse, quantity in units.items():
            if warehouse in self.orders_left:
                self.orders_left[warehouse] -= 1
            if warehouse in self.units_left:
                self.units_left[warehouse] -= quantity

    def get_distance(self, warehouse: Warehouse, order: Order):
        """(kilometres, whether guessed)"""
        key = warehouse.key, order.place
        if key not in self._distances:
            self._distances[key] = estimate_distance(warehouse.place, order.place)
        return self._distances[key]

    def get_carriers(self, warehouse: Warehouse, order: Order):
        """Those who fetch parcels there and go to the order's address."""
        key = warehouse.key, order.place, order.carrier
        if key not in self._covers:
            keys = self.carriers if warehouse.carriers is None else warehouse.carriers
            keys = [k for k in keys if k in self.carriers]
            if order.carrier in self.carriers:
                keys = [k for k in keys if k == order.carrier]
            carriers = [self.carriers[k] for k in keys]
            self._covers[key] = [c for c in carriers if c.covers(order.place)]
        return self._covers[key]

    def get_available(self, product, warehouse: int, order: Order, keep_back=0.0):
        """What an order may take of a product."""
        excluded = order.excluded
        if excluded and (
            (warehouse, None) in excluded or (warehouse, product) in excluded
        ):
            return 0.0
        key = product, warehouse
        own = order.own.get(key, 0.0)
        there = self.stock.get(key, 0.0) + own
        # what is kept for the order itself is not kept back from it
        return max(0.0, min(there, max(there - keep_back, own)))


class Offer:
    """A warehouse that an order may be served from."""

    def __init__(self, warehouse: Warehouse, order: Order, policy, shared: Shared):
        self.warehouse = warehouse
        self.order = order
        self._shared = shared
        self.distance, self.is_guess = shared.get_distance(warehouse, order)
        self.reason = self._get_obstacle(policy)
        self.served = self._get_served(policy)
        self.mask = 0
        for place, need in enumerate(order.needs):
            if self.served[place] >= need.quantity - TOLERANCE:
                self.mask |= 1 << place
        if not self.reason and not any(self.served):
            self.reason = "rejected" if self._has_excluded else "stock"

    @property
    def serves(self) -> bool:
        """Whether it can be part of a plan."""
        return not self.reason

    @property
    def units_left(self):
        """Units that its day still has room for; infinite where not limited."""
        return self._shared.units_left.get(self.warehouse.key, math.inf)

    @property
    def _has_excluded(self):
        """Whether it did not find one of the products lately."""
        return any(
            (self.warehouse.key, product) in self.order.excluded
            for need in self.order.needs
            for product, _each in need.parts
        )

    def _get_obstacle(self, policy: Policy):
        key = self.warehouse.key
        if (key, None) in self.order.excluded:
            return "rejected"
        if self._shared.orders_left.get(key, 1) < 1 or self.units_left <= 0:
            return "capacity"
        if policy.max_distance and self.distance > policy.max_distance:
            return "distance"
        if policy.needs_carrier and not self._shared.get_carriers(
            self.warehouse, self.order
        ):
            return "carrier"
        return ""

    def _get_served(self, policy: Policy):
        """How much of each need it has."""
        if self.reason:
            return (0.0,) * len(self.order.needs)
        get, key = self._shared.get_available, self.warehouse.key
        served = []
        for need in self.order.needs:
            amount = min(need.quantity, self.units_left)
            for product, each in need.parts:
                free = get(product, key, self.order, policy.keep_back)
                amount = min(amount, free / each)
            served.append(round_down(amount, need))
        return tuple(served)

    @cached_property
    def whole_cost(self):
        """What it would cost to send the whole order from here."""
        return self.get_cost([need.quantity for need in self.order.needs])

    def get_cost(self, quantities):
        """What a parcel with these quantities of the needs costs; infinite where no
        carrier tells a price."""
        parcel = make_parcel(self.order.needs, quantities)
        prices = [
            carrier.price(parcel)
            for carrier in self._shared.get_carriers(self.warehouse, self.order)
            if carrier.takes(parcel)
        ]
        known = [price for price in prices if price is not None]
        return self.warehouse.parcel_cost + min(known, default=math.inf)

    def figure(self, name):
        """What it is sorted by among the warehouses of one plan."""
        if name == "distance":
            return self.distance
        if name == "cost":
            return self.whole_cost
        if name == "sequence":
            return self.warehouse.sequence
        if name in ("date", "promise"):
            return self.get_days(name)
        return 0.0

    def get_days(self, name):
        """The day it leaves, or how many days late that is."""
        ready = self.warehouse.ready_on
        day = ready.toordinal() if ready else 0
        if name == "date":
            return day
        due = self.order.due
        return max(0, day - due.toordinal()) if due and day else 0

    @property
    def _has_room(self):
        return self.units_left >= sum(need.quantity for need in self.order.needs)

    def tell(self, is_chosen):
        """Plain data for JSON."""
        ready, cost = self.warehouse.ready_on, self.whole_cost
        lines = bin(self.mask).count("1")
        reason = self.reason
        if not is_chosen and not reason:
            reason = "beaten" if self._has_room else "capacity"
            if reason == "beaten" and lines < len(self.order.needs):
                reason = "short"
        return {
            "warehouse": self.warehouse.key,
            "km": round(self.distance, 1),
            "guess": self.is_guess,
            "cost": None if cost == math.inf else round(cost, 2),
            "date": ready.isoformat() if ready else None,
            "lines": lines,
            "why": "" if is_chosen else reason,
        }


def make_offers(order: Order, policy: Policy, shared: Shared) -> list[Offer]:
    """What each warehouse of a rule could do, in the rule's order of preference."""
    offers = [
        Offer(shared.warehouses[key], order, policy, shared)
        for key in policy.warehouses
        if key in shared.warehouses
    ]
    offers.sort(
        key=lambda offer: (
            *[offer.figure(name) for name in policy.criteria],
            offer.warehouse.sequence,
            offer.warehouse.key,
        )
    )
    return offers


def make_parcel(needs, quantities) -> Parcel:
    """The parcel of these quantities."""
    weight = volume = amount = price = wv = 0.0
    tags = frozenset()
    for need, quantity in zip(needs, quantities, strict=True):
        if not quantity:
            continue
        weight += need.weight * quantity
        volume += need.volume * quantity
        wv += need.weight * need.volume * quantity
        amount += quantity
        price += need.value * quantity
        tags |= need.tags
    return Parcel(weight, volume, amount, price, wv, tags)


def round_down(amount, need):
    """Whole steps of a need; all of it where nothing is missing."""
    if amount >= need.quantity - TOLERANCE:
        return need.quantity
    steps = math.floor(amount / need.step + TOLERANCE)
    return max(round(steps * need.step, 6), 0.0)
