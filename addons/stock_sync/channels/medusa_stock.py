# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa's listings and stock.

A variant draws on inventory items, usually one; an item has a level at each location:
stocked, of which open orders have reserved some. What a variant sells is stocked -
reserved, divided by what one of it needs. Several variants may share an item.
"""

from .errors import Misconfigured, NotFound, Refused
from .open_shop import write_in_halves
from .types import ItemResult, ListingRef, Listings, RemoteListing, StockLevel
from .values import number

_PAGE = 100
_TRIES = 3
_VARIANT = ",".join(
    (
        "id,title,sku,barcode,ean,manage_inventory,product_id,product.title",
        "product.status,inventory_items.required_quantity",
        "inventory_items.inventory_item_id,*inventory_items.inventory.location_levels",
    )
)
_ITEM = "id,*location_levels"


class MedusaStock:
    """The part of the adapter that knows variants; needs ``client`` and ``shop``."""

    _location = ""

    def location(self):
        """The stock location that this shop's figures are about."""
        if not self._location:
            chosen = str(self.shop.options.get("location_id") or "")
            if not chosen:
                found = self.client.get(
                    "/admin/stock-locations", limit=1, order="created_at", fields="id"
                )["stock_locations"]
                if not found:
                    raise Misconfigured("there is no stock location", code="location")
                chosen = found[0]["id"]
            self._location = chosen
        return self._location

    def list_listings(self, cursor=""):
        offset = int(cursor or 0)
        found = self.client.get(
            "/admin/product-variants",
            limit=_PAGE,
            offset=offset,
            order="id",
            fields=_VARIANT,
        )
        listings = [self._listing(variant) for variant in found["variants"]]
        end = offset + len(listings)
        more = listings and end < found["count"]
        return Listings(tuple(listings), str(end) if more else "")

    def _listing(self, variant):
        parts = variant.get("inventory_items") or ()
        product = variant.get("product") or {}
        levels = [self._sells(part) for part in parts]
        level = min(levels, key=lambda one: one.quantity, default=None)
        return RemoteListing(
            ref=ListingRef(
                variant["product_id"],
                variant["id"],
                self.location(),
                # a variant of several items is a kit: its own figure is no one's
                parts[0]["inventory_item_id"] if len(parts) == 1 else "",
            ),
            sku=variant.get("sku") or "",
            barcode=variant.get("barcode") or variant.get("ean") or "",
            name=product.get("title") or "",
            variant=variant.get("title") or "",
            quantity=level.quantity if level else None,
            allocated=level.allocated if level else 0,
            active=product.get("status") == "published",
            tracked=bool(variant.get("manage_inventory")),
        )

    def _sells(self, part):
        """What one inventory item of a variant lets it sell."""
        needed = int(number(part.get("required_quantity")) or 1)
        levels = (part.get("inventory") or {}).get("location_levels")
        found = _level(levels, self.location())
        return StockLevel(found.quantity // needed, found.allocated, found.version)

    def _needed(self, refs):
        """How many of its inventory item one of each variant needs."""
        ids = sorted({ref.variant_id for ref in refs})
        found = {}
        for start in range(0, len(ids), _PAGE):
            part = ids[start : start + _PAGE]
            variants = self.client.get(
                "/admin/product-variants",
                limit=len(part),
                fields="id,inventory_items.required_quantity",
                **{"id[]": part},
            )["variants"]
            for variant in variants:
                parts = variant.get("inventory_items") or ({},)
                found[variant["id"]] = int(
                    number(parts[0].get("required_quantity")) or 1
                )
        return found

    def _levels(self, refs):
        """{inventory item id: its levels} of those that are there."""
        ids = sorted({ref.inventory_id for ref in refs if ref.inventory_id})
        found = {}
        for start in range(0, len(ids), _PAGE):
            part = ids[start : start + _PAGE]
            items = self.client.get(
                "/admin/inventory-items",
                limit=len(part),
                fields=_ITEM,
                **{"id[]": part},
            )["inventory_items"]
            found.update((item["id"], item.get("location_levels")) for item in items)
        return found

    def read_stock(self, refs):
        levels, needed = self._levels(refs), self._needed(refs)
        found = {}
        for ref in refs:
            if ref.inventory_id in levels and ref.variant_id in needed:
                level = _level(levels[ref.inventory_id], ref.location_id)
                found[ref] = StockLevel(
                    level.quantity // needed[ref.variant_id],
                    level.allocated,
                    level.version,
                )
        return found

    def push_stock(self, changes):
        refs = [change.ref for change in changes]
        levels, needed = self._levels(refs), self._needed(refs)
        results, open_changes = {}, []
        for change in changes:
            error = self._why_not(change.ref, levels, needed)
            if error:
                results[change.ref] = ItemResult(error)
            else:
                open_changes.append(change)
        for _try in range(_TRIES):
            if not open_changes:
                break
            self._write(open_changes, levels, needed, results)
            written = [c for c in open_changes if results[c.ref].is_ok]
            levels.update(self._levels([change.ref for change in written]))
            open_changes = []
            for change in written:
                level = _level(
                    levels.get(change.ref.inventory_id), change.ref.location_id
                )
                sells = level.quantity // needed[change.ref.variant_id]
                results[change.ref] = ItemResult(version=level.version, quantity=sells)
                if sells > change.quantity:
                    # something was shipped there between reading and writing
                    open_changes.append(change)
        return results

    def _why_not(self, ref, levels, needed):
        """What keeps a listing from being written, None for nothing."""
        if not ref.inventory_id:
            return Refused("a variant of several inventory items", code="kit")
        if ref.inventory_id not in levels or ref.variant_id not in needed:
            return NotFound("no such variant", code="variant")
        known = levels[ref.inventory_id] or ()
        if any(one["location_id"] == ref.location_id for one in known):
            return None
        # Medusa makes a level at any location, even at one that is not there
        try:
            self.client.get(f"/admin/stock-locations/{ref.location_id}", fields="id")
        except NotFound as error:
            return error
        return None

    def _write(self, changes, levels, needed, results):
        def write(some):
            body = {"create": [], "update": []}
            for change in some:
                kind, entry = _prepare_level(change, levels, needed)
                body[kind].append(entry)
            self.client.post("/admin/inventory-items/location-levels/batch", body)
            results.update((change.ref, ItemResult()) for change in some)

        def is_item(error):
            return isinstance(error, NotFound | Refused)

        write_in_halves(changes, write, results, is_item)


def _prepare_level(change, levels, needed):
    """(whether to create or update, the level) that shows a quantity."""
    ref = change.ref
    known = levels[ref.inventory_id] or ()
    is_there = any(one["location_id"] == ref.location_id for one in known)
    level = _level(known, ref.location_id)
    stocked = change.quantity * needed[ref.variant_id] + level.allocated
    return "update" if is_there else "create", {
        "inventory_item_id": ref.inventory_id,
        "location_id": ref.location_id,
        "stocked_quantity": stocked,
    }


def _level(levels, location):
    for level in levels or ():
        if level["location_id"] == location:
            stocked = int(number(level["stocked_quantity"]))
            reserved = int(number(level["reserved_quantity"]))
            return StockLevel(
                stocked - reserved, reserved, level.get("updated_at") or ""
            )
    return StockLevel(0)
