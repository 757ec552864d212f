# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""WooCommerce's products and variations, their stock and prices."""

from collections.abc import Mapping, Sequence

from ..errors import ChannelError, NotFound, RateLimited, Refused
from ..types import (
    ItemResult,
    ListingRef,
    Listings,
    PriceChange,
    RemoteListing,
    StockChange,
    StockLevel,
)
from ..values import money, number

_PAGE = 100


class ListingsMixin:
    """The part of the adapter that knows products."""

    def list_listings(self, cursor: str = "") -> Listings:
        """One page of products, each with its variations."""
        page = int(cursor or 1)
        products, answer = self.client.request(
            "GET",
            "products",
            {"per_page": _PAGE, "page": page, "orderby": "id", "order": "asc"},
        )
        found = []
        for product in products:
            if product.get("type") == "variable":
                found += [
                    self._listing(product, variation)
                    for variation in self._read_variations(product["id"])
                ]
            elif product.get("type") not in ("grouped", "external"):
                found.append(self._listing(product, None))
        pages = int(number(answer.headers.get("x-wp-totalpages")))
        return Listings(tuple(found), str(page + 1) if page < pages else "")

    def read_stock(self, refs: Sequence[ListingRef]) -> Mapping[ListingRef, StockLevel]:
        """What the shop sells now; those that it keeps no stock of are missing."""
        levels = {}
        for parent, group in _by_parent(refs).items():
            found = {}
            for start in range(0, len(group), _PAGE):
                part = [_own_id(ref) for ref in group[start : start + _PAGE]]
                entries = self.client.get(
                    f"products/{parent}/variations" if parent else "products",
                    include=",".join(part),
                    per_page=_PAGE,
                )
                found.update((str(entry["id"]), entry) for entry in entries)
            for ref in group:
                quantity = (found.get(_own_id(ref)) or {}).get("stock_quantity")
                if quantity is not None:
                    levels[ref] = StockLevel(int(number(quantity)))
        return levels

    def push_stock(
        self, changes: Sequence[StockChange]
    ) -> Mapping[ListingRef, ItemResult]:
        """Set quantities; each entry of a batch is taken or refused by itself."""
        return self._push(
            changes,
            # without manage_stock the quantity is ignored
            lambda change: {"manage_stock": True, "stock_quantity": change.quantity},
            "stock",
        )

    def push_price(
        self, changes: Sequence[PriceChange]
    ) -> Mapping[ListingRef, ItemResult]:
        """Set regular prices."""
        return self._push(
            changes, lambda change: {"regular_price": money(change.price)}, "default"
        )

    def _push(self, changes, values_of, bucket):
        by_ref = {change.ref: change for change in changes}
        results: dict[ListingRef, ItemResult] = {}
        for parent, group in _by_parent(by_ref).items():
            name = f"products/{parent}/variations/batch" if parent else "products/batch"
            for start in range(0, len(group), _PAGE):
                part = group[start : start + _PAGE]
                update = [
                    {"id": int(_own_id(ref)), **values_of(by_ref[ref])} for ref in part
                ]
                try:
                    answer, _raw = self.client.request(
                        "POST", name, body={"update": update}, bucket=bucket
                    )
                except RateLimited as error:
                    results.update(dict.fromkeys(part, ItemResult(error)))
                except ChannelError as error:
                    if error.is_temporary and not results:
                        raise
                    results.update(dict.fromkeys(part, ItemResult(error)))
                else:
                    results.update(_results(part, answer))
        return results

    def _read_variations(self, product_id):
        found, page = [], 1
        while True:
            part = self.client.get(
                f"products/{product_id}/variations",
                per_page=_PAGE,
                page=page,
                orderby="id",
                order="asc",
            )
            found += part
            if len(part) < _PAGE:
                return found
            page += 1

    def _listing(self, product, variation):
        source = variation or product
        quantity = source.get("stock_quantity")
        price = source.get("regular_price") or source.get("price")
        names = [
            str(one.get("option") or "")
            for one in (variation or {}).get("attributes") or ()
        ]
        return RemoteListing(
            ref=ListingRef(
                str(product["id"]), str(variation["id"]) if variation else ""
            ),
            sku=str(source.get("sku") or ""),
            barcode=str(source.get("global_unique_id") or ""),
            name=str(product.get("name") or ""),
            variant=", ".join(filter(None, names)),
            price=number(price) if price else None,
            currency=self.shop.currency,
            quantity=None if quantity is None else int(number(quantity)),
            active=source.get("status") == "publish",
            # "parent": the variations share one stock
            tracked=source.get("manage_stock") is True,
            url=str(source.get("permalink") or ""),
        )


def _own_id(ref):
    return ref.variant_id or ref.item_id


def _by_parent(refs):
    """Variations go by the product they are of, products under ""."""
    groups: dict[str, list[ListingRef]] = {}
    for ref in refs:
        groups.setdefault(ref.item_id if ref.variant_id else "", []).append(ref)
    return groups


def _results(part, answer):
    entries = {
        str(entry.get("id")): entry
        for entry in (answer.get("update") if isinstance(answer, dict) else None) or ()
    }
    results = {}
    for ref in part:
        entry = entries.get(_own_id(ref))
        if entry is None:
            error = Refused("the shop says nothing about it", code="no_result")
            results[ref] = ItemResult(error)
        elif entry.get("error"):
            code = str(entry["error"].get("code") or "")
            cls = NotFound if "invalid_id" in code else Refused
            message = str(entry["error"].get("message") or "")
            results[ref] = ItemResult(cls(message[:500], code))
        else:
            quantity = entry.get("stock_quantity")
            results[ref] = ItemResult(
                quantity=None if quantity is None else int(number(quantity))
            )
    return results
