# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which of some warehouses serves what of an order."""

from .facts import Order, Policy
from .offers import TOLERANCE, Offer, Shared, round_down

#: steps after which a search through assignments gives up; orders whose lines share
#: neither products nor the room of a day need one step a line
_STEPS = 5_000


class Split:
    """One way to serve an order: quantities of each need from each warehouse."""

    def __init__(self, amounts):
        #: ``{offer: [quantity of each need]}``, only warehouses that give something
        self.amounts = {
            offer: quantities
            for offer, quantities in amounts.items()
            if any(quantities)
        }
        self._figures = {}

    @property
    def offers(self):
        return list(self.amounts)

    @property
    def warehouses(self):
        """Keys, the one that gives most value first."""
        worth = {
            offer: sum(n.value * q for n, q in zip(offer.order.needs, a, strict=True))
            for offer, a in self.amounts.items()
        }
        ranked = sorted(worth, key=lambda o: (-worth[o], o.warehouse.key))
        return tuple(offer.warehouse.key for offer in ranked)

    @property
    def ready_on(self):
        days = [offer.warehouse.ready_on for offer in self.amounts]
        return max((day for day in days if day), default=None)

    def total(self, place):
        return sum(quantities[place] for quantities in self.amounts.values())

    def missing(self, order: Order):
        """``{need key: quantity}`` that it does not serve."""
        gaps = {}
        for place, need in enumerate(order.needs):
            gap = need.quantity - self.total(place)
            if gap > TOLERANCE:
                gaps[need.key] = round(gap, 6)
        return gaps

    def value(self, order: Order):
        return sum(
            need.value * self.total(place) for place, need in enumerate(order.needs)
        )

    def parts(self, order: Order):
        """``{need key: ((warehouse, quantity), ...)}``"""
        found = {}
        for place, need in enumerate(order.needs):
            given = sorted(
                (offer.warehouse.key, quantities[place])
                for offer, quantities in self.amounts.items()
                if quantities[place]
            )
            if given:
                found[need.key] = tuple(given)
        return found

    def figure(self, name):
        """What ways to serve an order are compared by."""
        if name not in self._figures:
            self._figures[name] = self._compute(name)
        return self._figures[name]

    def _compute(self, name):
        if name == "parcels":
            return len(self.amounts)
        if name == "cost":
            return sum(o.get_cost(amounts) for o, amounts in self.amounts.items())
        if name == "balance":
            return self._get_share()
        figures = [offer.figure(name) for offer in self.amounts]
        if name in ("date", "promise"):
            return max(figures, default=0)
        return sum(figures)

    def _get_share(self):
        """The largest share of a product that it takes from a warehouse."""
        share = 0.0
        for offer, quantities in self.amounts.items():
            for need, quantity in zip(offer.order.needs, quantities, strict=True):
                for product, each in need.parts if quantity else ():
                    there = offer._shared.get_available(
                        product, offer.warehouse.key, offer.order
                    )
                    share = max(share, quantity * each / max(there, TOLERANCE))
        return share


class _Room:
    """What is left of stock and of the day while one plan is made."""

    def __init__(self, order: Order, policy: Policy, shared: Shared):
        self._order, self._policy, self._shared = order, policy, shared
        self._taken, self._units = {}, {}

    def get(self, offer: Offer, need):
        """How much of a need there still is, whole steps."""
        key, amount = offer.warehouse.key, need.quantity
        for product, each in need.parts:
            free = self._shared.get_available(
                product, key, self._order, self._policy.keep_back
            )
            free -= self._taken.get((product, key), 0.0)
            amount = min(amount, free / each)
        amount = min(amount, offer.units_left - self._units.get(key, 0.0))
        return round_down(amount, need)

    def take(self, offer: Offer, need, quantity):
        """Take, or with a quantity below zero put back."""
        key = offer.warehouse.key
        self._units[key] = self._units.get(key, 0.0) + quantity
        for product, each in need.parts:
            place = product, key
            self._taken[place] = self._taken.get(place, 0.0) + quantity * each


def assign(order: Order, policy: Policy, offers, shared: Shared):
    """Each need wholly from one of the warehouses, the preferred one where there is a
    choice; None when that is not possible."""
    room = _Room(order, policy, shared)
    chosen = [None] * len(order.needs)
    if not _assign_from(0, order, offers, room, chosen, [_STEPS]):
        return None
    amounts = {offer: [0.0] * len(order.needs) for offer in offers}
    for place, need in enumerate(order.needs):
        amounts[chosen[place]][place] = need.quantity
    return Split(amounts)


def _assign_from(place, order, offers, room, chosen, steps):
    """Depth first through the needs; tries every way within ``steps``."""
    if place == len(order.needs):
        return True
    need = order.needs[place]
    for offer in offers:
        if not offer.mask >> place & 1 or steps[0] <= 0:
            continue
        steps[0] -= 1
        if room.get(offer, need) < need.quantity - TOLERANCE:
            continue
        room.take(offer, need, need.quantity)
        chosen[place] = offer
        if _assign_from(place + 1, order, offers, room, chosen, steps):
            return True
        room.take(offer, need, -need.quantity)
    return False


def assign_greedily(order: Order, policy: Policy, offers, shared: Shared) -> Split:
    """As much as there is, from the preferred warehouse first.

    Lines are torn apart only where the rule allows it.
    """
    room = _Room(order, policy, shared)
    amounts = {offer: [0.0] * len(order.needs) for offer in offers}
    for place, need in enumerate(order.needs):
        left = need.quantity
        for offer in offers:
            if left <= TOLERANCE or offer.reason:
                continue
            quantity = min(room.get(offer, need), left)
            if not policy.split_lines and quantity < need.quantity - TOLERANCE:
                continue
            room.take(offer, need, quantity)
            amounts[offer][place] += quantity
            left -= quantity
    return Split(amounts)


def add_best(order, policy, offers, group, shared, best, get_key):
    """Add to ``group`` the warehouse that serves most value more.

    :return: (`Split`, the larger group), or None when none serves more
    """
    value = best.value(order) if best else 0.0
    found = None
    for offer in offers:
        if offer in group:
            continue
        larger = tuple(o for o in offers if o in group or o is offer)
        split = assign_greedily(order, policy, larger, shared)
        worth = split.value(order)
        served = _count(split, order)
        if not split.amounts or (best and worth <= value + TOLERANCE):
            continue
        key = (-round(worth, 6), -round(served, 6), *get_key(split, policy))
        if found is None or key < found[0]:
            found = key, split, larger
    return found and found[1:]


def _count(split, order):
    return sum(split.total(place) for place in range(len(order.needs)))
