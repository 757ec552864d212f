# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""A shop that is not there: to learn on, and for demo data. It calls nobody.

Its listings and their stock are in the shop's options: ``{"listings": [{"item",
"sku", "name", "quantity"}]}``, and so are its orders: ``{"orders": [neutral order]}``.
What is sent to it is taken and forgotten.
"""

from .adapter import Adapter, register
from .errors import Misconfigured, NotFound
from .types import (
    Auth,
    Bucket,
    Capabilities,
    ItemResult,
    ListingRef,
    Listings,
    OrderPage,
    OrderRef,
    Orders,
    RemoteListing,
    ShopInfo,
    StockLevel,
)
from .values import moment


@register("practice")
class Practice(Adapter):
    """One shop in the options."""

    capabilities = Capabilities(
        name="Practice shop",
        auth=Auth.NONE,
        stock_batch=1000,
        order_batch=1000,
        sandbox=True,
        buckets=(Bucket("default", 100, 100),),
    )

    def check(self):
        if not self.shop.shop_id:
            raise Misconfigured("give the practice shop an ID", code="shop_id")
        return ShopInfo(
            self.shop.shop_id,
            f"Practice shop {self.shop.shop_id}",
            self.shop.currency,
            self.shop.country,
        )

    def _get_listings(self):
        found = {}
        for one in self.shop.options.get("listings") or ():
            ref = ListingRef(str(one["item"]))
            found[ref] = RemoteListing(
                ref,
                sku=one.get("sku") or "",
                name=one.get("name") or "",
                quantity=int(one.get("quantity") or 0),
                currency=self.shop.currency,
            )
        return found

    def _get_orders(self):
        return {
            str(one["external_id"]): one
            for one in self.shop.options.get("orders") or ()
        }

    def list_orders(self, since, until, cursor=""):
        found = [
            OrderRef(name, moment(one.get("updated_at") or one.get("placed_at")))
            for name, one in self._get_orders().items()
        ]
        refs = [
            ref
            for ref in found
            if (not since or ref.updated_at >= since)
            and (not until or ref.updated_at <= until)
        ]
        return OrderPage(tuple(sorted(refs, key=lambda ref: ref.updated_at)))

    def read_orders(self, external_ids):
        known = self._get_orders()
        return Orders(
            {name: dict(known[name]) for name in external_ids if name in known},
            tuple(name for name in external_ids if name not in known),
        )

    def list_listings(self, cursor=""):
        return Listings(tuple(self._get_listings().values()))

    def read_stock(self, refs):
        known = self._get_listings()
        return {ref: StockLevel(known[ref].quantity) for ref in refs if ref in known}

    def push_stock(self, changes):
        known = self._get_listings()
        gone = ItemResult(NotFound("no such listing", code="listing"))
        return {
            change.ref: ItemResult(quantity=change.quantity)
            if change.ref in known
            else gone
            for change in changes
        }
