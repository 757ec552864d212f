# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What customs will ask for goods that cross a border: an estimate."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_ZERO = Decimal(0)
_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Rates for goods of a heading; amounts in the currency of the goods.

    ``duty_free`` and ``tax_free``: nothing is asked for a shipment worth no more than
    this; None: there is no such limit.
    """

    id: int
    hs_prefix: str
    duty_rate: Decimal
    tax_rate: Decimal
    origin_id: int = 0
    is_country: bool = True
    duty_free: Decimal | None = None
    tax_free: Decimal | None = None
    with_freight: bool = True
    valid_from: str = ""

    def fits(self, goods: "Goods") -> bool:
        """Whether these are its goods."""
        return goods.hs_code.startswith(self.hs_prefix) and (
            not self.origin_id or self.origin_id == goods.origin_id
        )

    @property
    def rank(self):
        """The most special one counts: longest heading, named origin, the country
        before its union, the newest."""
        return (
            len(self.hs_prefix),
            bool(self.origin_id),
            self.is_country,
            self.valid_from,
            self.id,
        )


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of a shipment."""

    ref: int
    hs_code: str
    origin_id: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """What is asked for one line; without a tariff nobody knows."""

    ref: int
    tariff: Tariff | None = None
    base: Decimal = _ZERO
    duty: Decimal = _ZERO
    tax: Decimal = _ZERO


def clean_code(code) -> str:
    """The figures of an HS code: ``6109.10-00`` is ``61091000``."""
    return "".join(char for char in str(code or "") if char.isdigit())


def find_tariff(goods: Goods, tariffs) -> Tariff | None:
    """The most special tariff of these goods."""
    if not goods.hs_code:
        return None
    found = [tariff for tariff in tariffs if tariff.fits(goods)]
    return max(found, key=lambda tariff: tariff.rank, default=None)


def estimate(goods, tariffs, freight=_ZERO, unit=Decimal("0.01")) -> list[Charge]:
    """Duty and import tax of a shipment, line by line.

    Freight is part of the value in most countries: shared by value, the rest on the
    last line. Tax is on value and duty. Every figure is rounded to ``unit``.

    :param goods: list of `Goods` of one shipment
    :param tariffs: those of its destination and day
    """
    total = sum((line.value for line in goods), _ZERO)
    shares = _share(freight, [line.value for line in goods], total, unit)
    charges = []
    for line, share in zip(goods, shares, strict=True):
        tariff = find_tariff(line, tariffs)
        if not tariff:
            charges.append(Charge(line.ref))
            continue
        base = line.value + (share if tariff.with_freight else _ZERO)
        duty = tax = _ZERO
        if not _is_free(total, tariff.duty_free):
            duty = _round(base * tariff.duty_rate / _PERCENT, unit)
        if not _is_free(total, tariff.tax_free):
            tax = _round((base + duty) * tariff.tax_rate / _PERCENT, unit)
        charges.append(Charge(line.ref, tariff, base, duty, tax))
    return charges


def _is_free(total, limit):
    return limit is not None and total <= limit


def _share(amount, values, total, unit):
    shares, left = [], amount
    for value in values[:-1]:
        part = _round(amount * value / total, unit) if total else _ZERO
        shares.append(part)
        left -= part
    return [*shares, left] if values else []


def _round(amount, unit):
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
