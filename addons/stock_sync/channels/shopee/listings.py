# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee's listings, stock and prices: an item has models, or is one itself."""

from collections.abc import Mapping, Sequence

from ..errors import (
    AuthorisationLost,
    ChannelError,
    NotFound,
    RateLimited,
    Refused,
    TokenExpired,
)
from ..types import (
    ItemResult,
    ListingRef,
    Listings,
    PriceChange,
    RemoteListing,
    StockChange,
    StockLevel,
)
from .orders import amount

_PAGE = 50
_LIVE = ("NORMAL", "UNLIST")
#: errors that the next call will meet as well
_FOR_ALL = (TokenExpired, AuthorisationLost, RateLimited)


class ListingsMixin:
    """The part of the adapter that knows items and models."""

    def list_listings(self, cursor: str = "") -> Listings:
        """One page of items with all their models."""
        offset = int(cursor or 0)
        page = self.client.get(
            "product/get_item_list",
            {"offset": offset, "page_size": _PAGE, "item_status": list(_LIVE)},
        ).get("response", {})
        ids = [entry["item_id"] for entry in page.get("item") or ()]
        found = []
        for item in self._read_items(ids):
            found += self._listings_of(item)
        following = page.get("next_offset") if page.get("has_next_page") else None
        return Listings(tuple(found), "" if following is None else str(following))

    def read_stock(self, refs: Sequence[ListingRef]) -> Mapping[ListingRef, StockLevel]:
        """What Shopee sells now; reserved for promotions is not told apart by it."""
        wanted: dict[str, list[ListingRef]] = {}
        for ref in refs:
            wanted.setdefault(ref.item_id, []).append(ref)
        levels = {}
        ids = list(wanted)
        for start in range(0, len(ids), _PAGE):
            for item in self._read_items(ids[start : start + _PAGE]):
                levels.update(self._levels_of(item, wanted[str(item["item_id"])]))
        return levels

    def push_stock(
        self, changes: Sequence[StockChange]
    ) -> Mapping[ListingRef, ItemResult]:
        """One call for each item; its models are taken one by one."""
        groups: dict[str, list[StockChange]] = {}
        for change in changes:
            groups.setdefault(change.ref.item_id, []).append(change)
        results: dict[ListingRef, ItemResult] = {}
        stopped = None
        for item_id, group in groups.items():
            if stopped is None:
                try:
                    results.update(self._push_item(item_id, group))
                    continue
                except ChannelError as error:
                    failed = ItemResult(error)
                    stopped = error if isinstance(error, _FOR_ALL) else None
            else:
                failed = ItemResult(stopped)
            results.update(dict.fromkeys((change.ref for change in group), failed))
        return results

    def push_price(
        self, changes: Sequence[PriceChange]
    ) -> Mapping[ListingRef, ItemResult]:
        """Set original prices, one call for each item."""
        groups: dict[str, list[PriceChange]] = {}
        for change in changes:
            groups.setdefault(change.ref.item_id, []).append(change)
        results: dict[ListingRef, ItemResult] = {}
        for item_id, group in groups.items():
            body = {
                "item_id": int(item_id),
                "price_list": [
                    {
                        "model_id": int(change.ref.variant_id or 0),
                        "original_price": float(change.price),
                    }
                    for change in group
                ],
            }
            try:
                answer = self.client.post("product/update_price", body)
            except ChannelError as error:
                failed = ItemResult(error)
                results.update(dict.fromkeys((c.ref for c in group), failed))
                continue
            results.update(_results(answer, group))
        return results

    def _push_item(self, item_id, group):
        models = []
        for change in group:
            stock = {"stock": change.quantity}
            if change.ref.location_id:
                stock["location_id"] = change.ref.location_id
            model = {"seller_stock": [stock]}
            if change.ref.variant_id not in ("", "0"):
                model["model_id"] = int(change.ref.variant_id)
            models.append(model)
        answer = self.client.post(
            "product/update_stock",
            {"item_id": int(item_id), "stock_list": models},
            bucket="stock",
        )
        return _results(answer, group)

    def _read_items(self, ids):
        if not ids:
            return []
        answer = self.client.get(
            "product/get_item_base_info",
            {"item_id_list": ",".join(map(str, ids))},
        )
        return answer.get("response", {}).get("item_list") or []

    def _read_models(self, item_id):
        answer = self.client.get("product/get_model_list", {"item_id": item_id})
        return answer.get("response", {})

    def _listings_of(self, item):
        if not item.get("has_model"):
            return [_listing(item, item, "0", "")]
        response = self._read_models(item["item_id"])
        return [
            _listing(item, model, str(model.get("model_id")), _variant(response, model))
            for model in response.get("model") or ()
        ]

    def _levels_of(self, item, refs):
        if not item.get("has_model"):
            sources = {"0": item}
        else:
            models = self._read_models(item["item_id"]).get("model") or ()
            sources = {str(model.get("model_id")): model for model in models}
        levels = {}
        for ref in refs:
            source = sources.get(ref.variant_id or "0")
            if source is not None:
                levels[ref] = StockLevel(_quantity(source, ref.location_id) or 0)
        return levels


def _results(answer, group):
    response = answer.get("response") or {}
    failures = {
        str(entry.get("model_id") or 0): str(entry.get("failed_reason") or "")
        for entry in response.get("failure_list") or ()
    }
    taken = {
        str(entry.get("model_id") or 0): entry.get("stock")
        for entry in response.get("success_list") or ()
    }
    results = {}
    for change in group:
        model = change.ref.variant_id or "0"
        if model in failures:
            reason = failures[model]
            cls = NotFound if "not exist" in reason.lower() else Refused
            error = cls(reason, code="error_busi_update_stock_failed")
            results[change.ref] = ItemResult(error)
        elif model in taken:
            results[change.ref] = ItemResult(quantity=taken[model])
        else:
            error = Refused("Shopee says nothing about this model", code="no_result")
            results[change.ref] = ItemResult(error)
    return results


def _listing(item, source, model_id, variant):
    prices = source.get("price_info") or [{}]
    price = prices[0].get("original_price")
    return RemoteListing(
        ref=ListingRef(str(item["item_id"]), model_id),
        sku=str(source.get("model_sku") or item.get("item_sku") or "").strip(),
        barcode=_barcode(source.get("gtin_code")),
        name=str(item.get("item_name") or ""),
        variant=variant,
        price=None if price is None else amount(price),
        currency=str(prices[0].get("currency") or ""),
        quantity=_quantity(source),
        active=str(item.get("item_status")) == "NORMAL",
    )


def _quantity(source, location_id=""):
    """What the seller's own warehouses sell, all or one of them."""
    info = source.get("stock_info_v2") or {}
    own = info.get("seller_stock") or ()
    if location_id:
        return sum(
            int(amount(entry.get("stock")))
            for entry in own
            if str(entry.get("location_id")) == location_id
        )
    total = (info.get("summary_info") or {}).get("total_available_stock")
    return None if total is None else int(amount(total))


def _variant(response, model):
    names = []
    for tier, index in zip(
        response.get("tier_variation") or (),
        model.get("tier_index") or (),
        strict=False,
    ):
        options = tier.get("option_list") or ()
        if 0 <= index < len(options):
            names.append(str(options[index].get("option") or ""))
    return ", ".join(filter(None, names)) or str(model.get("model_name") or "")


def _barcode(value):
    text = str(value or "").strip()
    # "00" is Shopee's word for a product without one
    return text if text.isdigit() and text.strip("0") else ""
