"""The Medusa adapter against a real Medusa."""

import json
import threading
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from channels import errors, types

from . import connect
from .connect import change, parcel, read, sells


@pytest.fixture(scope="module")
def key(medusa):
    return medusa.make_key()


@pytest.fixture
def shop(medusa, key):
    credentials = connect.Credentials(app_key=key, webhook_secret=medusa.hooks.secret)
    return connect.adapter("medusa", medusa, credentials)


# --- connecting ---
def test_the_shop_says_who_it_is(medusa, shop):
    info = shop.check()
    assert (info.currency, info.server) == ("USD", "Medusa")
    wrong = connect.adapter("medusa", medusa, connect.Credentials(app_key="sk_wrong"))
    with pytest.raises(errors.AuthorisationLost):
        wrong.check()
    nowhere = types.Shop("medusa", medusa.url + "/nothing", allow_private=True)
    with pytest.raises(errors.Misconfigured):
        type(shop)(nowhere, shop.credentials, shop.transport).check()
    login = connect.Credentials(
        app_key="seller@example.com", app_secret="only-for-tests"
    )
    assert connect.adapter("medusa", medusa, login).check() == info


# --- orders, parcels, money, goods back ---
def test_an_order_from_cart_to_return(medusa, shop):
    start = datetime.now(timezone.utc) - timedelta(seconds=1)
    placed = medusa.shopper().order({"MTS-M": 2, "MTS-S": 1})
    listings = connect.every_listing(shop)
    order = read(shop, placed)
    assert (order.status, order.payment.state, order.currency) == (
        "unpaid",
        "authorized",
        "USD",
    )
    # 3 x 19.90 + 5, 7 % on top
    assert order.total == Decimal("69.229")
    lines = {line.sku: line for line in order.lines}
    assert lines["MTS-M"].listing_id == listings["MTS-M"].ref.key
    assert list(connect.every_order(shop, start))[-1] == placed["id"]

    medusa.capture(placed["id"])
    paid = read(shop, placed)
    assert (paid.status, paid.payment.state) == ("paid", "paid")
    assert paid.updated_at > order.updated_at

    first = parcel(placed, {lines["MTS-M"].external_id: 1}, "p1", tracking="TH1")
    shop.ship(first)
    with pytest.raises(errors.AlreadyDone):
        shop.ship(first)
    assert read(shop, placed).status == "paid"
    rest = {lines["MTS-M"].external_id: 1, lines["MTS-S"].external_id: 1}
    link = "https://example.com/TH2"
    shop.ship(parcel(placed, rest, "p2", tracking="TH2", tracking_url=link))
    shipped = read(shop, placed)
    assert shipped.status == "shipped"
    assert {p.tracking for p in shipped.shipments} == {"TH1", "TH2"}
    with pytest.raises(errors.AlreadyDone):
        shop.ship(parcel(placed, rest, "p3", tracking="TH3"))

    medusa.refund(placed["id"], 10)
    returns = connect.every_return(shop, start)
    (refund,) = returns.values()
    assert (refund.kind, refund.amount) == ("refund_only", Decimal(10))
    line = lines["MTS-M"].external_id
    location = listings["MTS-M"].ref.location_id
    came = medusa.take_back(placed["id"], {line: 1}, location)
    returned = connect.every_return(shop, start)[came]
    assert (returned.kind, returned.status) == ("return_refund", "received")
    assert (returned.lines[0].line_external_id, returned.lines[0].quantity) == (line, 1)
    after = read(shop, placed)
    # what came back is told, nothing is subtracted: the order was for three
    assert (after.total, after.lines) == (paid.total, paid.lines)
    assert after.payment.state == "partially_refunded"
    assert after.refunds[0].amount == 10


def test_a_number_that_came_late_or_was_changed(medusa, shop):
    """A parcel that was shipped takes no label: the order's metadata keeps it, beside
    what others have put there."""
    placed = medusa.shopper().order({"MTS-S": 2})
    line = read(shop, placed).lines[0].external_id
    path = f"/admin/orders/{placed['id']}"
    shop.client.post(path, {"metadata": {"gift": "yes"}}, fields="id")
    shop.ship(parcel(placed, {line: 1}, "p1"))
    shop.ship(parcel(placed, {line: 1}, "p2", tracking="TH2", carrier="Kerry"))
    late = parcel(placed, {line: 1}, "t1", tracking="TH1", carrier="Flash")
    shop.change_tracking(late, "")
    with pytest.raises(errors.AlreadyDone):
        shop.change_tracking(late, "")
    link = "https://example.com/TH3"
    changed = parcel(placed, {line: 1}, "t2", tracking="TH3", tracking_url=link)
    shop.change_tracking(changed, "TH2")
    told = {p.tracking: p for p in read(shop, placed).shipments}
    assert set(told) == {"TH1", "TH3"}
    assert (told["TH1"].carrier, told["TH3"].tracking_url) == ("Flash", link)
    metadata = shop.client.get(path, fields="id,metadata")["order"]["metadata"]
    assert metadata["gift"] == "yes"
    with pytest.raises(errors.Refused, match="old number"):
        shop.change_tracking(parcel(placed, {line: 1}, "t3", tracking="TH5"), "TH4")


def test_a_cancelled_order(medusa, shop):
    placed = medusa.shopper().order({"MTS-S": 2})
    line = read(shop, placed).lines[0].external_id
    some = types.Cancellation(placed["id"], "c0", "other", (((line,), 1),))
    with pytest.raises(errors.Unsupported):
        shop.cancel(some)
    shop.cancel(types.Cancellation(placed["id"], "c1", "out_of_stock"))
    assert read(shop, placed).status == "cancelled"
    with pytest.raises(errors.AlreadyDone):
        shop.cancel(types.Cancellation(placed["id"], "c1", "out_of_stock"))


def test_pages_hold_every_order_once(medusa, shop, monkeypatch):
    for _number in range(3):
        medusa.shopper().order({"MTS-L": 1})
    whole = connect.every_order(shop)
    monkeypatch.setattr("channels.medusa.PAGE", 2)
    assert list(connect.every_order(shop)) == list(whole)
    assert len(whole) >= 3
    gone = shop.read_orders(["order_nothing"])
    assert (gone.missing, gone.orders) == (("order_nothing",), {})


# --- stock ---
def test_stock_is_what_sells_beside_what_is_reserved(medusa, shop):
    listing = connect.every_listing(shop)["MTS-M"]
    medusa.shopper().order({"MTS-M": 2})
    reserved = sells(shop, listing).allocated
    assert reserved >= 2
    result = shop.push_stock([change(listing, 3)])[listing.ref]
    assert (result.is_ok, result.quantity) == (True, 3)
    assert (sells(shop, listing).quantity, sells(shop, listing).allocated) == (
        3,
        reserved,
    )
    with pytest.raises(AssertionError, match="inventory"):
        medusa.shopper().order({"MTS-M": 4})
    medusa.shopper().order({"MTS-M": 3})
    assert sells(shop, listing).quantity == 0
    shop.push_stock([change(listing, 40)])


def test_one_bad_item_does_not_spoil_the_others(shop):
    listings = connect.every_listing(shop)
    good = [change(listings[sku], 9) for sku in ("MTS-S", "MTS-L")]
    ref = listings["MTS-M"].ref
    lost = types.ListingRef("prod_x", "variant_x", ref.location_id, "iitem_x")
    nowhere = types.ListingRef(ref.item_id, ref.variant_id, "sloc_x", ref.inventory_id)
    wrong = [types.StockChange(one, 3, "k") for one in (lost, nowhere)]
    results = shop.push_stock([good[0], *wrong, good[1]])
    assert isinstance(results[lost].error, errors.NotFound)
    assert not results[nowhere].is_ok
    assert [results[item.ref].quantity for item in good] == [9, 9]
    assert [sells(shop, listings[sku]).quantity for sku in ("MTS-S", "MTS-L")] == [9, 9]


# --- webhooks, and a shop that goes down ---
def test_webhooks_are_hints_with_a_signature(medusa, shop):
    placed = medusa.shopper().order({"MTS-L": 1})
    found = medusa.hooks.wait_for(lambda body: placed["id"].encode() in body)
    assert json.loads(found[1])["topic"] == "order.placed"
    (hint,) = shop.verify_webhook(connect.webhook(found))
    assert (hint.topic, hint.external_id) == ("order", placed["id"])
    for wrong in (
        connect.webhook(found, found[1] + b" "),
        connect.webhook(found, later=301),
        connect.webhook(({}, found[1], found[2])),
    ):
        with pytest.raises(errors.BadSignature):
            shop.verify_webhook(wrong)


def test_killed_in_the_middle_and_webhooks_lost(medusa, shop):
    """The webhook of this order never arrives, and the shop dies under a push."""
    start = datetime.now(timezone.utc) - timedelta(seconds=1)
    listing = connect.every_listing(shop)["MTS-L"]
    medusa.hooks.is_down = True
    placed = medusa.shopper().order({"MTS-L": 1})
    pusher = threading.Thread(target=medusa.kill)
    outcomes = []
    pusher.start()
    for quantity in range(20, 30):
        try:
            outcomes.append(shop.push_stock([change(listing, quantity)]))
        except errors.ChannelError as error:
            outcomes.append(error)
    pusher.join()
    assert isinstance(outcomes[-1], errors.Unavailable)
    medusa.start()
    medusa.hooks.is_down = False
    assert list(connect.every_order(shop, start))[-1] == placed["id"]
    read(shop, placed)
    # nobody knows what was taken: written again, and then it is so
    assert shop.push_stock([change(listing, 30)])[listing.ref].quantity == 30
    assert sells(shop, listing).quantity == 30
