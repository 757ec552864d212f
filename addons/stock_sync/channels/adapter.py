# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The one interface of all channels.

An adapter translates; it decides nothing, keeps nothing and never sleeps. It is made
for one job with the shop's settings, its secrets and a transport, and thrown away.
Every method may raise the errors of ``errors``; lists come page by page so that
whoever calls can stop, store and go on. A channel that cannot do something says so in
its capabilities and leaves the method as it is.

To add a channel: one file with a subclass that is decorated with ``register``, and its
tests. `docs/add-a-channel.md` tells how.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from .errors import Misconfigured, Unsupported
from .transport import Transport
from .types import (
    Cancellation,
    Capabilities,
    Credentials,
    Hint,
    ItemResult,
    Label,
    ListingRef,
    Listings,
    OrderPage,
    Orders,
    PriceChange,
    Returns,
    Settlements,
    Shipment,
    Shipped,
    Shop,
    ShopInfo,
    StockChange,
    StockLevel,
    Tokens,
    WebhookAnswer,
    WebhookRequest,
)
from .types_return import ReturnDecision

_ADAPTERS: dict[str, type["Adapter"]] = {}


def register(kind: str):
    """Make an adapter known as channel type ``kind``."""

    def decorate(cls):
        cls.kind = kind
        _ADAPTERS[kind] = cls
        return cls

    return decorate


def adapters() -> Mapping[str, type["Adapter"]]:
    """Every known adapter by channel type."""
    return dict(_ADAPTERS)


class Adapter(ABC):
    """One shop of one channel."""

    kind: ClassVar[str] = ""
    capabilities: ClassVar[Capabilities]
    #: class of ``client``, which makes the calls, made of the same three
    client_type: ClassVar[Callable[..., Any] | None] = None

    def __init__(self, shop: Shop, credentials: Credentials, transport: Transport):
        self.shop = shop
        self.credentials = credentials
        self.transport = transport
        if self.client_type is not None:
            self.client: Any = type(self).client_type(shop, credentials, transport)

    # --- connect ---
    @abstractmethod
    def check(self) -> ShopInfo:
        """Ask the shop who it is: what the test button does."""

    def check_is_own(self, shop_id: str, name: str) -> None:
        """Raise ``Misconfigured`` when the keys open another shop than is known."""
        if self.shop.shop_id and self.shop.shop_id != shop_id:
            raise Misconfigured(
                f"this key opens another shop: {name}", code="other_shop"
            )

    def authorise_url(self, redirect_uri: str, state: str) -> str:
        """Where the seller logs in; ``state`` comes back unchanged."""
        raise Unsupported("no log-in", code=self.kind)

    def exchange_code(self, params: Mapping[str, str]) -> Sequence[Tokens]:
        """Tokens for what the log-in sent back, one pair for each shop."""
        raise Unsupported("no log-in", code=self.kind)

    def refresh(self) -> Tokens:
        """A new pair of tokens. The caller commits it before anything else."""
        raise Unsupported("no tokens", code=self.kind)

    # --- orders in ---
    @abstractmethod
    def list_orders(
        self, since: datetime | None, until: datetime | None, cursor: str = ""
    ) -> OrderPage:
        """Orders changed from ``since`` on (inclusive), up to ``until``."""

    @abstractmethod
    def read_orders(self, external_ids: Sequence[str]) -> Orders:
        """Orders whole, as neutral orders; at most ``capabilities.order_batch``."""

    def list_returns(self, since: datetime | None, cursor: str = "") -> Returns:
        """Returns and refunds changed from ``since`` on."""
        raise Unsupported("no returns", code=self.kind)

    def list_settlements(self, since: datetime | None, cursor: str = "") -> Settlements:
        """Statements released from ``since`` on."""
        raise Unsupported("no settlements", code=self.kind)

    # --- listings and stock ---
    def list_listings(self, cursor: str = "") -> Listings:
        """The shop's listings, one entry for each thing that can be bought."""
        raise Unsupported("no listings", code=self.kind)

    def read_stock(self, refs: Sequence[ListingRef]) -> Mapping[ListingRef, StockLevel]:
        """What the channel has now; listings that are gone are missing."""
        raise Unsupported("no stock", code=self.kind)

    def push_stock(
        self, changes: Sequence[StockChange]
    ) -> Mapping[ListingRef, ItemResult]:
        """Set quantities; at most ``capabilities.stock_batch`` changes.

        Every change has a result. An exception instead of results means that the whole
        call failed and, if it is ``Unavailable``, that nobody knows what was taken.
        """
        raise Unsupported("no stock", code=self.kind)

    def push_price(
        self, changes: Sequence[PriceChange]
    ) -> Mapping[ListingRef, ItemResult]:
        """Set prices."""
        raise Unsupported("no prices", code=self.kind)

    # --- shipping and cancelling ---
    def ship(self, shipment: Shipment) -> Shipped:
        """Tell the channel that a parcel left.

        :raises AlreadyDone: when it knows that parcel
        """
        raise Unsupported("no shipments", code=self.kind)

    def change_tracking(self, shipment: Shipment, old_tracking: str) -> None:
        """Tell another tracking number of a parcel that was told with
        ``old_tracking``, which may be empty.

        :raises AlreadyDone: when it knows that number
        """
        raise Unsupported("no other number", code=self.kind)

    def get_label(self, order_external_id: str, package_id: str = "") -> Label:
        """The label of a parcel.

        :raises Unavailable: while the channel has not made it yet
        """
        raise Unsupported("no labels", code=self.kind)

    def cancel(self, cancellation: Cancellation) -> None:
        """Cancel an order or some of its lines there.

        :raises AlreadyDone: when it is cancelled already
        """
        raise Unsupported("cannot cancel", code=self.kind)

    def tell_return(self, told: ReturnDecision) -> str:
        """Tell what was decided about one of the channel's returns; its id there.

        :raises AlreadyDone: when the channel has it so already
        """
        raise Unsupported("decides about returns itself", code=self.kind)

    def refund_order(self, told: ReturnDecision) -> str:
        """Give money back of an order, once; the refund's id there.

        The refund keeps ``told.mark``: read again, it is known by it as ours.

        :raises AlreadyDone: when the order has that refund
        """
        raise Unsupported("no refunds", code=self.kind)

    def answer_cancellation(self, order_external_id: str, accept: bool) -> None:
        """Answer a buyer who asks to cancel."""
        raise Unsupported("buyers cannot ask", code=self.kind)

    # --- webhooks ---
    def verify_webhook(self, request: WebhookRequest) -> Sequence[Hint]:
        """What a webhook is about, after its signature over the raw body was checked.

        :raises BadSignature: when it is not the channel's, or not for this shop
        """
        raise Unsupported("no webhooks", code=self.kind)

    def webhook_answer(self, hints: Sequence[Hint]) -> WebhookAnswer:
        """What the channel wants to hear once everything is stored."""
        return WebhookAnswer()

    def subscribe(self, url: str, secret: str) -> None:
        """Ask for webhooks at ``url``; asking again changes nothing."""
        raise Unsupported("no subscription by API", code=self.kind)

    def webhook_problems(self, url: str) -> Sequence[str]:
        """Why webhooks do not arrive: switched off, another address, missing topic."""
        return ()
