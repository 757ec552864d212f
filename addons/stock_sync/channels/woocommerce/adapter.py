# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""WooCommerce, REST v3: one shop."""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from ..adapter import Adapter, register
from ..errors import (
    AlreadyDone,
    BadSignature,
    ChannelError,
    Misconfigured,
    NotFound,
    Refused,
)
from ..types import (
    Auth,
    Bucket,
    Cancellation,
    Capabilities,
    Hint,
    OrderPage,
    OrderRef,
    Orders,
    Shipment,
    Shipped,
    ShopInfo,
    WebhookRequest,
)
from ..values import moment
from .client import Client, webhook_signature
from .listings import ListingsMixin
from .orders import NO_ORDER, gmt, neutral_order
from .refunds import RefundsMixin

_PAGE = 100
_SECOND = timedelta(seconds=1)
_PING = re.compile(rb"webhook_id=\d{1,12}")
_TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.updated",
    "product.deleted",
)
#: where the common shipment tracking plug-in keeps its parcels
_TRACKING_META = "_wc_shipment_tracking_items"
#: our own mark: which parcels this shop was told of
_KEYS_META = "_order_suite_parcels"
#: what cannot be read of one order must not stop the others
_UNREADABLE = (ChannelError, ArithmeticError, AttributeError, KeyError, TypeError)


@register("woocommerce")
class WooCommerceAdapter(ListingsMixin, RefundsMixin, Adapter):
    """One WooCommerce shop.

    ``credentials.app_key`` and ``app_secret`` are the consumer key and secret,
    ``shop.base_url`` is the site's address. Option ``statuses`` maps the statuses of
    plug-ins to those of neutral orders.
    """

    client_type = Client
    capabilities = Capabilities(
        name="WooCommerce",
        auth=Auth.KEY,
        webhooks=True,
        # refunds come with their order: WooCommerce has no returns of their own
        returns=False,
        stock_batch=_PAGE,
        price=True,
        ship=True,
        late_tracking=True,
        partial_shipments=True,
        cancel=True,
        refund_order=True,
        order_page=_PAGE,
        order_batch=_PAGE,
        buckets=(Bucket("default", 10, 5),),
    )

    def check(self) -> ShopInfo:
        """The shop's name and currency, and whether the key may read orders."""
        currency = self.client.get("data/currencies/current")
        self.client.get("orders", per_page=1)
        plain = urlsplit(self.client.base).scheme != "https"
        return ShopInfo(
            shop_id=urlsplit(self.client.base).netloc,
            name=self.client.shop_name(),
            currency=str(currency.get("code") or ""),
            server=urlsplit(self.client.base).netloc,
            warnings=("the address is not https",) if plain else (),
        )

    # --- orders ---
    def list_orders(
        self, since: datetime | None, until: datetime | None, cursor: str = ""
    ) -> OrderPage:
        """Orders by time of change, whole.

        The next page begins at the last change that was read: page numbers would shift
        while orders change. Only where more orders than fit on a page changed within
        one second do numbers count on.
        """
        after, page = self._lower_bound(since), 1
        if cursor:
            text, _sep, number = cursor.partition("|")
            after, page = moment(text), int(number)
        params = {
            "per_page": _PAGE,
            "page": page,
            "orderby": "modified",
            "order": "asc",
            "dates_are_gmt": "true",
            "status": "any",
        }
        if after:
            params["modified_after"] = _zoneless(after)
        if until:
            params["modified_before"] = _zoneless(until + _SECOND)
        found, _answer = self.client.request("GET", "orders", params, bucket="orders")
        refs, orders = [], {}
        for order in found:
            if order.get("status") in NO_ORDER:
                continue
            external_id = str(order["id"])
            changed = moment(gmt(order.get("date_modified_gmt")))
            refs.append(OrderRef(external_id, changed))
            if order.get("refunds"):
                # what was refunded is told by another call
                continue
            try:
                orders[external_id] = self._translate(order)
            except _UNREADABLE:
                # read again alone, it says why
                continue
        return OrderPage(tuple(refs), self._next(found, after, page), orders)

    def read_orders(self, external_ids: Sequence[str]) -> Orders:
        """Orders with their refunds."""
        wanted = [one for one in dict.fromkeys(external_ids) if one.isdigit()]
        orders, failed = {}, {}
        if wanted:
            params = {"include": ",".join(wanted), "per_page": _PAGE, "status": "any"}
            found, _answer = self.client.request(
                "GET", "orders", params, bucket="orders"
            )
            for order in found:
                external_id = str(order.get("id"))
                refunds = self._read_refunds(order)
                try:
                    orders[external_id] = self._translate(order, refunds)
                except _UNREADABLE as error:
                    failed[external_id] = f"{type(error).__name__}: {error}"
        missing = [one for one in external_ids if one not in orders.keys() | failed]
        return Orders(orders, tuple(missing), failed)

    def _read_refunds(self, order):
        if not order.get("refunds"):
            return ()
        return self.client.get(f"orders/{order['id']}/refunds", per_page=_PAGE)

    def _translate(self, order, refunds=()):
        return neutral_order(order, refunds, self.shop.options.get("statuses"))

    @staticmethod
    def _lower_bound(since):
        # "after" leaves out the very second that is asked for
        return since.astimezone(timezone.utc) - _SECOND if since else None

    @staticmethod
    def _next(found, after, page):
        if len(found) < _PAGE:
            return ""
        last = moment(gmt(found[-1].get("date_modified_gmt"))) - _SECOND
        if after is None or last > after:
            return f"{last.isoformat()}|1"
        return f"{after.isoformat()}|{page + 1}"

    # --- shipping ---
    def ship(self, shipment: Shipment) -> Shipped:
        """Write the parcel into the order, tell the buyer, and complete the order.

        :raises AlreadyDone: when the shop knows the parcel
        """
        name = f"orders/{_order_number(shipment.order_external_id)}"
        order = self.client.get(name)
        meta = {entry.get("key"): entry.get("value") for entry in order["meta_data"]}
        keys = [key for key in str(meta.get(_KEYS_META) or "").split(",") if key]
        text = _parcel_text(shipment)
        if shipment.key in keys:
            if text and not self._has_note(name, text):
                self._write_note(name, text)
            raise AlreadyDone(shipment.key, code="parcel")
        parcels = meta.get(_TRACKING_META)
        parcels = parcels if isinstance(parcels, list) else []
        body = {
            "meta_data": [
                {"key": _KEYS_META, "value": ",".join([*keys, shipment.key])},
                {"key": _TRACKING_META, "value": [*parcels, _parcel(shipment)]},
            ]
        }
        if shipment.is_last:
            body["status"] = "completed"
        self.client.request("PUT", name, body=body)
        if text:
            self._write_note(name, text)
        return Shipped(shipment.key, shipment.tracking, shipment.carrier)

    def change_tracking(self, shipment: Shipment, old_tracking: str) -> None:
        """Put the new number into the parcel of the old one, and tell the buyer.

        :raises AlreadyDone: when the shop has that number
        """
        name = f"orders/{_order_number(shipment.order_external_id)}"
        order = self.client.get(name)
        meta = {entry.get("key"): entry.get("value") for entry in order["meta_data"]}
        parcels = meta.get(_TRACKING_META)
        parcels = parcels if isinstance(parcels, list) else []
        numbers = [str(parcel.get("tracking_number") or "") for parcel in parcels]
        text = _parcel_text(shipment)
        if shipment.tracking in numbers:
            if text and not self._has_note(name, text):
                self._write_note(name, text)
            raise AlreadyDone(shipment.tracking, code="parcel")
        if old_tracking in numbers:
            parcels[numbers.index(old_tracking)] = _parcel(shipment)
        else:
            parcels.append(_parcel(shipment))
        body = {"meta_data": [{"key": _TRACKING_META, "value": parcels}]}
        self.client.request("PUT", name, body=body)
        if text:
            self._write_note(name, text)

    def cancel(self, cancellation: Cancellation) -> None:
        """Cancel a whole order; the shop puts the goods back on sale itself.

        :raises Refused: for some lines only: the shop knows no such thing
        """
        if cancellation.lines:
            raise Refused("WooCommerce cancels whole orders only", code="lines")
        name = f"orders/{_order_number(cancellation.order_external_id)}"
        if self.client.get(name).get("status") in ("cancelled", "refunded"):
            raise AlreadyDone(name, code="cancelled")
        self.client.request("PUT", name, body={"status": "cancelled"})

    def _has_note(self, name, text):
        notes = self.client.get(f"{name}/notes")
        return any(text in str(note.get("note") or "") for note in notes)

    def _write_note(self, name, text):
        body = {"note": text, "customer_note": True}
        self.client.request("POST", f"{name}/notes", body=body)

    # --- webhooks ---
    def verify_webhook(self, request: WebhookRequest) -> Sequence[Hint]:
        """What a webhook is about. The ping of a new webhook comes unsigned."""
        if _PING.fullmatch(request.body):
            return (Hint("ping"),)
        given = request.headers.get("x-wc-webhook-signature", "")
        secret = self.credentials.webhook_secret
        if not secret or not given.isascii():
            raise BadSignature("unsigned", code="signature")
        if not hmac.compare_digest(given, webhook_signature(secret, request.body)):
            raise BadSignature("wrong signature", code="signature")
        try:
            body = json.loads(request.body)
            external_id = str(body["id"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadSignature("signed, but unreadable", code="body") from error
        resource = request.headers.get("x-wc-webhook-topic", "").partition(".")[0]
        topic = {"order": "order", "product": "listing"}.get(resource, "other")
        changed = body.get("date_modified_gmt")
        return (
            Hint(
                topic,
                external_id,
                request.headers.get("x-wc-webhook-delivery-id", ""),
                moment(gmt(changed)) if isinstance(changed, str) else None,
            ),
        )

    def subscribe(self, url: str, secret: str) -> None:
        """One webhook a topic; those that the shop switched off are switched on.

        Those that are there get the secret again: it may be a new one.
        """
        hooks = self._read_webhooks(url)
        for topic in _TOPICS:
            hook = hooks.get(topic)
            body = {"status": "active", "secret": secret}
            if hook is None:
                new = {"name": f"Odoo {topic}", "topic": topic, "delivery_url": url}
                self.client.request("POST", "webhooks", body={**new, **body})
            else:
                self.client.request("PUT", f"webhooks/{hook['id']}", body=body)

    def webhook_problems(self, url: str) -> Sequence[str]:
        """Topics without a webhook, and those that WooCommerce switched off after five
        failures."""
        hooks = self._read_webhooks(url)
        problems = [f"{topic}: missing" for topic in _TOPICS if topic not in hooks]
        problems += [
            f"{topic}: {hook.get('status')}"
            for topic, hook in hooks.items()
            if hook.get("status") != "active"
        ]
        return tuple(problems)

    def _read_webhooks(self, url) -> Mapping[str, dict]:
        found = self.client.get("webhooks", per_page=_PAGE)
        return {
            hook["topic"]: hook for hook in found if hook.get("delivery_url") == url
        }


def _order_number(text):
    if not text.isascii() or not text.isdigit():
        raise NotFound(f"{text!r:.40} is no order of WooCommerce", code="order")
    return text


def _zoneless(at):
    if at.tzinfo is None:
        raise Misconfigured("a moment without zone", code="moment")
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def _parcel(shipment):
    shipped = shipment.shipped_at or datetime.now(timezone.utc)
    return {
        "tracking_id": shipment.key,
        "tracking_number": shipment.tracking,
        "tracking_provider": "",
        "custom_tracking_provider": shipment.carrier,
        "custom_tracking_link": shipment.tracking_url,
        "date_shipped": str(int(shipped.timestamp())),
    }


def _parcel_text(shipment):
    words = [shipment.carrier, shipment.tracking, shipment.tracking_url]
    return " ".join(word for word in words if word)
