# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What goes between Odoo and the adapters: plain values, nothing of Odoo.

External ids are texts, money is Decimal in the named currency, quantities of listings
are whole units of the listing, moments are aware datetimes in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from .types_stock import (  # noqa: F401 - one place to import from
    ItemResult,
    ListingRef,
    Listings,
    PriceChange,
    RemoteListing,
    StockChange,
    StockLevel,
)


class Auth(str, Enum):
    """How a shop is connected."""

    KEY = "key"  # a key, perhaps with a secret, typed in by an admin
    OAUTH = "oauth"  # a log-in at the channel, tokens that end
    NONE = "none"


class StockMeaning(str, Enum):
    """What the number that a channel takes for stock means."""

    SELLABLE = "sellable"  # what may be sold now
    ON_HAND = "on_hand"  # sellable and what open orders of that channel allocated


class Failure(str, Enum):
    """What one wrong item does to the others of its call."""

    PER_ITEM = "per_item"
    ALL = "all"


@dataclass(frozen=True)
class Bucket:
    """A token bucket of one shop: at most ``capacity`` calls at once, then
    ``per_second``."""

    name: str
    capacity: float
    per_second: float


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do; the table on the channel's screen is made of it."""

    name: str
    auth: Auth
    orders: bool = True
    webhooks: bool = False
    #: the order list can be asked for "changed since"; without: every open order is
    #: read again
    changes_since: bool = True
    #: changes of state do not touch the order's time of change
    reread_open_orders: bool = False
    returns: bool = False
    settlements: bool = False
    listings: bool = True
    stock: bool = True
    stock_meaning: StockMeaning = StockMeaning.SELLABLE
    stock_batch: int = 1
    stock_failure: Failure = Failure.PER_ITEM
    compare_and_set: bool = False
    locations: bool = False
    price: bool = False
    ship: bool = False
    partial_shipments: bool = False
    #: the tracking number of a parcel can be entered later, or changed
    late_tracking: bool = False
    labels: bool = False
    cancel: bool = False
    #: what it takes about its own returns: approved, refused, received, refunded
    tell_return: tuple[str, ...] = ()
    #: accepting a return pays the buyer at once, whether or not goods come back
    accepting_pays: bool = False
    #: money is given back of an order for a return that the channel does not know
    refund_order: bool = False
    answer_cancellation: bool = False
    idempotency_key: bool = False
    sandbox: bool = False
    order_page: int = 100
    order_batch: int = 50
    #: longest stretch of time one order list may cover; None: no limit
    order_window_days: int | None = None
    buckets: tuple[Bucket, ...] = (Bucket("default", 10, 5),)


@dataclass(frozen=True)
class Shop:
    """One shop's settings; nothing secret."""

    kind: str
    base_url: str = ""
    shop_id: str = ""
    currency: str = ""
    country: str = ""
    timezone: str = "UTC"
    sandbox: bool = False
    #: generic URLs may lead to private networks
    allow_private: bool = False
    #: where the channel's pushes arrive, exactly as registered there
    webhook_url: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Credentials:
    """One shop's secrets. Never printed: ``repr`` tells only what is there."""

    app_key: str = ""
    app_secret: str = ""
    access_token: str = ""
    refresh_token: str = ""
    webhook_secret: str = ""
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None

    def __repr__(self):
        there = [name for name, value in vars(self).items() if value]
        return f"<Credentials {', '.join(there) or 'none'}>"


@dataclass(frozen=True, repr=False)
class Tokens:
    """A new pair of tokens; the old one may be dead from now on."""

    access_token: str
    refresh_token: str = ""
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    #: end of the seller's authorisation, where the channel tells
    authorised_until: datetime | None = None
    #: which shop it is for, where one log-in opens several
    shop_id: str = ""

    def __repr__(self):
        return f"<Tokens of {self.shop_id or 'the shop'}>"


@dataclass(frozen=True)
class ShopInfo:
    """What the test button found."""

    shop_id: str
    name: str
    currency: str = ""
    country: str = ""
    server: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderRef:
    """One line of an order list."""

    external_id: str
    updated_at: datetime | None = None


@dataclass(frozen=True)
class OrderPage:
    """One page of an order list, ascending by time of change where possible.

    ``cursor`` is for the next page, empty on the last one. ``orders`` holds neutral
    orders by external id if the list brings them whole.
    """

    refs: tuple[OrderRef, ...]
    cursor: str = ""
    orders: Mapping[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Orders:
    """Orders that were read whole.

    ``orders``: neutral orders (schema 1 of `order_management`) by external id.
    ``missing``: asked for, but not there. ``failed``: could not be translated.
    """

    orders: Mapping[str, dict] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReturnLine:
    """What comes back, or is refunded, of one order line."""

    order_external_id: str
    line_external_id: str = ""
    sku: str = ""
    name: str = ""
    quantity: Decimal = Decimal(1)
    refund: Decimal = Decimal(0)
    reason: str = ""


@dataclass(frozen=True)
class RemoteReturn:
    """A return, or a refund without goods, as the channel knows it."""

    external_id: str
    kind: str  # return_refund, refund_only, exchange, replacement
    status: str  # requested, approved, to_receive, received, closed, refused, cancelled
    currency: str
    lines: tuple[ReturnLine, ...]
    requested_at: datetime | None = None
    updated_at: datetime | None = None
    amount: Decimal = Decimal(0)
    reason: str = ""
    note: str = ""
    tracking: str = ""
    raw_status: str = ""


@dataclass(frozen=True)
class Returns:
    """One page of returns."""

    returns: tuple[RemoteReturn, ...]
    cursor: str = ""


@dataclass(frozen=True)
class SettlementLine:
    """One amount of a statement, seen by the seller: fees are negative."""

    external_id: str
    kind: str  # order, refund, commission, service_fee, shipping_fee, ...
    amount: Decimal
    order_external_id: str = ""
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class RemoteSettlement:
    """What a channel paid, or is going to; ``final`` when it will not change."""

    external_id: str
    currency: str
    amount: Decimal
    lines: tuple[SettlementLine, ...]
    date_from: datetime | None = None
    date_to: datetime | None = None
    paid_at: datetime | None = None
    final: bool = False


@dataclass(frozen=True)
class Settlements:
    """One page of statements."""

    settlements: tuple[RemoteSettlement, ...]
    cursor: str = ""


@dataclass(frozen=True)
class Shipment:
    """A parcel that left. ``lines``: (order line's external ids, whole units)."""

    order_external_id: str
    lines: tuple[tuple[tuple[str, ...], int], ...]
    key: str
    tracking: str = ""
    tracking_url: str = ""
    carrier: str = ""
    shipped_at: datetime | None = None
    is_last: bool = True


@dataclass(frozen=True)
class Shipped:
    """What the channel made of a shipment."""

    external_id: str = ""
    tracking: str = ""
    carrier: str = ""


@dataclass(frozen=True)
class Label:
    """A label to print."""

    content: bytes
    mimetype: str = "application/pdf"
    name: str = "label.pdf"


@dataclass(frozen=True)
class Cancellation:
    """Cancel an order, or some lines of it (line's external ids, units)."""

    order_external_id: str
    key: str
    reason: str  # out_of_stock, customer_request, undeliverable, other
    lines: tuple[tuple[tuple[str, ...], int], ...] = ()


@dataclass(frozen=True)
class WebhookRequest:
    """What arrived, untouched. Header names in lower case."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hint:
    """What a webhook is about: something to read again, nothing to believe.

    ``topic``: order, return, listing, stock, settlement, token, ping, other.
    ``event_id`` is the same when the same event is delivered again.
    """

    topic: str
    external_id: str = ""
    event_id: str = ""
    updated_at: datetime | None = None
    shop_id: str = ""


@dataclass(frozen=True)
class WebhookAnswer:
    """What the channel wants to hear."""

    status: int = 200
    body: bytes = b""
    mimetype: str = "text/plain"
