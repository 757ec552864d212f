# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Vendure's listings and stock.

A level is what is on hand, in which open orders have allocated some; below the
threshold nothing is sold. What a variant sells is on hand - allocated - threshold.
"""

from decimal import Decimal

from . import vendure_graphql as graphql
from .errors import Misconfigured, NotFound, Refused, Unavailable
from .open_shop import write_in_halves
from .types import ItemResult, ListingRef, Listings, RemoteListing, StockLevel

_PAGE = 100
#: writes until what is sold does not exceed what was asked for
_TRIES = 3


class VendureStock:
    """The part of the adapter that knows variants; needs ``client`` and ``shop``."""

    _location = ""

    def location(self):
        """The stock location that this shop's figures are about."""
        if not self._location:
            chosen = str(self.shop.options.get("location_id") or "")
            if not chosen:
                items = self.client.call(graphql.LOCATIONS)["stockLocations"]["items"]
                if not items:
                    raise Misconfigured("there is no stock location", code="location")
                chosen = items[0]["id"]
            self._location = chosen
        return self._location

    def list_listings(self, cursor=""):
        skip = int(cursor or 0)
        options = {"take": _PAGE, "skip": skip, "sort": {"id": "ASC"}}
        data = self.client.call(graphql.VARIANTS, o=options)
        found = data["productVariants"]
        settings = data["globalSettings"]
        listings = [self._listing(item, settings) for item in found["items"]]
        end = skip + len(listings)
        more = listings and end < found["totalItems"]
        return Listings(tuple(listings), str(end) if more else "")

    def _listing(self, variant, settings):
        product = variant["product"]
        ref = ListingRef(product["id"], variant["id"], self.location())
        level = self._level(variant, ref, settings)
        tracked = variant["trackInventory"]
        places = settings["serverConfig"]["moneyStrategyPrecision"]
        return RemoteListing(
            ref=ref,
            sku=variant["sku"],
            name=product["name"],
            variant=" ".join(option["name"] for option in variant["options"]),
            price=variant["price"] * Decimal(1).scaleb(-places),
            currency=variant["currencyCode"],
            quantity=level.quantity,
            allocated=level.allocated,
            active=variant["enabled"] and product["enabled"],
            tracked=settings["trackInventory"]
            if tracked == "INHERIT"
            else tracked == "TRUE",
        )

    @staticmethod
    def _threshold(variant, settings):
        if variant["useGlobalOutOfStockThreshold"]:
            return settings["outOfStockThreshold"]
        return variant["outOfStockThreshold"]

    def _level(self, variant, ref, settings):
        there = {level["stockLocationId"]: level for level in variant["stockLevels"]}
        level = there.get(ref.location_id, {})
        allocated = level.get("stockAllocated", 0)
        threshold = self._threshold(variant, settings)
        return StockLevel(
            quantity=level.get("stockOnHand", 0) - allocated - threshold,
            allocated=allocated,
            version=level.get("updatedAt") or "",
        )

    def _read(self, refs):
        """({variant id: variant}, settings) of those that are there."""
        ids = list(dict.fromkeys(ref.variant_id for ref in refs))
        found, settings = {}, {}
        for start in range(0, len(ids), _PAGE):
            part = ids[start : start + _PAGE]
            options = {"take": len(part), "filter": {"id": {"in": part}}}
            data = self.client.call(graphql.VARIANTS, o=options)
            settings = data["globalSettings"]
            found.update((v["id"], v) for v in data["productVariants"]["items"])
        return found, settings

    def read_stock(self, refs):
        found, settings = self._read(refs)
        return {
            ref: self._level(found[ref.variant_id], ref, settings)
            for ref in refs
            if ref.variant_id in found
        }

    def push_stock(self, changes):
        found, settings = self._read([change.ref for change in changes])
        results = {
            change.ref: ItemResult(NotFound("no such variant", code="variant"))
            for change in changes
            if change.ref.variant_id not in found
        }
        open_changes = [c for c in changes if c.ref.variant_id in found]
        for _try in range(_TRIES):
            if not open_changes:
                break
            self._write(open_changes, found, settings, results)
            # what was shipped there meanwhile is not on hand any more: once more
            open_changes = [
                change
                for change in open_changes
                if results[change.ref].is_ok
                and results[change.ref].quantity > change.quantity
                and self._on_hand(change, found, settings) > 0
            ]
        return results

    def _on_hand(self, change, found, settings):
        variant = found[change.ref.variant_id]
        allocated = self._level(variant, change.ref, settings).allocated
        wanted = change.quantity + allocated + self._threshold(variant, settings)
        # a threshold below zero sells what is not there: nothing less can be written
        return max(wanted, 0)

    def _write(self, changes, found, settings, results):
        def write(some):
            inputs = [self._prepare_update(one, found, settings) for one in some]
            written = self.client.call(graphql.UPDATE_VARIANTS, i=inputs)
            found.update((one["id"], one) for one in written["updateProductVariants"])
            for change in some:
                results[change.ref] = self._result(change.ref, found, settings)

        write_in_halves(changes, write, results, _is_item_error)

    def _prepare_update(self, change, found, settings):
        level = {
            "stockLocationId": change.ref.location_id,
            "stockOnHand": self._on_hand(change, found, settings),
        }
        return {"id": change.ref.variant_id, "stockLevels": [level]}

    def _result(self, ref, found, settings):
        variant = found[ref.variant_id]
        places = {level["stockLocationId"] for level in variant["stockLevels"]}
        if ref.location_id not in places:
            # written to nowhere, and passed over in silence
            return ItemResult(NotFound("no such stock location", code="location"))
        level = self._level(variant, ref, settings)
        return ItemResult(version=level.version, quantity=level.quantity)

    def push_price(self, changes):
        _found, settings = self._read([change.ref for change in changes])
        if not settings:
            return {}
        places = settings["serverConfig"]["moneyStrategyPrecision"]
        results = {}
        for change in changes:
            minor = int(change.price.scaleb(places).to_integral_value())
            price = {"currencyCode": change.currency, "price": minor}
            update = {"id": change.ref.variant_id, "prices": [price]}
            try:
                self.client.call(graphql.UPDATE_VARIANTS, i=[update])
            except (NotFound, Refused) as error:
                results[change.ref] = ItemResult(error)
            else:
                results[change.ref] = ItemResult()
        return results


def _is_item_error(error):
    # an inner error of one item looks like the shop's own, not like a cut line
    if isinstance(error, Unavailable):
        return error.code == "INTERNAL_SERVER_ERROR"
    return isinstance(error, NotFound | Refused)
