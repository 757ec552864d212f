# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The contract of generic shops, spoken to a small shop over real HTTP."""

import json
import threading
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from channels import Transport, adapters, errors, signing
from channels.types import (
    Cancellation,
    Credentials,
    ListingRef,
    Shipment,
    Shop,
    StockChange,
    WebhookRequest,
)

SECRET = "hook secret"
ORDER = {
    "external_id": "A-1",
    "placed_at": "2026-11-21T10:00:00Z",
    "updated_at": "2026-11-21T11:00:00Z",
    "currency": "VND",
    "lines": [{"external_id": "1", "quantity": 1, "unit_price": "10000"}],
    "total": "10000",
}


class SmallShop:
    """Answers what a test put into ``answers``; keeps what it was asked."""

    def __init__(self):
        self.asked, self.answers = [], {}
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer()

            def do_POST(self):
                self.answer()

            def answer(self):
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {k.lower(): v for k, v in self.headers.items()}
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                shop.asked.append((self.command, parts.path, query, headers, body))
                status, content = shop.answers.get(
                    (self.command, parts.path), (404, {"message": "no such thing"})
                )
                if not isinstance(content, bytes):
                    content = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def adapter(self, **options):
        return adapters()["generic"](
            Shop("generic", self.url, allow_private=True, options=options),
            Credentials(app_key="key", app_secret="secret", webhook_secret=SECRET),
            Transport(allow_private=True),
        )


@pytest.fixture
def shop():
    small = SmallShop()
    yield small
    small.close()


def test_orders_go_through_as_they_are(shop):
    strange = {"external_id": 7, "anything": ["else"]}
    page = {"orders": [ORDER, strange, {"total": "1"}], "next": "c2"}
    shop.answers["GET", "/api/orders"] = 200, page
    since = datetime(2026, 11, 21, tzinfo=timezone.utc)
    found = shop.adapter().list_orders(since, None, "c1")
    assert found.orders == {"A-1": ORDER, "7": strange}
    assert found.cursor == "c2"
    assert found.refs[0].updated_at == datetime(2026, 11, 21, 11, tzinfo=timezone.utc)
    _method, _path, query, headers, _body = shop.asked[0]
    assert query == {
        "limit": "100",
        "cursor": "c1",
        "updated_from": "2026-11-21T00:00:00.000Z",
    }
    assert headers["authorization"] == "Bearer key"


def test_orders_by_id_and_what_is_missing(shop):
    shop.answers["GET", "/api/orders"] = 200, {"orders": [ORDER]}
    read = shop.adapter().read_orders(["A-1", "A-2"])
    assert (list(read.orders), read.missing) == (["A-1"], ("A-2",))


def test_other_paths_and_pointers(shop):
    page = {"data": {"list": [ORDER]}, "meta": {"page/next": None}}
    shop.answers["GET", "/api/v9/sales"] = 200, page
    adapter = shop.adapter(
        paths={"orders": "v9/sales", "returns": ""},
        pointers={"orders": "/data/list", "cursor": "/meta/page~1next"},
    )
    found = adapter.list_orders(None, None)
    assert (list(found.orders), found.cursor) == (["A-1"], "")
    with pytest.raises(errors.Unsupported):
        adapter.list_returns(None)


def test_requests_are_signed(shop):
    shop.answers["POST", "/api/cancellations"] = 200, {}
    shop.adapter(auth="hmac").cancel(Cancellation("A-1", "key-1", "out_of_stock"))
    _method, _path, _query, headers, body = shop.asked[0]
    stamp = headers[signing.TIMESTAMP]
    assert headers[signing.SIGNATURE] == signing.sign("secret", stamp, body)
    assert abs(int(stamp) - time.time()) < 5
    assert headers["idempotency-key"] == "key-1"
    assert json.loads(body) == {
        "order_id": "A-1",
        "reason": "out_of_stock",
        "lines": [],
    }


def test_stock_and_its_results(shop):
    refs = [ListingRef("1", "a"), ListingRef("2"), ListingRef("3")]
    results = [
        {"listing_id": "1:a", "quantity": 4, "version": 9},
        {"listing_id": "2", "error": {"code": "not_found", "message": "gone"}},
    ]
    shop.answers["POST", "/api/stock"] = 200, {"results": results}
    changes = [StockChange(ref, 4, f"k{ref.item_id}") for ref in refs]
    found = shop.adapter().push_stock(changes)
    assert (found[refs[0]].quantity, found[refs[0]].version) == (4, "9")
    assert isinstance(found[refs[1]].error, errors.NotFound)
    # not a word about the third: nobody knows
    assert isinstance(found[refs[2]].error, errors.Unavailable)
    sent = json.loads(shop.asked[0][4])["items"]
    assert sent[0] == {"listing_id": "1:a", "quantity": 4, "key": "k1"}


def test_listings_stock_and_returns_are_read(shop):
    listing = {"listing_id": "1:a", "sku": "S", "price": "9.5", "quantity": 3}
    shop.answers["GET", "/api/listings"] = 200, {"listings": [listing], "next": 2}
    page = shop.adapter().list_listings()
    (found,) = page.listings
    assert (found.ref.key, found.price, found.quantity) == ("1:a", Decimal("9.5"), 3)
    assert (page.cursor, found.active, found.tracked) == ("2", True, True)
    stock = {"stock": [{"listing_id": "1:a", "quantity": 3, "allocated": 1}]}
    shop.answers["GET", "/api/stock"] = 200, stock
    level = shop.adapter().read_stock([found.ref])[found.ref]
    assert (level.quantity, level.allocated) == (3, 1)
    one = {
        "external_id": "R1",
        "order_id": "A-1",
        "status": "received",
        "currency": "VND",
        "amount": "10000",
        "updated_at": "2026-11-22T00:00:00Z",
        "lines": [{"line_id": "1", "quantity": 1, "refund": "10000"}],
    }
    shop.answers["GET", "/api/returns"] = 200, {"returns": [one]}
    (back,) = shop.adapter().list_returns(None).returns
    assert (back.lines[0].order_external_id, back.lines[0].refund) == ("A-1", 10000)
    shop.answers["GET", "/api/returns"] = 200, {"returns": [{**one, "status": "?"}]}
    with pytest.raises(errors.BadAnswer):
        shop.adapter().list_returns(None)


def test_a_parcel_told_twice(shop):
    parcel = Shipment("A-1", ((("1",), 1),), "p1", tracking="VN1")
    shop.answers["POST", "/api/shipments"] = 200, {"external_id": "S1"}
    assert shop.adapter().ship(parcel).external_id == "S1"
    known = {"code": "already_done", "message": "known"}
    shop.answers["POST", "/api/shipments"] = 409, known
    with pytest.raises(errors.AlreadyDone):
        shop.adapter().ship(parcel)


def test_a_number_that_came_late(shop):
    parcel = Shipment("A-1", ((("1",), 1),), "t1", tracking="VN2", carrier="GHN")
    shop.answers["POST", "/api/tracking"] = 200, {}
    shop.adapter().change_tracking(parcel, "VN1")
    shop.answers["POST", "/api/tracking"] = 404, {"message": "no such thing"}
    with pytest.raises(errors.NotFound):
        shop.adapter().change_tracking(parcel, "VN1")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, errors.AuthorisationLost),
        (403, errors.PermissionMissing),
        (404, errors.NotFound),
        (302, errors.Misconfigured),
        (422, errors.Refused),
        (429, errors.RateLimited),
        (500, errors.Unavailable),
        (503, errors.Unavailable),
    ],
)
def test_what_statuses_mean(shop, status, error):
    shop.answers["GET", "/api/ping"] = status, b"<html>"
    with pytest.raises(error):
        shop.adapter().check()


def test_answers_that_are_none(shop):
    for body in (b"<html>", b"[1]", b"{", b"null"):
        shop.answers["GET", "/api/ping"] = 200, body
        with pytest.raises(errors.BadAnswer):
            shop.adapter().check()
    for body in ({}, {"orders": {}}, []):
        shop.answers["GET", "/api/orders"] = 200, body
        with pytest.raises(errors.BadAnswer):
            shop.adapter().list_orders(None, None)


def test_private_networks_only_where_allowed(shop):
    closed = adapters()["generic"](
        Shop("generic", shop.url), Credentials(app_key="k"), Transport()
    )
    with pytest.raises(errors.Misconfigured, match="private network"):
        closed.check()
    assert not shop.asked


def hook(body, secret=SECRET, age=0, **headers):
    now = datetime.now(timezone.utc)
    sent = now - timedelta(seconds=age)
    signed = signing.headers(secret, sent.timestamp(), body)
    return WebhookRequest("http://suite/hook", {**signed, **headers}, body, now)


def test_webhooks(shop):
    body = json.dumps({"id": "e1", "topic": "order", "data": {"external_id": "A-1"}})
    (hint,) = shop.adapter().verify_webhook(hook(body.encode()))
    assert (hint.topic, hint.external_id, hint.event_id) == ("order", "A-1", "e1")


@pytest.mark.parametrize(
    "request_",
    [
        hook(b"{}", secret="another"),
        hook(b"{}", age=400),
        hook(b"{}", age=-400),
        hook(b"{}", **{signing.TIMESTAMP: "soon"}),
        hook(b"{}", **{signing.TIMESTAMP: "٣"}),
        hook(b"{}", **{signing.SIGNATURE: ""}),
        hook(b"{}", **{signing.SIGNATURE: "é" * 64}),
        hook(b"not json"),
        hook(b"[]"),
        hook(b'{"id": 1, "topic": "order", "data": [1]}'),
        hook(b"[" * 100000),
    ],
)
def test_webhooks_that_are_refused(shop, request_):
    with pytest.raises(errors.BadSignature):
        shop.adapter().verify_webhook(request_)


def test_without_a_secret_nothing_is_believed(shop):
    adapter = shop.adapter()
    adapter.credentials = Credentials(app_key="key")
    with pytest.raises(errors.Misconfigured):
        adapter.verify_webhook(hook(b"{}", secret=""))
