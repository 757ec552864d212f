# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Vendure, over its GraphQL Admin API (3.x).

Options: ``admin_path`` (/admin-api), ``channel_token`` (one of several sales channels),
``location_id`` (stock location, the first one unless given), ``authorized_is_paid``,
``states`` (neutral status of states that the shop added), ``return_days`` (how long
after an order refunds are looked for, 60).
"""

from datetime import datetime, timedelta, timezone

from . import vendure_graphql as graphql
from .adapter import register
from .errors import PermissionMissing
from .open_shop import PAGE, OpenShop, open_shop, translated
from .types import Hint, OrderPage, OrderRef, Returns, ShopInfo
from .values import iso, moment
from .vendure_orders import OrderTranslator
from .vendure_parcels import VendureParcels
from .vendure_refunds import VendureRefunds
from .vendure_stock import VendureStock


@register("vendure")
class Vendure(VendureParcels, VendureRefunds, VendureStock, OpenShop):
    """One Vendure channel."""

    client_type = graphql.Client
    capabilities = open_shop("Vendure", price=True, refund_order=True)

    def check(self):
        channel = self.client.call(graphql.WHO)["activeChannel"]
        self.check_is_own(channel["id"], channel["code"])
        return ShopInfo(
            shop_id=channel["id"],
            name=channel["code"],
            currency=channel["defaultCurrencyCode"],
            server="Vendure",
            warnings=tuple(
                f"missing permission: {permission}"
                for permission, query in graphql.PROBES.items()
                if not self._may(query)
            ),
        )

    def _may(self, query):
        try:
            self.client.call(query)
        except PermissionMissing:
            return False
        return True

    # --- orders ---
    def list_orders(self, since, until, cursor=""):
        # by the moment of order, which never changes: nothing slips through between two
        # pages, and it may serve as the mark up to which all was read
        skip = int(cursor or 0)
        options = {
            "take": PAGE,
            "skip": skip,
            "sort": {"orderPlacedAt": "ASC"},
            "filter": _changed(since, until),
        }
        data = self.client.call(graphql.ORDERS, o=options)
        found = data["orders"]
        read = self._translate(data, found["items"])
        refs = [
            OrderRef(order["id"], moment(order["orderPlacedAt"]))
            for order in found["items"]
            if order["orderPlacedAt"]
        ]
        end = skip + len(found["items"])
        return OrderPage(
            refs=tuple(refs),
            cursor=str(end) if found["items"] and end < found["totalItems"] else "",
            orders=read.orders,
        )

    def read_orders(self, external_ids):
        wanted = [str(external_id) for external_id in external_ids]
        options = {"take": len(wanted), "filter": {"id": {"in": wanted}}}
        data = self.client.call(graphql.ORDERS, o=options)
        return self._translate(data, data["orders"]["items"], wanted)

    def _translator(self, data, order):
        precision = data["globalSettings"]["serverConfig"]["moneyStrategyPrecision"]
        return OrderTranslator(order, precision, self.shop.options)

    def _translate(self, data, items, wanted=()):
        # an order that was never placed is a cart that was given up
        placed = [order for order in items if order["orderPlacedAt"]]
        return translated(
            placed, lambda order: self._translator(data, order).neutral(), wanted
        )

    def list_returns(self, since, cursor=""):
        # a refund changes no time of the order: those that are young enough are read
        days = int(self.shop.options.get("return_days", 60))
        first = (since or datetime.now(timezone.utc)) - timedelta(days=days)
        skip = int(cursor or 0)
        options = {
            "take": PAGE,
            "skip": skip,
            "sort": {"orderPlacedAt": "ASC"},
            "filter": _changed(first if since else None, None),
        }
        data = self.client.call(graphql.ORDERS, o=options)
        found = data["orders"]
        returns = [
            one
            for order in found["items"]
            if order["orderPlacedAt"]
            for one in self._translator(data, order).returns()
            if since is None or one.updated_at >= since
        ]
        end = skip + len(found["items"])
        more = found["items"] and end < found["totalItems"]
        return Returns(tuple(returns), str(end) if more else "")

    # --- webhooks ---
    @staticmethod
    def _hints(event, topic, data):
        if topic == "order":
            yield Hint("order", str(data["id"]), event)
        elif topic == "refund":
            yield Hint("return", str(data["id"]), event)
            yield Hint("order", str(data["order_id"]), f"{event}/order")
        elif topic in ("stock", "variant"):
            kind = "stock" if topic == "stock" else "listing"
            for index, variant in enumerate(data["variant_ids"]):
                yield Hint(kind, str(variant), f"{event}/{index}")
        else:
            yield Hint("other", "", event)


def _changed(since, until):
    conditions = [{"active": {"eq": False}}]
    if since:
        # "after" excludes the moment itself, and some databases keep whole seconds
        start = {"after": iso(since - timedelta(seconds=1))}
        conditions.append({"_or": [{"orderPlacedAt": start}, {"updatedAt": start}]})
    if until:
        end = iso(until + timedelta(seconds=1))
        conditions.append({"orderPlacedAt": {"before": end}})
    return {"_and": conditions}
