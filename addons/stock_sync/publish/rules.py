# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Publish rules: how much of what can be promised each listing shows.

One product of one company is looked at as a whole, because its shops share it: what is
set aside for one is not there for the others, and the last units go to one shop only.
Quantities are rounded down, always, and never below zero.

Order of the steps: paused · what is there · what is set aside for others, or the own
pool · end when · buffer · share · whole listings · at most · at least · last units.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

#: from the most to the least special; the first that exists counts, whole
LEVELS = ("listing", "product", "category", "shop", "company")

#: noise of sums and divisions, never a part of a unit
_NOISE = 0.000001


class Step(NamedTuple):
    """One step of the explanation: what was looked at, and what was left after it."""

    code: str
    value: float
    left: float


@dataclass(frozen=True, slots=True)
class Rule:
    """What a shop shows. Units of the product, but ``maximum`` and ``minimum``: those
    are what a buyer reads."""

    ref: int
    level: str = "company"
    #: percent of what is left after the buffer
    share: float = 100.0
    buffer: float = 0.0
    #: nothing is shown when no more than this is there
    end_when: float = 0.0
    maximum: int | None = None
    #: less than this is shown as nothing
    minimum: int = 0
    is_paused: bool = False
    warehouses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Pool:
    """Units set aside for one shop; ``left`` is what it has not sold of them yet."""

    ref: int
    left: float
    rank: tuple
    warehouses: frozenset[int]


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing of the product. ``rank``: smaller is served first.

    ``written`` is false where nothing is ever sent: the channel's own warehouse, no
    stock kept there.
    """

    listing: int
    rank: tuple
    rule: Rule
    factor: float = 1.0
    pool: int | None = None
    written: bool = True


class Published(NamedTuple):
    """What one listing shows, and why."""

    quantity: int
    steps: tuple[Step, ...]


def publish(
    available: Callable[[frozenset[int]], float],
    offers: Sequence[Offer],
    pools: Sequence[Pool] = (),
    last_units: float = 0.0,
) -> Mapping[int, Published]:
    """What every listing of one product shows.

    :param available: what can be promised from some warehouses together
    :param pools: what is set aside, of this product
    :param last_units: when no more than this is there, only the first shop shows it
    :return: by listing
    """
    granted = _grant(available, pools)
    users = _count_users(offers) if granted else {}
    result = {}
    for offer in offers:
        steps = []
        quantity = _evaluate(offer, available, pools, granted, users, steps)
        result[offer.listing] = (quantity, steps)
    if last_units > 0 and len(offers) > 1:
        _keep_last_units(offers, result, last_units)
    return {
        listing: Published(quantity, tuple(steps))
        for listing, (quantity, steps) in result.items()
    }


def _grant(available, pools):
    """Pools by rank, as long as there is something: together never more than is
    there."""
    granted = {}
    for pool in sorted(pools, key=attrgetter("rank")):
        taken = sum(
            granted[other.ref]
            for other in pools
            if other.ref in granted and other.warehouses & pool.warehouses
        )
        rest = available(pool.warehouses) - taken
        granted[pool.ref] = max(0.0, min(pool.left, rest))
    return granted


def _count_users(offers):
    """Listings of each pool, in order: they share it, none shows the whole."""
    users = {}
    for offer in sorted(offers, key=attrgetter("rank")):
        if offer.pool is not None and offer.written and not offer.rule.is_paused:
            users.setdefault(offer.pool, []).append(offer.listing)
    return users


def _evaluate(offer, available, pools, granted, users, steps):
    rule = offer.rule
    if not offer.written or rule.is_paused:
        steps.append(Step("paused" if offer.written else "not_written", 0.0, 0.0))
        return 0
    there = available(rule.warehouses)
    steps.append(Step("available", there, there))
    if offer.pool is not None:
        return _from_pool(offer, granted, users, steps)
    left = there
    if granted:
        aside = sum(
            granted[pool.ref] for pool in pools if pool.warehouses & rule.warehouses
        )
        if aside:
            left -= aside
            steps.append(Step("aside", aside, left))
    if left <= rule.end_when:
        # everything counts from here on as "what is there" for the last units, too
        steps.append(Step("end_when", rule.end_when, 0.0))
        return 0
    if rule.buffer:
        left -= rule.buffer
        steps.append(Step("buffer", rule.buffer, left))
    if rule.share != 100.0:
        left = left * rule.share / 100.0
        steps.append(Step("share", rule.share, left))
    return _to_listings(offer, left, steps)


def _from_pool(offer, granted, users, steps):
    """The own pool, divided among the shop's listings of the product."""
    there = granted.get(offer.pool, 0.0)
    steps.append(Step("pool", there, there))
    listings = users[offer.pool]
    if len(listings) > 1:
        each, more = divmod(math.floor(there + _NOISE), len(listings))
        there = float(each + (listings.index(offer.listing) < more))
        steps.append(Step("pool_shared", len(listings), there))
    return _to_listings(offer, there, steps)


def _to_listings(offer, left, steps):
    """Whole listings, within the rule's limits."""
    rule = offer.rule
    if offer.factor != 1.0:
        left /= offer.factor
        steps.append(Step("factor", offer.factor, left))
    quantity = max(0, math.floor(left + _NOISE))
    if quantity != left:
        steps.append(Step("whole", quantity, quantity))
    if rule.maximum is not None and quantity > rule.maximum:
        quantity = rule.maximum
        steps.append(Step("maximum", rule.maximum, quantity))
    if quantity and quantity < rule.minimum:
        quantity = 0
        steps.append(Step("minimum", rule.minimum, 0))
    return quantity


def _keep_last_units(offers, result, last_units):
    """Only the first listing that shows any of the last units keeps them.

    Pools are left alone: nobody else could sell those units.
    """
    keeper = None
    for offer in sorted(offers, key=attrgetter("rank")):
        quantity, steps = result[offer.listing]
        if not quantity or offer.pool is not None:
            continue
        there = next(
            (step.left for step in steps if step.code == "aside"), steps[0].left
        )
        if there > last_units:
            continue
        if keeper is None:
            keeper = offer
            continue
        steps.append(Step("last_units", last_units, 0))
        result[offer.listing] = (0, steps)
