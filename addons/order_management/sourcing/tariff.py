# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What a parcel costs by the price rules of Odoo's delivery methods."""

import operator
import re
from dataclasses import dataclass
from functools import cached_property

from .facts import Place

_COMPARE = {
    "==": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Parcel:
    """What is sent together; figures of the whole parcel."""

    weight: float = 0.0
    volume: float = 0.0
    quantity: float = 0.0
    price: float = 0.0
    #: weight × volume, added up product by product
    wv: float = 0.0
    tags: frozenset = frozenset()

    def get(self, variable: str) -> float:
        """A figure by the name that price rules call it."""
        if variable == "wv":
            return self.wv or self.volume * self.weight
        return getattr(self, variable)


@dataclass(frozen=True)
class PriceStep:
    """One price rule: applies where ``variable operator limit`` is true."""

    variable: str
    operator: str
    limit: float
    base: float
    factor_price: float
    factor: str

    def applies(self, parcel: Parcel) -> bool:
        return _COMPARE[self.operator](parcel.get(self.variable), self.limit)

    def price(self, parcel: Parcel) -> float:
        return self.base + self.factor_price * parcel.get(self.factor)


@dataclass(frozen=True)
class Carrier:
    """A delivery method: where it goes, what it takes, what it costs.

    ``steps`` None: the fixed price. A carrier with ``is_priced`` False asks somebody
    outside for its price, which is not done here.
    """

    key: int
    fixed: float = 0.0
    steps: tuple | None = None
    margin: float = 0.0
    fixed_margin: float = 0.0
    is_priced: bool = True
    countries: frozenset = frozenset()
    states: frozenset = frozenset()
    zip_prefixes: tuple = ()
    max_weight: float = 0.0
    max_volume: float = 0.0
    must_tags: frozenset = frozenset()
    no_tags: frozenset = frozenset()

    @cached_property
    def _zip_pattern(self):
        return re.compile("|".join("^" + _read(prefix) for prefix in self.zip_prefixes))

    def covers(self, place: Place) -> bool:
        """Whether it goes there."""
        if self.countries and place.country not in self.countries:
            return False
        if self.states and place.state not in self.states:
            return False
        if self.zip_prefixes:
            return bool(place.zip and self._zip_pattern.match(place.zip.upper()))
        return True

    def takes(self, parcel: Parcel) -> bool:
        """Whether it takes such a parcel."""
        if self.max_weight and parcel.weight > self.max_weight:
            return False
        if self.max_volume and parcel.volume > self.max_volume:
            return False
        if self.must_tags and not self.must_tags & parcel.tags:
            return False
        return not self.no_tags & parcel.tags

    def price(self, parcel: Parcel) -> float | None:
        """What it costs, None where no price rule is about such a parcel."""
        if not self.is_priced:
            return None
        if self.steps is None:
            return self.fixed
        for step in self.steps:
            if step.applies(parcel):
                return step.price(parcel) * (1.0 + self.margin) + self.fixed_margin
        return None


def _read(prefix):
    try:
        re.compile(prefix)
    except re.error:
        # one bad prefix must not stop every order
        return re.escape(prefix)
    return prefix
