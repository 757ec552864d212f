# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The neutral order as Python objects: decimals, aware datetimes in UTC, no nulls.

Texts that are missing, null or blank are ``""``; amounts and quantities that are
missing are zero, but for those where "not told" matters (``tax``, ``tax_rate``,
``payment.amount``, coordinates): these are None. ``extra`` holds the fields that the
schema does not know.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import cache

from .identity import plain_id
from .moments import parse_timestamp
from .problems import InvalidOrder
from .validation import validate

ZERO = Decimal(0)


def _text(value) -> str:
    return value.strip() if value else ""


def _number(value) -> Decimal | None:
    # repr of a float is its shortest exact writing; only coordinates arrive so
    return None if value is None else Decimal(str(value))


def _moment(value) -> datetime | None:
    return parse_timestamp(value) if value else None


def _code(value) -> str:
    return value.upper() if value else ""


def _texts(value) -> tuple:
    return tuple(filter(None, map(_text, value or ())))


def _identifiers(value) -> tuple:
    return tuple(map(plain_id, value or ()))


def _part(cls):
    return lambda value: build(cls, value or {})


def _parts(cls):
    return lambda value: tuple(build(cls, item) for item in value or ())


def _as(convert, default=""):
    """A dataclass field that is read by ``convert`` and may be missing."""
    return field(default=default, metadata={"convert": convert})


def _extra():
    return field(default_factory=dict)


@cache
def _converters(cls):
    return {
        item.name: item.metadata["convert"]
        for item in fields(cls)
        if "convert" in item.metadata
    }


def build(cls, source: dict):
    """An object of ``cls`` from a checked JSON object."""
    converters = _converters(cls)
    values = {}
    extra = {}
    for name, value in source.items():
        convert = converters.get(name)
        if convert is None:
            extra[name] = value
        elif value is not None:
            values[name] = convert(value)
    return cls(extra=extra, **values)


@dataclass(frozen=True, slots=True)
class Address:
    name: str = _as(_text)
    company: str = _as(_text)
    phone: str = _as(_text)
    street: str = _as(_text)
    street2: str = _as(_text)
    ward: str = _as(_text)
    city: str = _as(_text)
    state: str = _as(_text)
    zip: str = _as(_text)
    country_code: str = _as(_code)
    country: str = _as(_text)
    latitude: Decimal | None = _as(_number, None)
    longitude: Decimal | None = _as(_number, None)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Customer:
    external_id: str = _as(plain_id)
    name: str = _as(_text)
    email: str = _as(_text)
    phone: str = _as(_text)
    vat: str = _as(_text)
    company: str = _as(_text)
    language: str = _as(_text)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class BundlePart:
    external_id: str = _as(plain_id)
    sku: str = _as(_text)
    barcode: str = _as(_text)
    name: str = _as(_text)
    quantity: Decimal = _as(_number, ZERO)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Line:
    external_id: str = _as(plain_id)
    external_ids: tuple[str, ...] = _as(_identifiers, ())
    sku: str = _as(_text)
    barcode: str = _as(_text)
    listing_id: str = _as(plain_id)
    name: str = _as(_text)
    quantity: Decimal = _as(_number, ZERO)
    cancelled_quantity: Decimal = _as(_number, ZERO)
    unit_price: Decimal = _as(_number, ZERO)
    discount: Decimal = _as(_number, ZERO)
    tax: Decimal | None = _as(_number, None)
    tax_rate: Decimal | None = _as(_number, None)
    bundle: tuple[BundlePart, ...] = _as(_parts(BundlePart), ())
    extra: dict = _extra()

    @property
    def open_quantity(self) -> Decimal:
        """Units that are still wanted: ordered less cancelled."""
        return self.quantity - self.cancelled_quantity


@dataclass(frozen=True, slots=True)
class Shipping:
    method: str = _as(_text)
    carrier: str = _as(_text)
    fee: Decimal = _as(_number, ZERO)
    tax: Decimal = _as(_number, ZERO)
    ship_by: datetime | None = _as(_moment, None)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class LineQuantity:
    line_id: str = _as(plain_id)
    quantity: Decimal = _as(_number, ZERO)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Shipment:
    external_id: str = _as(plain_id)
    tracking: str = _as(_text)
    tracking_url: str = _as(_text)
    carrier: str = _as(_text)
    lines: tuple[LineQuantity, ...] = _as(_parts(LineQuantity), ())
    shipped_at: datetime | None = _as(_moment, None)
    delivered_at: datetime | None = _as(_moment, None)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Discount:
    code: str = _as(_text)
    amount: Decimal = _as(_number, ZERO)
    borne_by: str = _as(_text, "seller")
    in_lines: bool = _as(bool, False)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Fee:
    type: str = _as(_text)
    name: str = _as(_text)
    amount: Decimal = _as(_number, ZERO)
    tax: Decimal = _as(_number, ZERO)
    paid_by: str = _as(_text, "buyer")
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Refund:
    external_id: str = _as(plain_id)
    amount: Decimal = _as(_number, ZERO)
    lines: tuple[LineQuantity, ...] = _as(_parts(LineQuantity), ())
    at: datetime | None = _as(_moment, None)
    reason: str = _as(_text)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class Payment:
    method: str = _as(_text)
    state: str = _as(_text)
    cash_on_delivery: bool = _as(bool, False)
    paid_at: datetime | None = _as(_moment, None)
    transaction_id: str = _as(plain_id)
    amount: Decimal | None = _as(_number, None)
    extra: dict = _extra()


@dataclass(frozen=True, slots=True)
class NeutralOrder:
    """One order of a channel, checked. ``raw`` stays in the payload."""

    schema_version: int = _as(int, 1)
    external_id: str = _as(plain_id)
    number: str = _as(plain_id)
    placed_at: datetime | None = _as(_moment, None)
    updated_at: datetime | None = _as(_moment, None)
    status: str = _as(_text)
    currency: str = _as(_code)
    prices_include_tax: bool = _as(bool, False)
    customer: Customer = _as(_part(Customer), Customer())
    invoice_address: Address | None = _as(_part(Address), None)
    shipping_address: Address | None = _as(_part(Address), None)
    lines: tuple[Line, ...] = _as(_parts(Line), ())
    shipping: Shipping = _as(_part(Shipping), Shipping())
    shipments: tuple[Shipment, ...] = _as(_parts(Shipment), ())
    discounts: tuple[Discount, ...] = _as(_parts(Discount), ())
    fees: tuple[Fee, ...] = _as(_parts(Fee), ())
    refunds: tuple[Refund, ...] = _as(_parts(Refund), ())
    payment: Payment = _as(_part(Payment), Payment())
    total: Decimal = _as(_number, ZERO)
    note: str = _as(_text)
    tags: tuple[str, ...] = _as(_texts, ())
    extra: dict = _extra()


def parse(payload: dict, check: bool = True) -> NeutralOrder:
    """The payload as a typed order.

    :param check: pass False only for what ``validate`` has just found good
    :raises InvalidOrder: with every problem, when the payload is no neutral order
    """
    if check:
        problems = validate(payload)
        if problems:
            raise InvalidOrder(problems)
    source = {name: value for name, value in payload.items() if name != "raw"}
    return build(NeutralOrder, source)
