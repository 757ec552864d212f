# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Plain values of listings, their stock and their prices; imported from ``types``."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ListingRef:
    """Which listing: item, variation inside it, place where the channel has some."""

    item_id: str
    variant_id: str = ""
    location_id: str = ""
    #: what stock is written to where that is another object (Medusa, Shopify)
    inventory_id: str = ""

    @property
    def key(self):
        """What lines of orders name as their ``listing_id``."""
        return f"{self.item_id}:{self.variant_id}" if self.variant_id else self.item_id


@dataclass(frozen=True)
class RemoteListing:
    """A listing as the shop shows it. ``quantity`` is what it sells, None: not told."""

    ref: ListingRef
    sku: str = ""
    barcode: str = ""
    name: str = ""
    variant: str = ""
    price: Decimal | None = None
    currency: str = ""
    quantity: int | None = None
    allocated: int = 0
    active: bool = True
    tracked: bool = True
    url: str = ""
    #: stock is kept by the channel's own warehouse: never written
    fulfilled_by_channel: bool = False


@dataclass(frozen=True)
class Listings:
    """One page of listings."""

    listings: tuple[RemoteListing, ...]
    cursor: str = ""


@dataclass(frozen=True)
class StockLevel:
    """What the channel has now: sellable, and what its open orders allocated."""

    quantity: int
    allocated: int = 0
    version: str = ""


@dataclass(frozen=True)
class StockChange:
    """Set what a listing sells to ``quantity`` (sellable, never negative).

    ``expected``: what must be there before, where the channel compares. ``key`` is the
    same at every try of the same change.
    """

    ref: ListingRef
    quantity: int
    key: str
    expected: int | None = None


@dataclass(frozen=True)
class ItemResult:
    """What became of one item of a call; ``error`` is None when it was taken."""

    error: Exception | None = None
    version: str = ""
    #: what the channel says it has now, None: it does not say
    quantity: int | None = None

    @property
    def is_ok(self):
        return self.error is None


@dataclass(frozen=True)
class PriceChange:
    """Set the price of a listing."""

    ref: ListingRef
    price: Decimal
    currency: str
    key: str
