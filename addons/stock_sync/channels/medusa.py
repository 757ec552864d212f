# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa 2, over its Admin API.

Options: ``sales_channel_id`` (orders of one of several sales channels only),
``location_id`` (stock location, the oldest one unless given), ``authorized_is_paid``,
``return_days`` (how long after an order refunds are looked for, 60).
"""

import json
from datetime import datetime, timedelta, timezone

from . import signing
from .adapter import Adapter, register
from .errors import (
    AlreadyDone,
    BadAnswer,
    BadSignature,
    Refused,
    Unsupported,
)
from .medusa_client import Client
from .medusa_orders import FIELDS, OrderTranslator
from .medusa_returns import goods_back
from .medusa_stock import MedusaStock
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

_PAGE = 50
_GOODS_BACK = ",".join(
    (
        "id,order_id,exchange_id,claim_id,status,created_at,updated_at,requested_at",
        "*items,*items.reason",
    )
)
_RETURN_ORDER = "id,currency_code,items.id,items.variant_sku,items.product_title"
_MONEY_BACK = ",".join(
    (
        "id,currency_code,created_at,items.id,items.is_tax_inclusive",
        "*payment_collections,*payment_collections.payments",
        "*payment_collections.payments.refunds",
    )
)


@register("medusa")
class Medusa(MedusaStock, Adapter):
    """One Medusa store."""

    client_type = Client
    capabilities = Capabilities(
        name="Medusa",
        auth=Auth.KEY,
        webhooks=True,
        reread_open_orders=True,
        returns=True,
        stock_meaning=StockMeaning.ON_HAND,
        stock_batch=100,
        stock_failure=Failure.ALL,
        locations=True,
        ship=True,
        partial_shipments=True,
        cancel=True,
        idempotency_key=True,
        order_page=_PAGE,
        order_batch=_PAGE,
        buckets=(Bucket("default", 20, 10),),
    )

    def check(self):
        store = self.client.get(
            "/admin/stores", fields="id,name,*supported_currencies"
        )["stores"][0]
        self.check_is_own(store["id"], store["name"])
        currencies = store.get("supported_currencies") or ()
        default = next((c for c in currencies if c.get("is_default")), {})
        return ShopInfo(
            shop_id=store["id"],
            name=store["name"],
            currency=(default.get("currency_code") or "").upper(),
            server="Medusa",
        )

    # --- orders ---
    def list_orders(self, since, until, cursor=""):
        # each page starts at the moment where the one before ended: a change between
        # two pages moves an order to the end, and no other out of sight
        start, offset = json.loads(cursor) if cursor else (iso(since), 0)
        found = self._orders(
            limit=_PAGE,
            offset=offset,
            order="updated_at",
            **{"updated_at[$gte]": start, "updated_at[$lte]": iso(until)},
        )
        following = ""
        if len(found) == _PAGE:
            last = found[-1]["updated_at"]
            is_stuck = last == found[0]["updated_at"]
            following = json.dumps([start, offset + _PAGE] if is_stuck else [last, 0])
        read = self._translate(found)
        return OrderPage(
            refs=tuple(
                OrderRef(order["id"], moment(order["updated_at"])) for order in found
            ),
            cursor=following,
            orders=read.orders,
        )

    def _orders(self, fields=FIELDS, **params):
        channel = self.shop.options.get("sales_channel_id")
        if channel:
            params["sales_channel_id[]"] = channel
        return self.client.get("/admin/orders", fields=fields, **params)["orders"]

    def read_orders(self, external_ids):
        wanted = [str(external_id) for external_id in external_ids]
        found = self._orders(limit=len(wanted), **{"id[]": wanted})
        read = self._translate(found)
        there = {*read.orders, *read.failed}
        missing = tuple(key for key in wanted if key not in there)
        return Orders(read.orders, missing, read.failed)

    def _translate(self, found):
        orders, failed = {}, {}
        for order in found:
            try:
                translator = OrderTranslator(order, self.shop.options)
                orders[order["id"]] = translator.neutral()
            except (ArithmeticError, BadAnswer, LookupError, TypeError) as error:
                failed[order["id"]] = f"{type(error).__name__}: {error}"
            except ValueError as error:
                failed[order["id"]] = str(error)
        return Orders(orders, (), failed)

    def list_returns(self, since, cursor=""):
        """Returns first, then refunds, which change no time of the order."""
        part, offset = json.loads(cursor) if cursor else ("goods", 0)
        if part == "goods":
            returns, is_full = self._goods_back(since, offset)
        else:
            returns, is_full = self._money_back(since, offset)
        if is_full:
            following = json.dumps([part, offset + _PAGE])
        else:
            following = json.dumps(["money", 0]) if part == "goods" else ""
        return Returns(tuple(returns), following)

    def _goods_back(self, since, offset):
        found = self.client.get(
            "/admin/returns",
            limit=_PAGE,
            offset=offset,
            order="created_at",
            fields=_GOODS_BACK,
            **{"updated_at[$gte]": iso(since)},
        )["returns"]
        ids = sorted({one["order_id"] for one in found})
        orders = {}
        if ids:
            read = self._orders(_RETURN_ORDER, limit=len(ids), **{"id[]": ids})
            orders = {order["id"]: order for order in read}
        returns = [
            goods_back(one, orders[one["order_id"]])
            for one in found
            if one["order_id"] in orders
        ]
        return returns, len(found) == _PAGE

    def _money_back(self, since, offset):
        first = None
        if since:
            days = int(self.shop.options.get("return_days", 60))
            first = min(since, datetime.now(timezone.utc)) - timedelta(days=days)
        found = self._orders(
            _MONEY_BACK,
            limit=_PAGE,
            offset=offset,
            order="created_at",
            **{"created_at[$gte]": iso(first)},
        )
        returns = [
            one
            for order in found
            for one in OrderTranslator(order, self.shop.options).money_back()
            if since is None or one.updated_at >= since
        ]
        return returns, len(found) == _PAGE

    # --- shipping and cancelling ---
    def ship(self, shipment):
        path = f"/admin/orders/{shipment.order_external_id}"
        items = [{"id": ids[0], "quantity": count} for ids, count in shipment.lines]
        parcel = self._find_parcel(shipment)
        if parcel and parcel.get("shipped_at"):
            raise AlreadyDone("the parcel is known", code=parcel["id"])
        if not parcel:
            self._create_parcel(path, shipment, items)
            parcel = self._find_parcel(shipment)
        label = {
            "tracking_number": shipment.tracking,
            "tracking_url": shipment.tracking_url or "#",
            "label_url": "#",
        }
        self.client.post(
            f"{path}/fulfillments/{parcel['id']}/shipments",
            {"items": items, "labels": [label] if shipment.tracking else []},
            fields="id",
        )
        return Shipped(parcel["id"], shipment.tracking, shipment.carrier)

    def _create_parcel(self, path, shipment, items):
        body = {
            "items": items,
            "location_id": self.location(),
            "metadata": {"suite_key": shipment.key, "carrier": shipment.carrier},
        }
        try:
            self.client.post(f"{path}/fulfillments", body, fields="id")
        except Refused as error:
            # somebody shipped it there: nothing is reserved for these lines any more
            if "No stock reservation" in error.detail:
                raise AlreadyDone(error.detail, error.code) from error
            raise

    def _find_parcel(self, shipment):
        """The parcel that an earlier try made, by the key it left there."""
        order = self.client.get(
            f"/admin/orders/{shipment.order_external_id}",
            fields="id,*fulfillments,*fulfillments.labels",
        )["order"]
        for parcel in order.get("fulfillments") or ():
            if parcel.get("canceled_at"):
                continue
            if (parcel.get("metadata") or {}).get("suite_key") == shipment.key:
                return parcel
        return None

    def cancel(self, cancellation):
        if cancellation.lines:
            raise Unsupported("only whole orders can be cancelled", code="lines")
        path = f"/admin/orders/{cancellation.order_external_id}"
        if self.client.get(path, fields="id,status")["order"]["status"] == "canceled":
            raise AlreadyDone("cancelled before", code="canceled")
        self.client.post(f"{path}/cancel", {}, fields="id")

    # --- webhooks ---
    def verify_webhook(self, request):
        signing.check(request, self.credentials.webhook_secret)
        try:
            body = json.loads(request.body)
            return tuple(_hints(str(body["id"]), body["topic"], body["data"]))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadSignature("signed, but no message", code="body") from error


def _hints(event, topic, data):
    """Payments' events name no order: what changed lately is read again."""
    if topic in ("payment.captured", "payment.refunded"):
        yield Hint("return" if topic == "payment.refunded" else "other", "", event)
    elif topic in ("order.return_requested", "order.return_received"):
        yield Hint("return", str(data.get("return_id") or ""), event)
        yield Hint("order", str(data["order_id"]), f"{event}/order")
    elif topic.startswith("order.fulfillment"):
        yield Hint("order", str(data["order_id"]), event)
    elif topic.startswith("order."):
        yield Hint("order", str(data["id"]), event)
    elif topic.startswith("inventory"):
        yield Hint("stock", str(data["id"]), event)
    elif topic.startswith("product"):
        yield Hint("listing", str(data["id"]), event)
    else:
        yield Hint("other", "", event)
