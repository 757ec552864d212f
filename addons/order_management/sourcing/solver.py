# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Choose warehouses for orders: one after the other, in the order of their rank.

What an order takes, the later ones do not see. For each order its rules are tried in
turn; for each rule one warehouse, then two, then three, as far as it allows. The same
figures always give the same answer.
"""

from itertools import combinations

from .facts import Network, Order, Plan, Policy
from .offers import Offer, Shared, make_offers
from .parts import Split, add_best, assign, assign_greedily

#: figures closer than this are the same
_DIGITS = 6


def solve(orders, policies, network: Network) -> dict[int, Plan]:
    """Decide about all orders.

    :param orders: `Order` objects, in any order
    :param policies: ``{key: Policy}``
    :return: ``{order key: Plan}``
    """
    shared = Shared(network)
    plans = {}
    for order in sorted(orders, key=lambda order: (order.rank, order.key)):
        plan = _decide(order, policies, shared)
        shared.take(order, plan)
        plans[order.key] = plan
    return plans


def try_every(order: Order, policy: Policy, network: Network, limit=20) -> list[Plan]:
    """All ways to serve one order wholly by one rule, the best first; then, if there
    are fewer than ``limit``, what each warehouse alone has of it.

    The number of warehouses is what the rule allows; nothing is taken.
    """
    shared = Shared(network)
    offers = make_offers(order, policy, shared)
    usable = [offer for offer in offers if offer.serves]
    found = []
    for size in range(1, policy.max_warehouses + 1):
        found += _search_size(order, policy, usable, shared, size)
    found.sort(key=lambda split: _get_key(split, policy))
    for offer in usable:
        alone = assign_greedily(order, policy, (offer,), shared)
        if alone.missing(order):
            found.append(alone)
    return [_make_plan(order, policy, split, ()) for split in found[:limit]]


def _decide(order: Order, policies, shared: Shared) -> Plan:
    tries = []
    for key in order.policies:
        policy = policies[key]
        offers = make_offers(order, policy, shared)
        split, result = _apply_policy(order, policy, offers, shared)
        tries.append(_tell(policy, offers, split, result))
        if split:
            return _make_plan(order, policy, split, tuple(tries), result)
    missing = {need.key: need.quantity for need in order.needs}
    return Plan(
        order.key, "none", None, {}, missing, (), None, None, None, tuple(tries)
    )


def _apply_policy(order, policy, offers, shared):
    """:return: (`Split` or None, ``full``, ``partial`` or ``none``)"""
    usable = [offer for offer in offers if offer.serves]
    best = _search_full(order, policy, usable, shared)
    if best:
        return best, "full"
    if policy.partial and usable:
        part = _search_partial(order, policy, usable, shared)
        if part:
            return part, "partial"
    return None, "none"


def _search_full(order, policy, offers, shared):
    """The best way to serve all of an order, or None.

    Fewest warehouses first, unless the rule sorts by something else before it.
    """
    if not _can_ever(order, policy, offers):
        return None
    all_sizes = "parcels" in policy.criteria and policy.criteria[0] != "parcels"
    found = []
    for size in range(1, min(policy.max_warehouses, len(offers)) + 1):
        found += _search_size(order, policy, offers, shared, size)
        if found and not all_sizes:
            break
    return min(found, key=lambda split: _get_key(split, policy), default=None)


def _can_ever(order, policy, offers):
    """Whether all warehouses together would have it: saves the search."""
    for place, need in enumerate(order.needs):
        amounts = [offer.served[place] for offer in offers]
        most = sum(amounts) if policy.split_lines else max(amounts, default=0.0)
        if round(most - need.quantity, _DIGITS) < 0:
            return False
    return True


def _search_size(order, policy, offers, shared, size):
    """All ways to serve an order wholly from exactly ``size`` warehouses."""
    complete = (1 << len(order.needs)) - 1
    found = []
    for group in combinations(offers, size):
        mask = 0
        for offer in group:
            mask |= offer.mask
        split = None
        if mask == complete:
            split = assign(order, policy, group, shared)
        if (
            not split
            and policy.split_lines
            and size > 1
            and _can_ever(order, policy, group)
        ):
            split = assign_greedily(order, policy, group, shared)
            if split.missing(order):
                split = None
        if split and len(split.warehouses) == size:
            found.append(split)
    return found


def _search_partial(order, policy, offers, shared):
    """What is worth most, warehouse by warehouse; None when it does not pay."""
    best, group = None, ()
    for _size in range(policy.max_warehouses):
        better = add_best(order, policy, offers, group, shared, best, _get_key)
        if not better:
            break
        best, group = better
    if not best:
        return None
    missing = best.missing(order)
    rest = sum(need.value * missing.get(need.key, 0.0) for need in order.needs)
    least = policy.min_part_value
    if round(min(best.value(order), rest) - least, _DIGITS) < 0:
        return None
    return best


def _get_key(split: Split, policy: Policy):
    """What ways to serve an order are sorted by; less is better."""
    figures = [round(split.figure(name), _DIGITS) for name in policy.criteria]
    offers = sorted((o.warehouse.sequence, o.warehouse.key) for o in split.offers)
    return (*figures, len(split.offers), *offers)


def _make_plan(order, policy, split: Split, tries, result=None):
    missing = split.missing(order)
    cost = split.figure("cost")
    return Plan(
        order=order.key,
        result=result or ("partial" if missing else "full"),
        policy=policy.key,
        parts=split.parts(order),
        missing=missing,
        warehouses=split.warehouses,
        distance=round(split.figure("distance"), 1),
        cost=None if cost == float("inf") else round(cost, 2),
        ready_on=split.ready_on,
        tries=tries,
    )


def _tell(policy, offers: list[Offer], split, result):
    """What was looked at, as plain data for JSON."""
    chosen = split.warehouses if split else ()
    return {
        "rule": policy.key,
        "result": result,
        "chosen": list(chosen),
        "candidates": [offer.tell(offer.warehouse.key in chosen) for offer in offers],
    }
