# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Share what there is among those who want more of it.

Goods leave in whole packs. What a claim wants beyond its last whole pack is given only
together with everything before it. All figures are whole numbers of the smallest part
that is given away (``step``), so that sums are exact.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

POLICIES = ("first", "class", "pro_rata")


@dataclass(frozen=True)
class Claim:
    """Somebody who wants goods.

    ``rank`` orders claims of the policies ``first`` and ``class``: less is earlier.
    ``weight`` is what ``pro_rata`` shares by; None stands for the quantity wanted.
    ``sure`` is theirs whatever comes, for example what has left already.
    """

    key: object
    wanted: float
    rank: object = 0
    weight: float | None = None
    sure: float = 0.0


@dataclass(frozen=True)
class Share:
    """What a claim gets, and why: ``code`` and ``details`` for a text."""

    key: object
    quantity: float
    code: str
    details: dict


def share(supply, claims, policy="first", pack=1.0, step=1e-6):
    """Share ``supply`` among ``claims``.

    :param supply: quantity there is, what is sure not included
    :param policy: ``first``: in the order of rank, each as much as there is.
        ``class``: the same by classes, and inside a class pro rata. ``pro_rata``: by
        weight, the largest remainders get the packs that are left over
    :param pack: quantity of a pack
    :param step: smallest part of a unit
    :return: list of ``Share`` in the order of ``claims``
    :raises ValueError: negative figures, an unknown policy
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}")
    scale = Fraction(1) / Fraction(str(step))
    size = max(_count(pack, scale), 1)
    left = max(_count(supply, scale), 0)
    wants = {claim.key: _count(claim.wanted - claim.sure, scale) for claim in claims}
    if any(claim.wanted < 0 or claim.sure < 0 for claim in claims):
        raise ValueError("a claim cannot want less than nothing")
    wants = {key: max(want, 0) for key, want in wants.items()}
    given = dict.fromkeys(wants, 0)
    notes = {}
    for group in _get_groups(claims, policy):
        if policy == "first":
            left = _serve(group, wants, given, left, size)
        else:
            left = _divide(group, wants, given, notes, left, size)
    return [
        _describe(claim, wants, given, notes, policy, size, scale) for claim in claims
    ]


def _count(quantity, scale):
    """A quantity as a whole number of steps, rounded down."""
    return math.floor(Fraction(str(round(quantity, 9))) * scale)


def _get_groups(claims, policy):
    """Claims that are served together, those first who come first."""
    if policy == "pro_rata":
        return [list(claims)]
    ranks = {}
    for claim in sorted(claims, key=lambda claim: claim.rank):
        ranks.setdefault(claim.rank, []).append(claim)
    return list(ranks.values())


def _fit(want, left, size):
    """As much of ``want`` as ``left`` allows: all of it, or whole packs."""
    if want <= left:
        return want
    return left // size * size


def _serve(group, wants, given, left, size):
    for claim in group:
        given[claim.key] = _fit(wants[claim.key], left, size)
        left -= given[claim.key]
    return left


def _divide(group, wants, given, notes, left, size):
    """Pro rata by weight; what one cannot use is divided among the others."""
    total = sum(wants[claim.key] for claim in group)
    if total <= left:
        for claim in group:
            given[claim.key] = wants[claim.key]
        return left - total
    shares = _get_exact_shares(group, wants, left)
    for claim in group:
        notes[claim.key] = shares[claim.key]
        want = wants[claim.key]
        packs = math.floor(shares[claim.key]) // size * size
        given[claim.key] = want if shares[claim.key] >= want else min(packs, want)
        left -= given[claim.key]
    return _give_rest(group, wants, given, shares, left, size)


def _get_exact_shares(group, wants, left):
    """``{key: exact share}``, at most what is wanted.

    Who would get more than wanted gets that, and the rest is shared anew.
    """
    weights = {
        claim.key: Fraction(str(claim.weight))
        if claim.weight is not None
        else Fraction(wants[claim.key])
        for claim in group
    }
    shares, rest, open_keys = {}, Fraction(left), [claim.key for claim in group]
    while open_keys:
        total = sum(weights[key] for key in open_keys)
        if not total:
            shares.update(dict.fromkeys(open_keys, Fraction(0)))
            break
        full = [key for key in open_keys if rest * weights[key] / total >= wants[key]]
        if not full:
            shares.update((key, rest * weights[key] / total) for key in open_keys)
            break
        for key in full:
            shares[key] = Fraction(wants[key])
        rest -= sum(wants[key] for key in full)
        open_keys = [key for key in open_keys if key not in set(full)]
    return shares


def _give_rest(group, wants, given, shares, left, size):
    """Packs that are left go to the largest remainders, one each, then again.

    Equal remainders: who wants more, then who comes first in the list.
    """
    order = sorted(
        range(len(group)),
        key=lambda index: (
            given[group[index].key] - shares[group[index].key],
            -wants[group[index].key],
            index,
        ),
    )
    moved = True
    while moved and left > 0:
        moved = False
        for index in order:
            key = group[index].key
            more = min(size, wants[key] - given[key])
            # the broken rest of a want counts as its last pack
            if shares[key] and 0 < more <= left:
                given[key] += more
                left -= more
                moved = True
    return left


def _describe(claim, wants, given, notes, policy, size, scale):
    quantity = given[claim.key]
    want = wants[claim.key]
    code = "all" if quantity >= want else ("none" if not quantity else "part")
    details = {"policy": policy, "pack": float(Fraction(size) / scale)}
    if claim.key in notes:
        details["share"] = round(float(notes[claim.key] / scale), 6)
    details["rank"] = claim.rank
    return Share(
        claim.key, float(Fraction(quantity) / scale) + claim.sure, code, details
    )
