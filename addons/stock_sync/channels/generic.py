# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Any shop that speaks our JSON over REST; `readme/GENERIC_REST.md` is the contract.

The shop answers neutral orders as they are, takes stock as JSON and signs its webhooks
(``signing``). What it calls its things is set in ``options``:

- ``paths``: address below the shop's own for ``ping``, ``orders``, ``listings``,
  ``stock``, ``shipments``, ``cancellations``, ``returns``; what has none is not there.
- ``pointers``: JSON pointers (RFC 6901) into the answers: ``orders``, ``listings``,
  ``returns``, ``cursor``.
- ``auth``: ``bearer`` (default), ``basic``, ``header``, ``hmac`` or ``none``;
  ``auth_header``: the header's name for ``header`` (X-Api-Key).
- ``webhook``: ``timestamp_header``, ``signature_header``, ``window`` (seconds).
"""

import json
import time
from collections.abc import Mapping

from . import signing
from .adapter import Adapter, register
from .errors import (
    AlreadyDone,
    AuthorisationLost,
    BadAnswer,
    BadSignature,
    Misconfigured,
    NotFound,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
    Unsupported,
)
from .generic_values import (
    order_ids,
    pointer,
    read_listing,
    read_return,
    write_lines,
    write_ref,
)
from .types import (
    Auth,
    Bucket,
    Capabilities,
    Hint,
    ItemResult,
    Listings,
    OrderPage,
    OrderRef,
    Orders,
    Returns,
    Shipped,
    ShopInfo,
    StockLevel,
)
from .values import iso, moment, money, number

_PATHS = {
    "ping": "/ping",
    "orders": "/orders",
    "listings": "/listings",
    "stock": "/stock",
    "shipments": "/shipments",
    "tracking": "/tracking",
    "cancellations": "/cancellations",
    "returns": "/returns",
    "return_decisions": "/return-decisions",
}
_POINTERS = {
    "orders": "/orders",
    "listings": "/listings",
    "returns": "/returns",
    "stock": "/stock",
    "results": "/results",
    "cursor": "/next",
}
_STATUSES = {
    401: AuthorisationLost,
    403: PermissionMissing,
    404: NotFound,
    405: Misconfigured,
    408: Unavailable,
    425: Unavailable,
}
_ITEM_ERRORS = {
    "not_found": NotFound,
    "refused": Refused,
    "rate_limited": RateLimited,
    "unavailable": Unavailable,
}
_TOPICS = {"order", "return", "listing", "stock", "ping"}


@register("generic")
class Generic(Adapter):
    """One shop that keeps to our contract."""

    capabilities = Capabilities(
        name="REST and webhook",
        auth=Auth.KEY,
        webhooks=True,
        returns=True,
        stock_batch=100,
        locations=True,
        ship=True,
        late_tracking=True,
        partial_shipments=True,
        cancel=True,
        tell_return=("approved", "refused", "received", "refunded"),
        refund_order=True,
        idempotency_key=True,
        order_page=100,
        order_batch=50,
        buckets=(Bucket("default", 10, 5),),
    )

    # --- asking ---
    def _path(self, name):
        path = {**_PATHS, **self.shop.options.get("paths", {})}[name]
        if not path:
            raise Unsupported(f"this shop has no {name}", code=name)
        base = self.shop.base_url.rstrip("/")
        if not base:
            raise Misconfigured("the shop's address is missing", code="base_url")
        return f"{base}/{path.lstrip('/')}"

    def _ask(self, method, name, params=None, body=None, key="", **request):
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", **self._auth_headers(content)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        answer = self.transport.request(
            method,
            self._path(name),
            params=params,
            headers=headers,
            data=content or None,
            auth=self._basic(),
            **request,
        )
        return self._read(answer)

    def _basic(self):
        if self.shop.options.get("auth") != "basic":
            return None
        return self.credentials.app_key, self.credentials.app_secret

    def _auth_headers(self, content):
        credentials = self.credentials
        how = self.shop.options.get("auth", "bearer")
        if how in ("none", "basic"):
            return {}
        if how == "bearer":
            return {"Authorization": f"Bearer {credentials.app_key}"}
        if how == "header":
            name = self.shop.options.get("auth_header", "X-Api-Key")
            return {name: credentials.app_key}
        if how == "hmac":
            signed = signing.headers(credentials.app_secret, time.time(), content)
            return {"X-Api-Key": credentials.app_key, **signed}
        raise Misconfigured(f"auth {how!r} is not known", code="auth")

    @staticmethod
    def _read(answer):
        if answer.status == 204:
            return {}
        if answer.status < 300:
            return answer.json()
        text, code = "", f"http_{answer.status}"
        try:
            body = answer.json()
        except BadAnswer:
            body = None
        if isinstance(body, dict):
            text = str(body.get("message") or body.get("error") or "")[:500]
            code = str(body.get("code") or code)[:100]
        if answer.status == 409 and code == "already_done":
            raise AlreadyDone(text, code)
        if answer.status < 400:
            raise Misconfigured("the address leads elsewhere", code=code)
        error = Unavailable if answer.status >= 500 else Refused
        raise _STATUSES.get(answer.status, error)(text, code)

    def _find(self, body, name, default=None):
        pointers = {**_POINTERS, **self.shop.options.get("pointers", {})}
        return pointer(body, pointers[name], default)

    def _list(self, body, name):
        found = self._find(body, name)
        if not isinstance(found, list):
            raise BadAnswer(f"no list of {name}")
        return found

    def _cursor(self, body):
        cursor = self._find(body, "cursor", "")
        return "" if cursor is None else str(cursor)

    def check(self):
        body = self._ask("GET", "ping")
        if not isinstance(body, Mapping):
            raise BadAnswer("not an object")
        shop_id = str(body.get("shop_id") or "")
        if self.shop.shop_id and self.shop.shop_id != shop_id:
            raise Misconfigured(f"this key opens another shop: {shop_id}", "other_shop")
        return ShopInfo(
            shop_id=shop_id,
            name=str(body.get("name") or shop_id),
            currency=str(body.get("currency") or ""),
            country=str(body.get("country") or ""),
        )

    # --- orders ---
    def list_orders(self, since, until, cursor=""):
        params = {"limit": self.capabilities.order_page, "cursor": cursor or None}
        params.update(updated_from=iso(since), updated_to=iso(until))
        body = self._ask("GET", "orders", params)
        read = self._orders(self._list(body, "orders"))
        refs = [
            OrderRef(key, moment(order.get("updated_at") or order.get("placed_at")))
            for key, order in read.orders.items()
        ]
        refs += [OrderRef(key) for key in read.failed]
        return OrderPage(tuple(refs), self._cursor(body), read.orders)

    def read_orders(self, external_ids):
        wanted = [str(external_id) for external_id in external_ids]
        body = self._ask("GET", "orders", {"ids": ",".join(wanted)})
        read = self._orders(self._list(body, "orders"))
        there = {*read.orders, *read.failed}
        missing = tuple(key for key in wanted if key not in there)
        return Orders(read.orders, missing, read.failed)

    @staticmethod
    def _orders(found):
        """Orders go on as they are: whether they are good is for the inbox to say."""
        orders, failed = {}, {}
        for position, order in enumerate(found):
            key = order_ids(order)
            if key:
                orders[key] = order
            else:
                failed[f"#{position + 1}"] = "an order without external_id"
        return Orders(orders, (), failed)

    def list_returns(self, since, cursor=""):
        params = {"limit": self.capabilities.order_page, "cursor": cursor or None}
        body = self._ask("GET", "returns", {**params, "updated_from": iso(since)})
        found = tuple(read_return(one) for one in self._list(body, "returns"))
        return Returns(found, self._cursor(body))

    # --- listings and stock ---
    def list_listings(self, cursor=""):
        params = {"limit": 100, "cursor": cursor or None}
        body = self._ask("GET", "listings", params)
        found = tuple(read_listing(one) for one in self._list(body, "listings"))
        return Listings(found, self._cursor(body))

    def read_stock(self, refs):
        wanted = {ref.key: ref for ref in refs}
        body = self._ask("GET", "stock", {"ids": ",".join(wanted)})
        found = {}
        for one in self._list(body, "stock"):
            ref = wanted.get(str(one.get("listing_id")))
            if ref:
                found[ref] = StockLevel(
                    int(number(one.get("quantity"))),
                    int(number(one.get("allocated"))),
                    str(one.get("version") or ""),
                )
        return found

    def push_stock(self, changes):
        items = [
            {**write_ref(change.ref), "quantity": change.quantity, "key": change.key}
            for change in changes
        ]
        body = self._ask("POST", "stock", body={"items": items})
        found = {str(one.get("listing_id")): one for one in self._list(body, "results")}
        return {
            change.ref: self._result(found.get(change.ref.key)) for change in changes
        }

    @staticmethod
    def _result(one):
        if one is None:
            return ItemResult(Unavailable("the shop did not say", code="no_result"))
        if one.get("error"):
            error = one["error"] if isinstance(one["error"], dict) else {}
            code = str(error.get("code") or "refused")
            text = str(error.get("message") or "")[:500]
            return ItemResult(_ITEM_ERRORS.get(code, Refused)(text, code))
        quantity = one.get("quantity")
        return ItemResult(
            version=str(one.get("version") or ""),
            quantity=None if quantity is None else int(number(quantity)),
        )

    # --- shipping and cancelling ---
    def ship(self, shipment):
        values = {
            "order_id": shipment.order_external_id,
            "lines": write_lines(shipment.lines),
            "tracking": shipment.tracking,
            "tracking_url": shipment.tracking_url,
            "carrier": shipment.carrier,
            "shipped_at": iso(shipment.shipped_at),
            "is_last": shipment.is_last,
        }
        body = self._ask("POST", "shipments", body=values, key=shipment.key)
        made = str(body.get("external_id") or "")
        return Shipped(made, shipment.tracking, shipment.carrier)

    def change_tracking(self, shipment, old_tracking):
        values = {
            "order_id": shipment.order_external_id,
            "lines": write_lines(shipment.lines),
            "replaces": old_tracking,
            "tracking": shipment.tracking,
            "tracking_url": shipment.tracking_url,
            "carrier": shipment.carrier,
        }
        self._ask("POST", "tracking", body=values, key=shipment.key)

    def cancel(self, cancellation):
        values = {
            "order_id": cancellation.order_external_id,
            "reason": cancellation.reason,
            "lines": write_lines(cancellation.lines),
        }
        self._ask("POST", "cancellations", body=values, key=cancellation.key)

    def tell_return(self, told):
        values = {
            "return_id": told.external_id or None,
            "order_id": told.order_external_id,
            "decision": told.decision,
            "number": told.number,
            "note": told.note,
            "amount": money(told.amount),
            "currency": told.currency,
            "refund_id": told.mark if told.decision == "refunded" else None,
            "lines": [
                {
                    "line_ids": list(line.external_ids),
                    "quantity": line.units,
                    "amount": money(line.amount),
                }
                for line in told.lines
            ],
        }
        body = self._ask("POST", "return_decisions", body=values, key=told.key)
        return str(body.get("external_id") or "")

    def refund_order(self, told):
        return self.tell_return(told)

    # --- webhooks ---
    def verify_webhook(self, request):
        names = self.shop.options.get("webhook", {})
        signing.check(
            request,
            self.credentials.webhook_secret,
            float(names.get("window", signing.WINDOW)),
            (
                names.get("timestamp_header", signing.TIMESTAMP).lower(),
                names.get("signature_header", signing.SIGNATURE).lower(),
            ),
        )
        try:
            body = json.loads(request.body)
            topic, event = str(body["topic"]), str(body["id"])
            data = body.get("data") or {}
            external_id = str(data.get("external_id") or data.get("id") or "")
            updated_at = moment(data.get("updated_at"))
        except (AttributeError, BadAnswer, LookupError, TypeError, ValueError) as error:
            raise BadSignature("signed, but no message", code="body") from error
        except RecursionError as error:
            raise BadSignature("signed, but no message", code="body") from error
        topic = topic if topic in _TOPICS else "other"
        return (Hint(topic, external_id, event, updated_at),)
