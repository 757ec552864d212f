# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which carrier takes a parcel, by address, size, cost and time."""

import operator
import re
from dataclasses import dataclass, field

_OPERATORS = {
    "==": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}
_FAR = float("inf")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be carried, and where to.

    ``amount`` in the company's currency; ``promise_days`` until the customer expects
    it, None when nothing was promised.
    """

    country_id: int = 0
    state_id: int = 0
    zip: str = ""
    weight: float = 0.0
    volume: float = 0.0
    weight_volume: float = 0.0
    quantity: float = 0.0
    amount: float = 0.0
    cash_on_delivery: bool = False
    channel_id: int = 0
    tag_ids: frozenset = frozenset()
    promise_days: float | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """One line of a carrier's price list: the first that fits counts."""

    variable: str
    operator: str
    limit: float
    base: float
    per: float
    factor: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who may carry it. ``fixed_price`` or ``prices``; neither: the price is not known
    without asking somebody outside."""

    id: int
    name: str
    country_ids: frozenset = frozenset()
    state_ids: frozenset = frozenset()
    zip_prefixes: tuple = ()
    max_weight: float = 0.0
    max_volume: float = 0.0
    must_tag_ids: frozenset = frozenset()
    excluded_tag_ids: frozenset = frozenset()
    takes_cash: bool = False
    transit_days: int = 0
    fixed_price: float | None = None
    prices: tuple = ()
    #: of its prices, in the company's
    currency_rate: float = 1.0

    def refuse(self, parcel: Parcel) -> str:
        """Why it cannot take the parcel: ``address``, ``weight``, ``volume``,
        ``goods``, ``cash``; empty when it can."""
        if not self._covers(parcel):
            return "address"
        if self.max_weight and parcel.weight > self.max_weight:
            return "weight"
        if self.max_volume and parcel.volume > self.max_volume:
            return "volume"
        lacks = self.must_tag_ids and not self.must_tag_ids & parcel.tag_ids
        if lacks or self.excluded_tag_ids & parcel.tag_ids:
            return "goods"
        if parcel.cash_on_delivery and not self.takes_cash:
            return "cash"
        return ""

    def _covers(self, parcel):
        if self.country_ids and parcel.country_id not in self.country_ids:
            return False
        if self.state_ids and parcel.state_id not in self.state_ids:
            return False
        return not self.zip_prefixes or starts_with(parcel.zip, self.zip_prefixes)

    def price(self, parcel: Parcel) -> float | None:
        """What it costs, in the company's currency; None when nobody knows."""
        if self.fixed_price is not None:
            return self.fixed_price * self.currency_rate
        figures = {
            "price": parcel.amount,
            "volume": parcel.volume,
            "weight": parcel.weight,
            "wv": parcel.weight_volume or parcel.volume * parcel.weight,
            "quantity": parcel.quantity,
        }
        for line in self.prices:
            if _OPERATORS[line.operator](figures[line.variable], line.limit):
                cost = line.base + line.per * figures[line.factor]
                return cost * self.currency_rate
        return None


@dataclass(frozen=True, slots=True)
class Rule:
    """When it applies, and how it chooses. Empty and zero conditions are none."""

    id: int
    name: str
    result: str
    carriers: tuple
    in_time: bool = False
    country_ids: frozenset = frozenset()
    state_ids: frozenset = frozenset()
    zip_prefixes: tuple = ()
    channel_ids: frozenset = frozenset()
    tag_ids: frozenset = frozenset()
    cash: str = "any"
    promise_days: float = 0.0
    #: {name of a figure of the parcel: (from, below or at; 0: open)}
    ranges: dict = field(default_factory=dict)

    def applies(self, parcel: Parcel) -> bool:
        """Whether the parcel is one of those that the rule is about."""
        for ids, found in (
            (self.country_ids, parcel.country_id),
            (self.state_ids, parcel.state_id),
            (self.channel_ids, parcel.channel_id),
        ):
            if ids and found not in ids:
                return False
        if self.zip_prefixes and not plain_code(parcel.zip).startswith(
            self.zip_prefixes
        ):
            return False
        if self.tag_ids and not self.tag_ids & parcel.tag_ids:
            return False
        if self.cash != "any" and (self.cash == "only") != parcel.cash_on_delivery:
            return False
        return self._is_in_ranges(parcel)

    def _is_in_ranges(self, parcel):
        if self.promise_days and (
            parcel.promise_days is None or parcel.promise_days > self.promise_days
        ):
            return False
        for name, (low, high) in self.ranges.items():
            figure = getattr(parcel, name)
            if (low and figure < low) or (high and figure > high):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Offer:
    """What one carrier said: a price or why not."""

    carrier: Carrier
    price: float | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The carrier of a parcel, by which rule, and what the others offered."""

    rule: Rule
    offer: Offer | None
    offers: tuple


def plain_code(code: str | None) -> str:
    """A postal code as it is compared: capital letters and figures, without blanks."""
    return "".join(char for char in code or "" if char.isalnum()).upper()


def starts_with(code: str, prefixes) -> bool:
    """Whether a postal code begins with one of the prefixes, in which ``$`` ends it and
    what else Odoo allows there works, too."""
    code = (code or "").strip().upper()
    return bool(code) and any(_matches(prefix, code) for prefix in prefixes)


def _matches(prefix, code):
    try:
        return bool(re.match(prefix, code))
    except re.error:
        # one bad prefix must not stop every order
        return code.startswith(prefix)


def choose(rules, parcel: Parcel) -> Choice | None:
    """The choice of the first rule that applies and whose carriers can take the parcel.

    :return: a choice without an offer when rules apply and nobody can take it; None
        when no rule applies
    """
    refused = None
    for rule in rules:
        if not rule.applies(parcel):
            continue
        choice = _choose_by(rule, parcel)
        if choice.offer:
            return choice
        refused = refused or choice
    return refused


def _choose_by(rule, parcel):
    offers = tuple(_offer(rule, carrier, parcel) for carrier in rule.carriers)
    good = [offer for offer in offers if not offer.refusal]
    if rule.result == "cheapest":
        good.sort(key=lambda offer: (offer.price, _days(offer)))
    elif rule.result == "fastest":
        good.sort(key=lambda offer: (_days(offer), _cost(offer)))
    return Choice(rule, good[0] if good else None, offers)


def _offer(rule, carrier, parcel):
    refusal = carrier.refuse(parcel)
    late = (
        rule.in_time
        and parcel.promise_days is not None
        and carrier.transit_days > parcel.promise_days
    )
    if not refusal and late:
        refusal = "time"
    price = None if refusal else carrier.price(parcel)
    # a price list that has no line for the parcel is a no, too
    if not refusal and price is None and (carrier.prices or rule.result == "cheapest"):
        refusal = "price"
    return Offer(carrier, price, refusal)


def _days(offer):
    # unknown is slower than everything known
    return offer.carrier.transit_days or _FAR


def _cost(offer):
    return _FAR if offer.price is None else offer.price
