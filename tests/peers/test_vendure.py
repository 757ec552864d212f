"""The Vendure adapter against a real Vendure."""

import json
import threading
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from channels import errors, types

from . import connect
from .connect import change, parcel, read, sells

SHIRT, BOTTLE, WRAP = "TS-M-BLK", "BTL-750", "SRV-WRAP"


@pytest.fixture(scope="module")
def key(vendure):
    return vendure.make_key()


@pytest.fixture
def shop(vendure, key):
    credentials = connect.Credentials(app_key=key, webhook_secret=vendure.hooks.secret)
    return connect.adapter("vendure", vendure, credentials)


# --- connecting ---
def test_the_shop_says_who_it_is(shop):
    info = shop.check()
    assert (info.name, info.currency, info.warnings) == (
        "__default_channel__",
        "USD",
        (),
    )


def test_a_wrong_key_is_told_from_a_missing_right(vendure):
    wrong = connect.adapter("vendure", vendure, connect.Credentials(app_key="no:key"))
    with pytest.raises(errors.AuthorisationLost):
        wrong.check()
    with pytest.raises(errors.AuthorisationLost):
        wrong.list_orders(None, None)
    with pytest.raises(errors.AuthorisationLost):
        connect.adapter(
            "vendure", vendure, connect.Credentials(app_key="seller", app_secret="no")
        ).check()
    few = connect.Credentials(app_key=vendure.make_key(["ReadCatalog"]))
    with pytest.raises(errors.PermissionMissing):
        connect.adapter("vendure", vendure, few).list_orders(None, None)
    warnings = connect.adapter("vendure", vendure, few).check().warnings
    assert "missing permission: ReadOrder" in warnings


def test_a_user_and_a_password_do_as_well(vendure):
    login = connect.Credentials(app_key="seller", app_secret="only-for-tests")
    assert connect.adapter("vendure", vendure, login).check().currency == "USD"


def test_an_address_without_a_shop(vendure, key):
    shop = connect.adapter(
        "vendure", vendure, connect.Credentials(app_key=key), admin_path="/nothing"
    )
    with pytest.raises(errors.Misconfigured):
        shop.check()


# --- orders ---
def test_an_order_is_read_whole_and_adds_up(vendure, shop):
    placed = vendure.shopper().order({SHIRT: 2, BOTTLE: 1})
    order = read(shop, placed)
    assert (order.number, order.status, order.currency) == (
        placed["code"],
        "paid",
        "USD",
    )
    assert order.total == Decimal("85.44")
    assert [(line.sku, line.quantity) for line in order.lines] == [
        (SHIRT, 2),
        (BOTTLE, 1),
    ]
    listing = connect.every_listing(shop)[SHIRT]
    assert order.lines[0].listing_id == listing.ref.key
    assert order.payment.state == "paid"
    assert order.shipping_address.street2 == "Unit 5"
    assert order.customer.email == "mali@example.com"


def test_lists_hold_what_changed_and_no_carts(vendure, shop):
    start = datetime.now(timezone.utc)
    placed = [vendure.shopper().order({BOTTLE: 1})["id"] for _number in range(2)]
    cart = vendure.shopper()
    cart.mutate(
        "addItemToOrder",
        productVariantId=("ID!", vendure.variant_ids()[BOTTLE]),
        quantity=("Int!", 1),
    )
    assert list(connect.every_order(shop, start)) == placed
    future = start + timedelta(days=1)
    assert not connect.every_order(shop, future)
    assert set(placed) <= set(connect.every_order(shop))


def test_pages_hold_every_order_once(vendure, shop, monkeypatch):
    for _number in range(3):
        vendure.shopper().order({WRAP: 1})
    whole = connect.every_order(shop)
    monkeypatch.setattr("channels.vendure.PAGE", 2)
    assert list(connect.every_order(shop)) == list(whole)


def test_what_is_not_there_is_missing(shop):
    read = shop.read_orders(["999999"])
    assert (read.missing, read.orders, read.failed) == (("999999",), {}, {})


# --- shipping ---
def test_parcels_with_tracking_arrive_once(vendure, shop):
    placed = vendure.shopper().order({SHIRT: 2, BOTTLE: 1})
    before = read(shop, placed)
    shirt, bottle = (line.external_id for line in before.lines)
    shop.ship(parcel(placed, {shirt: 1}, tracking="TH1", carrier="Kerry"))
    part = read(shop, placed)
    assert part.status == "paid"
    assert part.updated_at > before.updated_at
    rest = parcel(placed, {shirt: 1, bottle: 1}, tracking="TH2", carrier="Kerry")
    shop.ship(rest)
    with pytest.raises(errors.AlreadyDone):
        shop.ship(rest)
    order = read(shop, placed)
    assert order.status == "shipped"
    assert [(p.tracking, p.carrier) for p in order.shipments] == [
        ("TH1", "Kerry"),
        ("TH2", "Kerry"),
    ]
    with pytest.raises(errors.AlreadyDone):
        shop.ship(parcel(placed, {shirt: 1}, tracking="TH3"))


def test_a_number_that_came_late_or_was_changed(vendure, shop):
    """The parcel is made again: its stock, lines and total stay as they are."""
    placed = vendure.shopper().order({SHIRT: 2, BOTTLE: 1})
    listing = connect.every_listing(shop)[SHIRT]
    shirt, bottle = (line.external_id for line in read(shop, placed).lines)
    shop.ship(parcel(placed, {shirt: 1}))
    shop.ship(parcel(placed, {shirt: 1, bottle: 1}, tracking="TH1", carrier="Kerry"))
    before, level = read(shop, placed), sells(shop, listing)
    late = parcel(placed, {shirt: 1}, tracking="TH2", carrier="Flash")
    shop.change_tracking(late, "")
    with pytest.raises(errors.AlreadyDone):
        shop.change_tracking(late, "")
    shop.change_tracking(parcel(placed, {shirt: 1, bottle: 1}, tracking="TH3"), "TH1")
    after = read(shop, placed)
    assert {(p.tracking, p.carrier) for p in after.shipments} == {
        ("TH2", "Flash"),
        ("TH3", "-"),
    }
    assert (after.status, after.total) == ("shipped", before.total)
    assert [(x.quantity, x.cancelled_quantity) for x in after.lines] == [(2, 0), (1, 0)]
    now = sells(shop, listing)
    assert (now.quantity, now.allocated) == (level.quantity, level.allocated)
    with pytest.raises(errors.Refused, match="old number"):
        shop.change_tracking(parcel(placed, {shirt: 1}, tracking="TH5"), "TH4")


def test_cut_off_while_a_number_is_changed(vendure, shop, monkeypatch):
    """The old parcel is given up and the new one not made: the next try makes it."""
    placed = vendure.shopper().order({SHIRT: 1})
    shirt = read(shop, placed).lines[0].external_id
    shop.ship(parcel(placed, {shirt: 1}, tracking="TH1"))
    late = parcel(placed, {shirt: 1}, tracking="TH2")
    with monkeypatch.context() as cut:
        cut.setattr(type(shop), "ship", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shop.change_tracking(late, "TH1")
    assert not read(shop, placed).shipments
    shop.change_tracking(late, "TH1")
    order = read(shop, placed)
    assert ([p.tracking for p in order.shipments], order.status) == (["TH2"], "shipped")


def test_equal_parcels_without_a_number(vendure, shop):
    placed = vendure.shopper().order({SHIRT: 2})
    line = read(shop, placed).lines[0].external_id
    shop.ship(parcel(placed, {line: 1}))
    shop.ship(parcel(placed, {line: 1}))
    with pytest.raises(errors.AlreadyDone):
        shop.ship(parcel(placed, {line: 1}))
    assert len(read(shop, placed).shipments) == 2


# --- cancelling, refunds, returns ---
def test_a_cancelled_unit_leaves_the_total(vendure, shop):
    placed = vendure.shopper().order({SHIRT: 3})
    line = read(shop, placed).lines[0].external_id
    cut = types.Cancellation(placed["id"], "c1", "out_of_stock", (((line,), 1),))
    shop.cancel(cut)
    with pytest.raises(errors.AlreadyDone):
        shop.cancel(cut)
    order = read(shop, placed)
    assert (order.lines[0].quantity, order.lines[0].cancelled_quantity) == (3, 1)
    assert order.total == Decimal("48.38")
    shop.cancel(types.Cancellation(placed["id"], "c2", "customer_request"))
    gone = shop.read_orders([placed["id"]]).orders[placed["id"]]
    assert gone["status"] == "cancelled"
    assert connect.checked(gone).lines[0].cancelled_quantity == 3
    with pytest.raises(errors.AlreadyDone):
        shop.cancel(types.Cancellation(placed["id"], "c3", "other"))


def test_cancelling_the_rest_leaves_what_was_shipped(vendure, shop):
    placed = vendure.shopper().order({SHIRT: 3})
    line = read(shop, placed).lines[0].external_id
    shop.ship(parcel(placed, {line: 1}, tracking="TH7"))
    shop.cancel(types.Cancellation(placed["id"], "rest", "out_of_stock"))
    order = read(shop, placed)
    assert (order.status, order.lines[0].cancelled_quantity) == ("shipped", 2)
    with pytest.raises(errors.Refused):
        shop.cancel(types.Cancellation(placed["id"], "more", "other"))


def is_refund_of(body, order_id):
    """Whether a webhook tells of a refund of this order; others' may be there."""
    told = json.loads(body)
    return told["topic"] == "refund" and str(told["data"]["order_id"]) == order_id


def test_a_refund_and_a_return(vendure, shop):
    start = datetime.now(timezone.utc) - timedelta(seconds=1)
    placed = vendure.shopper().order({SHIRT: 2})
    line = read(shop, placed).lines[0].external_id
    shop.ship(parcel(placed, {line: 2}, tracking="TH9"))
    before = read(shop, placed)
    vendure.refund(placed["id"], {line: 1}, 2169)
    found = vendure.hooks.wait_for(lambda body: is_refund_of(body, placed["id"]))
    hints = shop.verify_webhook(connect.webhook(found))
    assert [hint.topic for hint in hints] == ["return", "order"]
    money_back = connect.every_return(shop, start)
    (refund,) = money_back.values()
    assert (refund.kind, refund.amount, refund.status) == (
        "refund_only",
        Decimal("21.69"),
        "approved",
    )
    assert (refund.lines[0].line_external_id, refund.lines[0].quantity) == (line, 1)
    vendure.take_back(placed["id"], {line: 1})
    (refund,) = connect.every_return(shop, start).values()
    assert refund.kind == "return_refund"
    order = read(shop, placed)
    # the refund is told, nothing is subtracted: the order was for two
    assert (order.total, order.lines[0].quantity) == (before.total, 2)
    assert order.refunds[0].amount == Decimal("21.69")
    assert order.payment.state == "partially_refunded"
    assert order.updated_at >= before.updated_at


# --- stock ---
def test_stock_is_what_sells_beside_what_is_allocated(vendure, shop):
    listing = connect.every_listing(shop)[SHIRT]
    vendure.shopper().order({SHIRT: 2})
    allocated = sells(shop, listing).allocated
    assert allocated >= 2
    results = shop.push_stock([change(listing, 7)])
    assert (results[listing.ref].is_ok, results[listing.ref].quantity) == (True, 7)
    assert sells(shop, listing) == types.StockLevel(
        7, allocated, results[listing.ref].version
    )
    with pytest.raises(AssertionError, match="INSUFFICIENT_STOCK"):
        vendure.shopper().order({SHIRT: 8})
    vendure.shopper().order({SHIRT: 7})
    assert sells(shop, listing).quantity == 0
    shop.push_stock([change(listing, 50)])


def test_one_bad_item_does_not_spoil_the_others(shop):
    listings = connect.every_listing(shop)
    good = [change(listings[sku], 9) for sku in (SHIRT, BOTTLE)]
    lost = types.StockChange(types.ListingRef("1", "99999", "1"), 3, "k")
    nowhere = types.ListingRef("1", listings["TS-S-BLK"].ref.variant_id, "777")
    results = shop.push_stock([*good, lost, types.StockChange(nowhere, 3, "k")])
    assert isinstance(results[lost.ref].error, errors.NotFound)
    assert not results[nowhere].is_ok
    assert [results[item.ref].quantity for item in good] == [9, 9]
    assert [sells(shop, listings[sku]).quantity for sku in (SHIRT, BOTTLE)] == [9, 9]


def test_listings_tell_what_a_variant_is(shop):
    listings = connect.every_listing(shop)
    shirt, wrap = listings["TS-L-WHT"], listings[WRAP]
    assert (shirt.name, shirt.variant, shirt.price) == (
        "Cotton T-Shirt",
        "L White",
        Decimal("21.50"),
    )
    assert (shirt.tracked, wrap.tracked) == (True, False)


def test_a_price_is_set(shop):
    listing = connect.every_listing(shop)["TS-L-WHT"]
    price = types.PriceChange(listing.ref, Decimal("22.25"), "USD", "p")
    assert shop.push_price([price])[listing.ref].is_ok
    assert connect.every_listing(shop)["TS-L-WHT"].price == Decimal("22.25")
    shop.push_price([types.PriceChange(listing.ref, Decimal("21.50"), "USD", "p")])


# --- webhooks ---
def test_webhooks_are_hints_with_a_signature(vendure, shop):
    vendure.hooks.requests.clear()
    placed = vendure.shopper().order({BOTTLE: 1})
    found = vendure.hooks.wait_for(
        lambda body: json.loads(body)["data"].get("state") == "PaymentSettled"
    )
    (hint,) = shop.verify_webhook(connect.webhook(found))
    assert (hint.topic, hint.external_id) == ("order", placed["id"])
    again = shop.verify_webhook(connect.webhook(found))
    assert again[0].event_id == hint.event_id
    for wrong in (
        connect.webhook(found, found[1] + b" "),
        connect.webhook(found, later=301),
        connect.webhook(({}, found[1], found[2])),
    ):
        with pytest.raises(errors.BadSignature):
            shop.verify_webhook(wrong)


# --- a shop that goes down ---
@pytest.mark.chaos
def test_killed_in_the_middle_and_webhooks_lost(vendure, shop):
    """The webhooks of these orders never arrive, and the shop dies under a push."""
    start = datetime.now(timezone.utc) - timedelta(seconds=1)
    listing = connect.every_listing(shop)[BOTTLE]
    vendure.hooks.is_down = True
    placed = [vendure.shopper().order({BOTTLE: 1})["id"] for _number in range(2)]
    vendure.hooks.is_down = False
    pusher = threading.Thread(target=vendure.kill)
    outcomes = []
    pusher.start()
    for quantity in range(20, 30):
        try:
            outcomes.append(shop.push_stock([change(listing, quantity)]))
        except errors.ChannelError as error:
            outcomes.append(error)
    pusher.join()
    assert isinstance(outcomes[-1], errors.Unavailable)
    vendure.start()
    assert set(placed) <= set(connect.every_order(shop, start))
    for external_id in placed:
        connect.checked(shop.read_orders([external_id]).orders[external_id])
    # nobody knows what was taken: written again, and then it is so
    assert shop.push_stock([change(listing, 30)])[listing.ref].quantity == 30
    assert sells(shop, listing).quantity == 30
