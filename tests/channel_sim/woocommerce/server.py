"""A simulated WooCommerce: recorded shapes, and the refusals of the real server."""

import base64
import copy
import hashlib
import hmac
import itertools
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

from ..faults import Answer, Simulator

_API = "/wp-json/wc/v3/"
_DATA = Path(__file__).parent / "data"


def recorded(name):
    """An answer recorded from the real server."""
    return json.loads((_DATA / f"{name}.json").read_text("utf-8"))


class WooCommerceSimulator(Simulator):
    """One shop behind plain http: HTTP Basic is refused, OAuth 1.0a is wanted."""

    key, secret = f"ck_{'a' * 40}", f"cs_{'b' * 40}"

    def __init__(self, seed=0):
        super().__init__(seed)
        self._ids = itertools.count(100)
        self._nonces = set()
        self.orders, self.products, self.variations = {}, {}, {}
        self.refunds, self.notes, self.webhooks = {}, {}, {}
        #: ids of orders that changed: each would send a webhook
        self.events = []
        self.currency = "SGD"
        #: moves the shop's clock, in seconds
        self.step = 0
        #: "read" keys may change nothing
        self.permissions = "read_write"

    # --- the shop ---
    def moment(self):
        """Now, by the second and without zone, as the server writes it."""
        at = datetime.fromtimestamp(self.now(), timezone.utc)
        return (at + timedelta(seconds=self.step)).strftime("%Y-%m-%dT%H:%M:%S")

    def add_product(self, name, sku, price, stock):
        """A simple product."""
        product = recorded("product_variable")
        product |= {
            "id": next(self._ids),
            "type": "simple",
            "name": name,
            "sku": sku,
            "regular_price": price,
            "manage_stock": stock is not None,
            "stock_quantity": stock,
            "variations": [],
        }
        self.products[product["id"]] = product
        return product

    def add_variable(self, name, *variations):
        """A product with variations ``(sku, price, stock)``."""
        product = recorded("product_variable") | {"id": next(self._ids), "name": name}
        made = {}
        for sku, price, stock in variations:
            variation = copy.deepcopy(recorded("variations")[0])
            variation |= {
                "id": next(self._ids),
                "sku": sku,
                "regular_price": price,
                "stock_quantity": stock,
                "parent_id": product["id"],
            }
            variation["attributes"][0]["option"] = sku
            made[variation["id"]] = variation
        self.products[product["id"]] = product
        self.variations[product["id"]] = made
        return product

    def order(self, lines, status="processing", **changes):
        """An order of the checkout; ``lines``: ``[(product or variation, units)]``.

        Without taxes; what was paid, or waits for the money, lowers the stock.
        """
        order = recorded("order")
        items, total = [], 0
        for product, units in lines:
            price = round(float(product["regular_price"]) * units, 2)
            items.append(self._item(product, units, price))
            total += price
            if status in ("processing", "on-hold", "completed"):
                product["stock_quantity"] -= units
        order |= {
            "id": next(self._ids),
            "status": status,
            "currency": self.currency,
            "line_items": items,
            "fee_lines": [],
            "coupon_lines": [],
            "tax_lines": [],
            "shipping_lines": [],
            "shipping_total": "0.00",
            "shipping_tax": "0.00",
            "total": f"{total:.2f}",
            "meta_data": [],
            "date_created_gmt": self.moment(),
            "date_paid_gmt": self.moment() if status == "processing" else None,
            **changes,
        }
        order["number"] = str(order["id"])
        self.orders[order["id"]] = order
        self.touch(order)
        return order

    def _item(self, product, units, price):
        parent = product.get("parent_id") or 0
        return {
            "id": next(self._ids),
            "name": product["name"],
            "product_id": parent or product["id"],
            "variation_id": product["id"] if parent else 0,
            "quantity": units,
            "subtotal": f"{price:.2f}",
            "subtotal_tax": "0.00",
            "total": f"{price:.2f}",
            "total_tax": "0.00",
            "sku": product["sku"],
            "price": price / units,
            "meta_data": [],
        }

    def touch(self, order):
        """The order was changed now."""
        order["date_modified_gmt"] = self.moment()
        self.events.append(order["id"])

    def cancel(self, order):
        """The buyer, or the shop, cancels; the goods are on sale again."""
        for item in order["line_items"]:
            parent = self.variations.get(item["product_id"], {})
            product = parent.get(item["variation_id"]) or self.products.get(
                item["product_id"]
            )
            product["stock_quantity"] += item["quantity"]
        order["status"] = "cancelled"
        self.touch(order)

    def refund(self, order, amount, item=None, units=0):
        """Money, and perhaps units of a line, given back."""
        refund = recorded("refund")
        refund |= {"id": next(self._ids), "amount": amount, "line_items": []}
        if item:
            line = copy.deepcopy(recorded("refund")["line_items"][0])
            line["quantity"] = -units
            line["meta_data"][0]["value"] = str(item["id"])
            refund["line_items"] = [line]
        self.refunds.setdefault(order["id"], []).append(refund)
        order["refunds"].append({"id": refund["id"], "total": f"-{amount}"})
        self.touch(order)
        return refund

    # --- calls ---
    def answer(self, call):
        """Check the key and its rights, then answer."""
        if call.path == "/wp-json/":
            return {"name": "Simulated shop"}, 200, {}
        if not call.path.startswith(_API):
            raise Answer(b"<html>Not found</html>", 404)
        self._check_oauth(call)
        name = call.path.removeprefix(_API)
        if call.method != "GET" and self.permissions == "read":
            self._refuse(401, "woocommerce_rest_cannot_edit", "no permission")
        parts = name.split("/")
        method = getattr(self, f"_{call.method.lower()}_{parts[0]}", None)
        if method is None:
            self._refuse(404, "rest_no_route", "No route was found")
        return method(call, parts[1:])

    def _check_oauth(self, call):
        given = dict(call.query["_all"])
        if "authorization" in call.headers or "oauth_signature" not in given:
            # over plain http the key pair itself must not travel
            self._refuse(401, "woocommerce_rest_cannot_view", "cannot list resources")
        signature = given.pop("oauth_signature")
        if given.get("oauth_consumer_key") != self.key:
            self._refuse(401, "woocommerce_rest_authentication_error", "Consumer key")
        if abs(int(given["oauth_timestamp"]) - self.now()) > 900:
            self._refuse(
                401, "woocommerce_rest_authentication_error", "Invalid timestamp"
            )
        if given["oauth_nonce"] in self._nonces:
            self._refuse(401, "woocommerce_rest_authentication_error", "Invalid nonce")
        url = self.url + call.path
        pairs = "&".join(
            f"{quote(k, safe='~')}={quote(v, safe='~')}"
            for k, v in sorted(given.items())
        )
        text = f"{call.method}&{quote(url, safe='~')}&{quote(pairs, safe='~')}"
        digest = hmac.new(f"{self.secret}&".encode(), text.encode(), hashlib.sha256)
        if signature != base64.b64encode(digest.digest()).decode():
            self._refuse(
                401, "woocommerce_rest_authentication_error", "Invalid signature"
            )
        self._nonces.add(given["oauth_nonce"])

    @staticmethod
    def _refuse(status, code, message, **data):
        payload = {"code": code, "message": message, "data": {"status": status, **data}}
        raise Answer(payload, status)

    def _page(self, call, found):
        size, page = (
            int(call.query.get("per_page", 10)),
            int(call.query.get("page", 1)),
        )
        if not 1 <= size <= 100:
            self._refuse(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        pages = -(-len(found) // size)
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        return found[(page - 1) * size : page * size], 200, headers

    def _get_data(self, _call, _parts):
        return {"code": self.currency, "name": self.currency}, 200, {}

    # --- orders ---
    def _get_orders(self, call, parts):
        if not parts:
            return self._page(call, self._filter_orders(call.query))
        order = self._order(parts[0])
        if len(parts) == 1:
            return order, 200, {}
        kept = self.refunds if parts[1] == "refunds" else self.notes
        return kept.get(order["id"], []), 200, {}

    def _filter_orders(self, query):
        found = [o for o in self.orders.values() if o["status"] != "trash"]
        if query.get("dates_are_gmt") == "true":
            after, before = query.get("modified_after"), query.get("modified_before")
            # both ends are left out, by the second
            if after:
                found = [o for o in found if o["date_modified_gmt"] > after]
            if before:
                found = [o for o in found if o["date_modified_gmt"] < before]
        if query.get("include"):
            wanted = set(map(int, query["include"].split(",")))
            found = [o for o in found if o["id"] in wanted]
        return sorted(found, key=lambda o: (o["date_modified_gmt"], o["id"]))

    def _order(self, text):
        order = self.orders.get(int(text))
        if not order:
            self._refuse(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return order

    def _put_orders(self, call, parts):
        order, body = self._order(parts[0]), call.json()
        for entry in body.pop("meta_data", ()):
            kept = [m for m in order["meta_data"] if m["key"] != entry["key"]]
            order["meta_data"] = [*kept, entry]
        order.update(body)
        self.touch(order)
        return order, 200, {}

    def _post_orders(self, call, parts):
        order, body = self._order(parts[0]), call.json()
        if parts[1] == "refunds":
            if float(body["amount"]) > float(order["total"]):
                self._refuse(
                    500,
                    "woocommerce_rest_cannot_create_order_refund",
                    "Invalid refund amount.",
                )
            return self._post_refund(order, body), 201, {}
        note = {"id": next(self._ids), **body}
        self.notes.setdefault(order["id"], []).append(note)
        return note, 201, {}

    def _post_refund(self, order, body):
        """As `wc_create_refund`: what is left of the order, of its own lines only."""
        back = sum(float(one["total"]) for one in order["refunds"])
        if float(body["amount"]) > float(order["total"]) + back + 1e-9:
            self._refuse(
                500, "woocommerce_rest_cannot_create_order_refund", "Invalid amount."
            )
        lines = {item["id"]: item for item in order["line_items"]}
        refund = self.refund(order, body["amount"])
        refund |= {
            "reason": body.get("reason", ""),
            "refunded_payment": body.get("api_refund", True),
            "meta_data": body.get("meta_data", []),
            "asked_lines": body.get("line_items", []),
        }
        if body.get("api_restock", True):
            self._refuse(400, "simulator", "goods are counted by the suite")
        for part in body.get("line_items", ()):
            line = copy.deepcopy(recorded("refund")["line_items"][0])
            line["quantity"] = -part["quantity"]
            line["meta_data"][0]["value"] = str(lines[part["id"]]["id"])
            refund["line_items"].append(line)
        return refund

    # --- products ---
    def _get_products(self, call, parts):
        if parts and parts[1:] == ["variations"]:
            found = list(self.variations.get(int(parts[0]), {}).values())
        else:
            found = list(self.products.values())
        if call.query.get("include"):
            wanted = set(map(int, call.query["include"].split(",")))
            found = [entry for entry in found if entry["id"] in wanted]
        return self._page(call, found)

    def _post_products(self, call, parts):
        body = call.json()
        entries = body.get("update", [])
        if len(entries) + len(body.get("create", [])) > 100:
            self._refuse(
                413,
                "woocommerce_rest_request_entity_too_large",
                "Unable to accept more than 100 items for this request.",
            )
        if parts == ["batch"]:
            known = self.products
        else:
            known = self.variations.get(int(parts[0]), {})
        return {"update": [self._update(known, entry) for entry in entries]}, 200, {}

    @staticmethod
    def _update(known, entry):
        product = known.get(entry["id"])
        if product is None:
            error = {
                "code": "woocommerce_rest_product_invalid_id",
                "message": "Invalid ID.",
                "data": {"status": 404},
            }
            return {"id": entry["id"], "error": error}
        if "stock_quantity" in entry and not entry.get(
            "manage_stock", product["manage_stock"]
        ):
            entry.pop("stock_quantity")
        product.update(entry)
        return product

    # --- webhooks ---
    def take_webhooks(self, secret):
        """What the shop sends now about its orders: ``[(headers, body)]``."""
        with self.lock:
            sent = [self._sign(self.orders[number], secret) for number in self.events]
            self.events.clear()
        return sent

    def _sign(self, order, secret):
        body = json.dumps(order).encode()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        headers = {
            "X-WC-Webhook-Topic": "order.updated",
            "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
            "X-WC-Webhook-Delivery-ID": f"{order['id']}-{next(self._ids)}",
            "Content-Type": "application/json",
        }
        return headers, body

    def _get_webhooks(self, call, _parts):
        return self._page(call, list(self.webhooks.values()))

    def _post_webhooks(self, call, _parts):
        hook = {"id": next(self._ids), **call.json()}
        self.webhooks[hook["id"]] = hook
        return hook, 201, {}

    def _put_webhooks(self, call, parts):
        self.webhooks[int(parts[0])].update(call.json())
        return self.webhooks[int(parts[0])], 200, {}
