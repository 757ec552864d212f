"""The WooCommerce adapter against recorded answers, checked with a foreign SDK."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from channels import Transport, adapters, errors
from channels.types import (
    Cancellation,
    Credentials,
    ListingRef,
    PriceChange,
    Shipment,
    Shop,
    StockChange,
    WebhookRequest,
)
from channels.woocommerce import oauth_signature
from channels.woocommerce.orders import neutral_order
from neutral import check_total, parse
from woocommerce import API

from .woocommerce import WooCommerceSimulator
from .woocommerce.server import recorded

HOOK = "https://odoo.example.com/stock_sync/webhook/2/abc"


@pytest.fixture
def simulator():
    with WooCommerceSimulator(seed=3) as running:
        yield running


@pytest.fixture
def adapter(simulator):
    return connect(simulator)


def connect(simulator, **changes):
    """An adapter as Odoo makes one for a job."""
    settings = {
        "app_key": simulator.key,
        "app_secret": simulator.secret,
        "webhook_secret": "whsecret",
        "base_url": simulator.url,
        **changes,
    }
    base_url = settings.pop("base_url")
    return adapters()["woocommerce"](
        Shop(kind="woocommerce", base_url=base_url, currency="SGD"),
        Credentials(**settings),
        Transport(allow_private=True, timeout=(30, 30)),
    )


@pytest.fixture
def sdk(simulator):
    return API(
        url=simulator.url,
        consumer_key=simulator.key,
        consumer_secret=simulator.secret,
        version="wc/v3",
        timeout=60,
    )


def read_all(adapter, since=None):
    refs, orders, cursor = [], {}, ""
    for _round in range(50):
        page = adapter.list_orders(since, None, cursor)
        refs += [ref.external_id for ref in page.refs]
        orders.update(page.orders)
        cursor = page.cursor
        if not cursor:
            return refs, orders
    raise AssertionError("the pages never end")


# --- the simulator, driven by the SDK ---
def test_sdk_gets_along(sdk, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    order = simulator.order([(bottle, 2)])
    found = sdk.get("orders", params={"per_page": 100, "status": "any"})
    assert found.status_code == 200 and found.headers["X-WP-Total"] == "1"
    assert found.json()[0]["id"] == order["id"]
    answer = sdk.post(
        "products/batch",
        {
            "update": [
                {"id": bottle["id"], "manage_stock": True, "stock_quantity": 4},
                {"id": 1},
            ]
        },
    )
    assert answer.json()["update"][0]["stock_quantity"] == 4
    assert answer.json()["update"][1]["error"]["data"]["status"] == 404
    assert bottle["stock_quantity"] == 4


def test_sdk_is_refused_as_by_the_real_server(sdk, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    order = simulator.order([(bottle, 2)])
    assert sdk.get("orders", params={"per_page": 101}).status_code == 400
    update = [{"id": 1, "stock_quantity": 1}] * 101
    assert sdk.post("products/batch", {"update": update}).status_code == 413
    answer = sdk.post(f"orders/{order['id']}/refunds", {"amount": "999.00"})
    assert answer.status_code == 500
    wrong = API(
        url=simulator.url,
        consumer_key=simulator.key,
        consumer_secret="cs_wrong",
        version="wc/v3",
        timeout=60,
    )
    assert wrong.get("orders").status_code == 401


# --- connect ---
def test_check(adapter):
    info = adapter.check()
    assert (info.name, info.currency) == ("Simulated shop", "SGD")
    assert info.warnings == ("the address is not https",)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"app_secret": "cs_wrong"}, errors.AuthorisationLost),
        ({"app_key": "ck_wrong"}, errors.AuthorisationLost),
        ({"app_key": ""}, errors.Misconfigured),
        ({"base_url": ""}, errors.Misconfigured),
        ({"base_url": "ftp://x"}, errors.Misconfigured),
    ],
)
def test_check_names_what_is_wrong(simulator, changes, error):
    with pytest.raises(error):
        connect(simulator, **changes).check()


def test_no_shop_at_the_address(simulator):
    adapter = connect(simulator, base_url=f"{simulator.url}/blog")
    with pytest.raises(errors.Misconfigured):
        adapter.check()


def test_a_wrong_clock_is_called_so(adapter, simulator):
    simulator.clock_offset = 4000
    with pytest.raises(errors.ClockSkew):
        adapter.check()


# --- orders ---
def test_the_recorded_order_adds_up():
    order = parse(neutral_order(recorded("order")))
    assert order.total == Decimal("81.11")
    assert check_total(order).ok, check_total(order)
    assert [line.listing_id for line in order.lines] == ["10:12", "13"]
    assert order.lines[0].unit_price == Decimal("19.9")
    assert order.lines[0].discount == Decimal("3.98")
    assert [fee.name for fee in order.fees] == ["Gift wrap"]
    assert order.status == "paid" and order.payment.state == "paid"
    assert order.shipping_address.phone == "+6560000000", "from the billing address"
    assert order.customer.external_id == "", "a guest"
    assert order.placed_at == datetime(2026, 11, 21, 16, 36, 10, tzinfo=timezone.utc)


def test_pages_by_time_lose_nothing_while_orders_change(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9000)
    made = []
    for index in range(230):
        simulator.step = index // 3
        made.append(str(simulator.order([(bottle, 1)])["id"]))
    first = adapter.list_orders(None, None)
    # the first hundred change while the second page is asked for
    simulator.step = 500
    for order in list(simulator.orders.values())[:100]:
        simulator.touch(order)
    refs, cursor = [ref.external_id for ref in first.refs], first.cursor
    while cursor:
        page = adapter.list_orders(None, None, cursor)
        refs += [ref.external_id for ref in page.refs]
        cursor = page.cursor
    assert set(refs) == set(made)


def test_a_second_with_more_than_a_page(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9000)
    second = simulator.now()
    simulator.now = lambda: second
    made = {str(simulator.order([(bottle, 1)])["id"]) for _index in range(250)}
    refs, orders = read_all(adapter)
    assert set(refs) == made == set(orders)


def test_the_stored_second_is_read_again(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9000)
    order = simulator.order([(bottle, 1)])
    changed = datetime.fromisoformat(f"{order['date_modified_gmt']}+00:00")
    refs, _orders = read_all(adapter, changed)
    assert refs == [str(order["id"])], "the lower bound counts"
    assert read_all(adapter, changed + timedelta(seconds=1))[0] == []


def test_drafts_of_the_checkout_are_no_orders(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    simulator.order([(bottle, 1)], "checkout-draft")
    assert read_all(adapter) == ([], {})


def test_statuses(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 90)
    words = {
        "pending": "unpaid",
        "on-hold": "unpaid",
        "processing": "paid",
        "completed": "shipped",
        "cancelled": "cancelled",
        "refunded": "returned",
        "wc-packed": "wc-packed",
    }
    made = {str(simulator.order([(bottle, 1)], word)["id"]): word for word in words}
    _refs, orders = read_all(adapter)
    found = {made[number]: order["status"] for number, order in orders.items()}
    assert found == words


def test_refunds_come_with_their_lines(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 90)
    order = simulator.order([(bottle, 3)])
    refund = simulator.refund(order, "34.00", order["line_items"][0], 1)
    refs, orders = read_all(adapter)
    assert refs == [str(order["id"])] and not orders, "it is to be read whole"
    read = parse(adapter.read_orders(refs).orders[refs[0]])
    [found] = read.refunds
    assert found.external_id == str(refund["id"]) and found.amount == 34
    assert found.lines[0].line_id == str(order["line_items"][0]["id"])
    assert found.lines[0].quantity == 1


def test_one_bad_order_leaves_the_others(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 90)
    good, bad = (str(simulator.order([(bottle, 1)])["id"]) for _index in "ab")
    simulator.orders[int(bad)]["line_items"] = "none"
    refs, orders = read_all(adapter)
    assert set(refs) == {good, bad} and set(orders) == {good}
    read = adapter.read_orders([good, bad, "7", "x"])
    assert set(read.failed) == {bad} and set(read.missing) == {"7", "x"}


def test_negative_fees_are_discounts(simulator, adapter):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 90)
    fee = {"id": 1, "name": "Loyal", "total": "-4.00", "total_tax": "-0.36"}
    order = simulator.order([(bottle, 1)], fee_lines=[fee], total="29.64")
    neutral = parse(adapter.read_orders([str(order["id"])]).orders[str(order["id"])])
    assert check_total(neutral).difference == 0
    assert [d.amount for d in neutral.discounts] == [Decimal("4.36")]


def test_odd_quantities_add_up():
    order = recorded("order")
    item = order["line_items"][0]
    item |= {"quantity": 3, "subtotal": "10.00", "total": "9.99", "total_tax": "0.00"}
    order |= {
        "fee_lines": [],
        "coupon_lines": [],
        "shipping_total": "0",
        "shipping_tax": "0",
        "line_items": [item],
        "total": "9.99",
    }
    assert check_total(parse(neutral_order(order))).difference == 0


@pytest.mark.parametrize("value", ["NaN", "x", [], {"a": 1}])
def test_odd_money(value):
    with pytest.raises(errors.BadAnswer):
        neutral_order({**recorded("order"), "total": value})


# --- listings and stock ---
def test_listings(adapter, simulator):
    simulator.add_variable("Shirt", ("M", "19.90", 32), ("L", "19.90", 5))
    for index in range(120):
        simulator.add_product(f"P{index}", f"P{index}", "1.00", index)
    simulator.add_product("Service", "SRV", "1.00", None)
    found, cursor = [], ""
    while True:
        page = adapter.list_listings(cursor)
        found += page.listings
        cursor = page.cursor
        if not cursor:
            break
    by_sku = {listing.sku: listing for listing in found}
    assert len(found) == len(by_sku) == 123
    assert by_sku["M"].quantity == 32 and by_sku["M"].variant == "M"
    assert not by_sku["SRV"].tracked and by_sku["SRV"].quantity is None
    refs = [by_sku["M"].ref, by_sku["P7"].ref, by_sku["SRV"].ref, ListingRef("1")]
    levels = adapter.read_stock(refs)
    assert [levels[ref].quantity for ref in refs[:2]] == [32, 7]
    assert set(levels) == set(refs[:2])


def test_stock_in_batches(adapter, simulator):
    shirt = simulator.add_variable("Shirt", ("M", "19.90", 32), ("L", "19.90", 5))
    sizes = list(simulator.variations[shirt["id"]].values())
    products = [
        simulator.add_product(f"P{i}", f"P{i}", "1.00", None) for i in range(150)
    ]
    changes = [
        StockChange(ListingRef(str(shirt["id"]), str(size["id"])), 1, "k")
        for size in sizes
    ]
    changes += [StockChange(ListingRef(str(p["id"])), 9, "k") for p in products]
    gone = StockChange(ListingRef("1"), 2, "k")
    results = adapter.push_stock([*changes, gone])
    assert all(results[change.ref].is_ok for change in changes)
    assert results[changes[0].ref].quantity == 1
    assert isinstance(results[gone.ref].error, errors.NotFound)
    assert {p["stock_quantity"] for p in products} == {9}, "also if it was not managed"


def test_price(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    change = PriceChange(ListingRef(str(bottle["id"])), Decimal("31.5"), "SGD", "k")
    assert adapter.push_price([change])[change.ref].is_ok
    assert bottle["regular_price"] == "31.5"


def test_a_key_that_may_only_read(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    simulator.permissions = "read"
    change = StockChange(ListingRef(str(bottle["id"])), 1, "k")
    result = adapter.push_stock([change])[change.ref]
    assert isinstance(result.error, errors.AuthorisationLost)


# --- shipping ---
def shipment(order, key, **changes):
    lines = (((str(order["line_items"][0]["id"]),), 1),)
    values = {"tracking": f"T{key}", "carrier": "SPX", **changes}
    return Shipment(str(order["id"]), lines, key, **values)


def test_ship_in_parts_and_once(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    order = simulator.order([(bottle, 2)])
    adapter.ship(shipment(order, "p1", is_last=False))
    assert order["status"] == "processing"
    adapter.ship(shipment(order, "p2"))
    assert order["status"] == "completed"
    for key in ("p1", "p2"):
        with pytest.raises(errors.AlreadyDone):
            adapter.ship(shipment(order, key))
    meta = {entry["key"]: entry["value"] for entry in order["meta_data"]}
    parcels = meta["_wc_shipment_tracking_items"]
    assert [p["tracking_number"] for p in parcels] == ["Tp1", "Tp2"]
    notes = [note["note"] for note in simulator.notes[order["id"]]]
    assert notes == ["SPX Tp1", "SPX Tp2"]


def test_a_note_that_was_lost_is_written_later(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    order = simulator.order([(bottle, 2)])
    simulator.faults.plan("hang_up", "/notes")
    with pytest.raises(errors.Unavailable):
        adapter.ship(shipment(order, "p1"))
    for _again in range(2):
        with pytest.raises(errors.AlreadyDone):
            adapter.ship(shipment(order, "p1"))
    assert len(simulator.notes[order["id"]]) == 1


def test_a_number_that_came_late_or_was_changed(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    order = simulator.order([(bottle, 2)])
    adapter.ship(shipment(order, "p1", tracking="", carrier="", is_last=False))
    adapter.ship(shipment(order, "p2"))
    for new, old in (("T8", ""), ("T9", "T8")):
        adapter.change_tracking(shipment(order, new, tracking=new), old)
        with pytest.raises(errors.AlreadyDone):
            adapter.change_tracking(shipment(order, new, tracking=new), old)
    meta = {entry["key"]: entry["value"] for entry in order["meta_data"]}
    parcels = meta["_wc_shipment_tracking_items"]
    assert [p["tracking_number"] for p in parcels] == ["T9", "Tp2"]
    notes = [note["note"] for note in simulator.notes[order["id"]]]
    assert notes == ["SPX Tp2", "SPX T8", "SPX T9"]


def test_cancel(adapter, simulator):
    bottle = simulator.add_product("Bottle", "BTL", "34.00", 9)
    order = simulator.order([(bottle, 2)])
    number = str(order["id"])
    with pytest.raises(errors.Refused):
        adapter.cancel(Cancellation(number, "k", "other", ((("1",), 1),)))
    adapter.cancel(Cancellation(number, "k", "out_of_stock"))
    assert order["status"] == "cancelled"
    with pytest.raises(errors.AlreadyDone):
        adapter.cancel(Cancellation(number, "k", "out_of_stock"))
    with pytest.raises(errors.NotFound):
        adapter.cancel(Cancellation("../../users/1", "k", "other"))


# --- webhooks ---
def webhook(record, **headers):
    names = {name.lower(): value for name, value in record["headers"].items()}
    return WebhookRequest(
        HOOK, {**names, **headers}, record["body"].encode(), datetime.now(timezone.utc)
    )


def test_the_recorded_webhook_is_genuine(adapter):
    [hint] = adapter.verify_webhook(webhook(recorded("webhook_order_updated")))
    assert (hint.topic, hint.external_id) == ("order", "15")
    assert hint.event_id == "c439f2c4a5423b87ed7fdb614ddbf4e9"
    assert hint.updated_at == datetime(2026, 11, 21, 16, 36, 35, tzinfo=timezone.utc)


def test_the_ping_is_answered(adapter):
    [hint] = adapter.verify_webhook(webhook(recorded("webhook_ping")))
    assert hint.topic == "ping"


def test_strangers_are_refused(adapter, simulator):
    record = recorded("webhook_order_updated")
    forged = {**record, "body": record["body"].replace('"id":15', '"id":16')}
    requests = [
        webhook(forged),
        webhook(record, **{"x-wc-webhook-signature": ""}),
        webhook(record, **{"x-wc-webhook-signature": "é"}),
        webhook({**record, "body": "webhook_id=2&x=1"}),
    ]
    for request in requests:
        with pytest.raises(errors.BadSignature):
            adapter.verify_webhook(request)
    with pytest.raises(errors.BadSignature):
        connect(simulator, webhook_secret="").verify_webhook(webhook(record))


def test_subscribe_once_and_switch_on_again(adapter, simulator):
    assert len(adapter.webhook_problems(HOOK)) == 6
    adapter.subscribe(HOOK, "whsecret")
    adapter.subscribe(HOOK, "whsecret")
    assert len(simulator.webhooks) == 6
    assert adapter.webhook_problems(HOOK) == ()
    next(iter(simulator.webhooks.values()))["status"] = "disabled"
    assert len(adapter.webhook_problems(HOOK)) == 1
    adapter.subscribe(HOOK, "whsecret")
    assert adapter.webhook_problems(HOOK) == ()
    adapter.subscribe(HOOK, "another secret")
    assert {hook["secret"] for hook in simulator.webhooks.values()} == {
        "another secret"
    }


@pytest.mark.parametrize(
    "kind", ["error_500", "error_503", "rate", "truncated", "hang_up", "after"]
)
def test_faults_are_temporary(adapter, simulator, kind):
    simulator.faults.plan(kind)
    with pytest.raises(errors.ChannelError) as caught:
        adapter.list_orders(None, None)
    assert caught.value.is_temporary
    assert json.dumps(str(caught.value)).find("cs_") == -1
    adapter.list_orders(None, None)


def test_signature_of_the_sdk():
    """The SDK's own vectors are in the addon's unit tests; here a call of ours."""
    params = {"oauth_nonce": "n", "b": "x y", "a": "ö"}
    assert oauth_signature("GET", "http://x/y", params, "s") == oauth_signature(
        "GET", "http://x/y", dict(reversed(params.items())), "s"
    )
