# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Vendure, over its GraphQL Admin API (3.x).

Options: ``admin_path`` (/admin-api), ``channel_token`` (one of several sales channels),
``location_id`` (stock location, the first one unless given), ``authorized_is_paid``,
``states`` (neutral status of states that the shop added), ``return_days`` (how long
after an order refunds are looked for, 60).
"""

import json
from datetime import datetime, timedelta, timezone

from . import signing
from . import vendure_graphql as graphql
from .adapter import Adapter, register
from .errors import (
    AlreadyDone,
    BadAnswer,
    BadSignature,
    NotFound,
    PermissionMissing,
    Refused,
)
from .types import (
    Auth,
    Bucket,
    Capabilities,
    Failure,
    Hint,
    OrderPage,
    OrderRef,
    Orders,
    Returns,
    Shipped,
    ShopInfo,
    StockMeaning,
)
from .values import iso, moment
from .vendure_orders import OrderTranslator
from .vendure_stock import VendureStock

_PAGE = 50
_DONE = {"ITEMS_ALREADY_FULFILLED_ERROR": AlreadyDone}


@register("vendure")
class Vendure(VendureStock, Adapter):
    """One Vendure channel."""

    client_type = graphql.Client
    capabilities = Capabilities(
        name="Vendure",
        auth=Auth.KEY,
        webhooks=True,
        reread_open_orders=True,
        returns=True,
        stock_meaning=StockMeaning.ON_HAND,
        stock_batch=100,
        stock_failure=Failure.ALL,
        locations=True,
        price=True,
        ship=True,
        partial_shipments=True,
        cancel=True,
        order_page=_PAGE,
        order_batch=_PAGE,
        buckets=(Bucket("default", 20, 10),),
    )

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
            "take": _PAGE,
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
        read = self._translate(data, data["orders"]["items"])
        there = {*read.orders, *read.failed}
        missing = tuple(key for key in wanted if key not in there)
        return Orders(read.orders, missing, read.failed)

    def _translator(self, data, order):
        precision = data["globalSettings"]["serverConfig"]["moneyStrategyPrecision"]
        return OrderTranslator(order, precision, self.shop.options)

    def _translate(self, data, items):
        orders, failed = {}, {}
        for order in items:
            if not order["orderPlacedAt"]:
                continue  # a cart that was given up
            try:
                orders[order["id"]] = self._translator(data, order).neutral()
            except (ArithmeticError, BadAnswer, LookupError, TypeError) as error:
                failed[order["id"]] = f"{type(error).__name__}: {error}"
            except ValueError as error:
                failed[order["id"]] = str(error)
        return Orders(orders, (), failed)

    def list_returns(self, since, cursor=""):
        # a refund changes no time of the order: those that are young enough are read
        days = int(self.shop.options.get("return_days", 60))
        first = (since or datetime.now(timezone.utc)) - timedelta(days=days)
        skip = int(cursor or 0)
        options = {
            "take": _PAGE,
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

    # --- shipping and cancelling ---
    def ship(self, shipment):
        order = self._read_order(shipment.order_external_id)
        wanted = {ids[0]: count for ids, count in shipment.lines}
        known = self._find_parcel(order, shipment.tracking, wanted)
        if known and known["state"] in ("Shipped", "Delivered"):
            raise AlreadyDone("the parcel is known", code=known["id"])
        if not known:
            values = {
                "lines": _write_lines(wanted),
                "handler": {
                    "code": "manual-fulfillment",
                    "arguments": [
                        {"name": "method", "value": shipment.carrier or "-"},
                        {"name": "trackingCode", "value": shipment.tracking},
                    ],
                },
            }
            known = self.client.do(
                graphql.FULFIL, "addFulfillmentToOrder", _DONE, i=values
            )
        self.client.do(
            graphql.MOVE_FULFILMENT,
            "transitionFulfillmentToState",
            id=known["id"],
            s="Shipped",
        )
        return Shipped(known["id"], shipment.tracking, shipment.carrier)

    def _read_order(self, external_id):
        order = self.client.call(graphql.ONE_ORDER, id=external_id)["order"]
        if not order:
            raise NotFound("no such order", code="order")
        return order

    @staticmethod
    def _find_parcel(order, tracking, wanted):
        """The parcel that an earlier try made: same number and content.

        Without a number two parcels with the same content cannot be told apart: the
        second counts as made only if nothing is left to be shipped of its lines.
        """
        left, same = _left_to_ship(order), []
        for parcel in order.get("fulfillments") or ():
            content = {x["orderLineId"]: x["quantity"] for x in parcel["lines"]}
            is_same = (parcel["trackingCode"] or "") == tracking and content == wanted
            if is_same and parcel["state"] != "Cancelled":
                same.append(parcel)
        pending = [parcel for parcel in same if parcel["state"] == "Pending"]
        is_possible = all(count <= left.get(line, 0) for line, count in wanted.items())
        if pending:
            return pending[0]
        return same[0] if same and (tracking or not is_possible) else None

    def cancel(self, cancellation):
        # the key goes into the reason, which only the seller sees: a second try of a
        # part finds it
        mark = f"[{cancellation.key}]"
        external_id = cancellation.order_external_id
        order = self.client.call(graphql.CANCELLATIONS, id=external_id)["order"]
        if not order:
            raise NotFound("no such order", code="order")
        done = (str(one["data"].get("reason")) for one in order["history"]["items"])
        if order["state"] == "Cancelled" or any(mark in reason for reason in done):
            raise AlreadyDone("cancelled before", code="cancelled")
        wanted = {ids[0]: count for ids, count in cancellation.lines}
        if not wanted:
            # the rest: what was shipped would count as come back
            wanted = {k: n for k, n in _left_to_ship(order).items() if n > 0}
        if not wanted:
            raise Refused("all of it was shipped", code="shipped")
        there = {line["id"]: line["quantity"] for line in order["lines"]}
        values = {
            "orderId": order["id"],
            "lines": _write_lines(wanted),
            "reason": f"{cancellation.reason} {mark}",
            "cancelShipping": all(wanted.get(k, 0) >= n for k, n in there.items()),
        }
        self.client.do(graphql.CANCEL, "cancelOrder", i=values)

    # --- webhooks ---
    def verify_webhook(self, request):
        signing.check(request, self.credentials.webhook_secret)
        try:
            body = json.loads(request.body)
            event, topic, data = str(body["id"]), body["topic"], body["data"]
            return tuple(_hints(event, topic, data))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadSignature("signed, but no message", code="body") from error


def _write_lines(counts):
    return [{"orderLineId": line, "quantity": n} for line, n in counts.items()]


def _left_to_ship(order):
    """{line: units that no parcel holds}."""
    left = {line["id"]: line["quantity"] for line in order["lines"]}
    for parcel in order.get("fulfillments") or ():
        if parcel["state"] != "Cancelled":
            for part in parcel["lines"]:
                left[part["orderLineId"]] -= part["quantity"]
    return left


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
