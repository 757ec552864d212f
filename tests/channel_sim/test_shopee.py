"""The Shopee adapter against a simulator that a foreign SDK gets along with as well."""

import itertools
import json
import sys
import threading
import types
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from channels import Transport, adapters, errors
from channels.types import (
    Cancellation,
    Credentials,
    ListingRef,
    Shipment,
    Shop,
    StockChange,
    WebhookRequest,
)
from neutral import check_total, parse

from .shopee import ShopeeSimulator

HOOK = "https://odoo.example.com/stock_sync/webhook/1/abc"


@pytest.fixture
def simulator():
    with ShopeeSimulator(seed=7) as running:
        yield running


@pytest.fixture
def shop(simulator):
    return simulator.shop


@pytest.fixture
def adapter(simulator):
    return connect(simulator)


def connect(simulator, shop=None, **changes):
    """An adapter as Odoo makes one for a job."""
    shop = shop or simulator.shop
    settings = {
        "app_key": str(shop.partner_id),
        "app_secret": shop.partner_key,
        "access_token": shop.access_token,
        "refresh_token": shop.refresh_token,
        **changes,
    }
    return adapters()["shopee"](
        Shop(
            kind="shopee",
            base_url=simulator.url,
            shop_id=str(shop.shop_id),
            currency="VND",
            webhook_url=HOOK,
        ),
        Credentials(**settings),
        Transport(allow_private=True, timeout=(30, 30)),
    )


def all_refs(adapter, since=None):
    refs, cursor = [], ""
    for _number in range(50):
        page = adapter.list_orders(since, None, cursor)
        refs += [ref.external_id for ref in page.refs]
        cursor = page.cursor
        if not cursor:
            return refs
    raise AssertionError("a reading without end")


@pytest.fixture
def sdk(simulator, shop, monkeypatch, capsys):
    """pyshopee, a foreign SDK; its log-in by browser is not used."""
    stub = types.ModuleType("selenium")
    stub.webdriver = types.ModuleType("selenium.webdriver")
    monkeypatch.setitem(sys.modules, "selenium", stub)
    monkeypatch.setitem(sys.modules, "selenium.webdriver", stub.webdriver)
    from pyshopee2 import Client

    client = Client(
        shop.shop_id,
        shop.partner_id,
        shop.partner_key,
        HOOK,
        access_token=shop.access_token,
        refresh_token=shop.refresh_token,
    )
    client.host = simulator.url
    return client


# --- the simulator, driven by the SDK ---
def test_sdk_reads_and_writes(sdk, simulator, shop):
    item = shop.add_item("Cream", ("A", 48000, 10), ("B", 50000, 5))
    model = next(iter(item.models))
    order = shop.order([(item, model, 2)])
    now = simulator.now()
    listed = sdk.order.get_order_list(
        time_range_field="update_time",
        time_from=now - 60,
        time_to=now + 60,
        page_size=10,
        cursor="",
    )
    assert [o["order_sn"] for o in listed["response"]["order_list"]] == [
        order["order_sn"]
    ]
    detail = sdk.order.get_order_detail(
        order_sn_list=order["order_sn"], response_optional_fields="item_list"
    )
    [found] = detail["response"]["order_list"]
    assert found["item_list"][0]["model_sku"] == "A"
    assert "total_amount" not in found, "what was not asked for is not there"
    answer = sdk.product.update_stock(
        item_id=item.item_id,
        stock_list=[{"model_id": model, "seller_stock": [{"stock": 3}]}],
    )
    assert answer["error"] == ""
    assert item.models[model].stock == 3


def test_sdk_refreshes(sdk, shop):
    old = shop.refresh_token
    token, life, new = sdk.get_access_token(
        shop.shop_id, shop.partner_id, shop.partner_key, old
    )
    assert (token, new) == (shop.access_token, shop.refresh_token)
    assert life == 14400
    assert new != old


def test_sdk_with_wrong_key_is_refused(sdk, simulator):
    sdk.partner_key = "0" * 64
    answer = sdk.shop.get_shop_info()
    assert answer["error"], answer


def test_sdk_and_adapter_see_the_same(sdk, adapter, simulator, shop):
    item = shop.add_item("Cream", ("A", 48000, 100))
    for _index in range(7):
        shop.order([(item, 0, 1)])
    now = simulator.now()
    listed = sdk.order.get_order_list(
        time_range_field="update_time",
        time_from=now - 60,
        time_to=now + 60,
        page_size=100,
        cursor="",
    )
    theirs = [o["order_sn"] for o in listed["response"]["order_list"]]
    assert sorted(all_refs(adapter)) == sorted(theirs)


# --- connect ---
def test_check_says_who_the_shop_is(adapter, shop):
    info = adapter.check()
    assert (info.name, info.country) == (f"Shop {shop.shop_id}", "VN")
    assert not info.warnings


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"app_secret": "f" * 64}, errors.AuthorisationLost),
        ({"access_token": "nothing"}, errors.TokenExpired),
        ({"access_token": ""}, errors.TokenExpired),
        ({"app_key": "1"}, errors.AuthorisationLost),
        ({"app_key": ""}, errors.Misconfigured),
    ],
)
def test_check_names_what_is_wrong(simulator, changes, error):
    with pytest.raises(error):
        connect(simulator, **changes).check()


def test_a_wrong_clock_is_called_so(adapter, simulator):
    simulator.clock_offset = 4000
    with pytest.raises(errors.ClockSkew):
        adapter.check()


def test_log_in_and_rotation(simulator, shop):
    adapter = connect(simulator)
    url = adapter.authorise_url("https://odoo.example.com/back", "STATE")
    assert "sign=" in url and "state%3DSTATE" in url
    [tokens] = adapter.exchange_code(
        {"code": shop.new_code(), "shop_id": str(shop.shop_id)}
    )
    assert tokens.access_token == shop.access_token
    adapter = connect(simulator, refresh_token=tokens.refresh_token)
    fresh = adapter.refresh()
    assert fresh.refresh_token != tokens.refresh_token
    with pytest.raises(errors.AuthorisationLost):
        # the old one was good once
        adapter.refresh()
    assert "token" not in repr(fresh).replace("Tokens", "")


def test_tokens_end(adapter, simulator, shop):
    adapter.check()
    shop.access[shop.access_token] = simulator.now() - 1
    with pytest.raises(errors.TokenExpired):
        adapter.check()
    shop.revoked = True
    with pytest.raises(errors.AuthorisationLost):
        adapter.refresh()


# --- orders ---
def test_orders_are_neutral_and_add_up(adapter, shop):
    cream = shop.add_item("Cream", ("A", 48000, 100), ("B", 50000, 100))
    soap = shop.add_item("Soap", ("S", 33333, 100))
    first, second = cream.models
    made = [
        shop.order([(cream, first, 2), (soap, 0, 1)], shipping_fee=15000),
        shop.order([(cream, second, 3)], seller_voucher=10000, coins=500),
        shop.order([(soap, 0, 3)], channel_voucher=9999, cod=True),
        shop.order([(cream, first, 1), (cream, second, 1)], bundle=True),
        shop.order([(soap, 0, 1)], "UNPAID", shipping_fee=15000),
    ]
    read = adapter.read_orders([order["order_sn"] for order in made])
    assert not read.missing and not read.failed
    statuses = []
    for order in made:
        neutral = parse(read.orders[order["order_sn"]])
        assert check_total(neutral).difference == 0, order["order_sn"]
        statuses.append(neutral.status)
        assert neutral.placed_at and neutral.updated_at
    assert statuses == ["paid", "paid", "paid", "paid", "unpaid"]
    bundle = parse(read.orders[made[3]["order_sn"]])
    assert [line.unit_price for line in bundle.lines] == [48000, 50000]
    voucher = parse(read.orders[made[1]["order_sn"]])
    assert voucher.total == 150000 - 10000
    assert {d.borne_by for d in voucher.discounts} == {"seller", "channel"}
    assert parse(read.orders[made[2]["order_sn"]]).payment.cash_on_delivery


def test_many_pages_and_missing_orders(adapter, shop):
    item = shop.add_item("Cream", ("A", 48000, 1000))
    made = {shop.order([(item, 0, 1)])["order_sn"] for _index in range(230)}
    refs = all_refs(adapter)
    assert set(refs) == made and len(refs) == 230
    read = adapter.read_orders([*refs[:49], "UNKNOWN"])
    assert read.missing == ("UNKNOWN",)
    assert len(read.orders) == 49


def test_the_end_of_a_reading_does_not_run_away(adapter, simulator, shop, monkeypatch):
    """A shop that takes seconds for each page is read to the end all the same."""
    item = shop.add_item("Cream", ("A", 48000, 1000))
    made = {shop.order([(item, 0, 1)])["order_sn"] for _index in range(3)}
    clock = itertools.count(simulator.now() + 1, 5)

    class Slow(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(next(clock), tz)

    monkeypatch.setattr("channels.shopee.adapter.datetime", Slow)
    refs = all_refs(adapter, datetime.now(timezone.utc) - timedelta(days=16))
    assert sorted(refs) == sorted(made), "once"


def test_a_long_outage_is_read_in_stretches(adapter, simulator, shop):
    item = shop.add_item("Cream", ("A", 48000, 1000))
    made = set()
    for days in (40, 31, 16, 15, 2, 0):
        order = shop.order([(item, 0, 1)])
        order["update_time"] = simulator.now() - days * 86400
        made.add(order["order_sn"])
    since = datetime.now(timezone.utc) - timedelta(days=41)
    assert set(all_refs(adapter, since)) == made


def test_unknown_status_keeps_its_name(adapter, shop):
    item = shop.add_item("Cream", ("A", 48000, 1000))
    order = shop.order([(item, 0, 1)])
    shop.set_status(order["order_sn"], "TELEPORTED")
    read = adapter.read_orders([order["order_sn"]])
    assert read.orders[order["order_sn"]]["status"] == "teleported"


def test_one_bad_order_leaves_the_others(adapter, shop):
    item = shop.add_item("Cream", ("A", 48000, 1000))
    good, bad, late = (shop.order([(item, 0, 1)])["order_sn"] for _index in range(3))
    shop.orders[bad]["item_list"] = None
    del shop.incomes[late]
    read = adapter.read_orders([good, bad, late])
    assert set(read.orders) == {good}
    assert set(read.failed) == {bad, late}


def test_cancellation_and_do_not_ship(adapter, shop):
    item = shop.add_item("Cream", ("A", 48000, 1000))
    cancelled, pending = (shop.order([(item, 0, 1)])["order_sn"] for _index in "ab")
    shop.set_status(cancelled, "CANCELLED", cancel_by="buyer")
    shop.set_status(pending, "PENDING")
    orders = adapter.read_orders([cancelled, pending]).orders
    assert parse(orders[cancelled]).status == "cancelled"
    assert parse(orders[pending]).status == "unpaid", "nothing may be shipped"


# --- listings and stock ---
def test_listings_with_models(adapter, shop):
    shop.add_item("Cream", ("A", 48000, 10), ("B", 50000, 5))
    for index in range(60):
        shop.add_item(f"Soap {index}", (f"S{index}", 1000, index))
    found, cursor = [], ""
    while True:
        page = adapter.list_listings(cursor)
        found += page.listings
        cursor = page.cursor
        if not cursor:
            break
    assert len(found) == 62
    by_sku = {listing.sku: listing for listing in found}
    assert by_sku["B"].quantity == 5 and by_sku["B"].price == Decimal(50000)
    assert by_sku["S7"].ref.variant_id == "0"
    levels = adapter.read_stock([by_sku["A"].ref, by_sku["S9"].ref])
    assert [level.quantity for level in levels.values()] == [10, 9]
    gone = ListingRef("1", "0")
    assert adapter.read_stock([gone]) == {}


def changes_for(item, *quantities):
    refs = [ListingRef(str(item.item_id), str(model)) for model in item.models]
    return [
        StockChange(ref, quantity, f"key-{ref.variant_id}-{quantity}")
        for ref, quantity in zip(refs, quantities, strict=False)
    ]


def test_stock_is_taken_model_by_model(adapter, shop):
    item = shop.add_item("Cream", ("A", 48000, 10), ("B", 50000, 5))
    alone = shop.add_item("Soap", ("S", 1000, 4))
    second = list(item.models.values())[1]
    second.reserved = 4
    changes = [*changes_for(item, 7, 1), *changes_for(alone, 0)]
    results = adapter.push_stock(changes)
    first, refused, zero = (results[change.ref] for change in changes)
    assert first.is_ok and first.quantity == 7
    assert isinstance(refused.error, errors.Refused)
    assert "promotion" in refused.error.detail
    assert zero.is_ok and alone.models[0].stock == 0
    assert [model.stock for model in item.models.values()] == [7, 5]


def test_a_lost_item_does_not_stop_the_others(adapter, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    gone = StockChange(ListingRef("999", "0"), 1, "k")
    results = adapter.push_stock([gone, *changes_for(item, 2)])
    assert isinstance(results[gone.ref].error, errors.NotFound)
    assert item.models[0].stock == 2


def test_too_many_calls_stop_the_batch(simulator, shop):
    items = [shop.add_item(f"Soap {i}", (f"S{i}", 1000, 4)) for i in range(12)]
    simulator.tick_limit = 5
    second = simulator.now()
    simulator.now = lambda: second
    adapter = connect(simulator)
    changes = [change for item in items for change in changes_for(item, 1)]
    results = adapter.push_stock(changes)
    assert set(results) == {change.ref for change in changes}
    limited = [r for r in results.values() if isinstance(r.error, errors.RateLimited)]
    assert limited, "some were refused"
    done = sum(item.models[0].stock == 1 for item in items)
    assert done == 12 - len(limited)
    assert len(simulator.calls) == 6, "after the first refusal nothing more was asked"


# --- shipping ---
def test_ship_once(adapter, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 1)])["order_sn"]
    shipment = Shipment(sn, (((f"{item.item_id}:0",), 1),), "key")
    shipped = adapter.ship(shipment)
    assert shipped.tracking.startswith("SPXVN")
    assert shop.orders[sn]["order_status"] == "PROCESSED"
    with pytest.raises(errors.AlreadyDone):
        adapter.ship(shipment)
    parcel = parse(adapter.read_orders([sn]).orders[sn])
    assert parcel.status == "paid"
    with pytest.raises(errors.Unavailable):
        adapter.get_label("no such order")
    assert adapter.get_label(sn).content.startswith(b"%PDF")


def test_a_number_that_takes_minutes(adapter, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 1)])["order_sn"]
    shop.carrier_is_slow = True
    shipment = Shipment(sn, (((f"{item.item_id}:0",), 1),), "key")
    assert adapter.ship(shipment).tracking == ""
    assert not parse(adapter.read_orders([sn]).orders[sn]).shipments
    shop.carrier_is_slow = False
    (parcel,) = parse(adapter.read_orders([sn]).orders[sn]).shipments
    assert parcel.tracking.startswith("SPXVN")
    assert parcel.lines[0].quantity == 1
    # Shopee takes no number of the seller's later
    assert not adapter.capabilities.late_tracking


def test_ship_with_a_lost_answer(adapter, simulator, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 1)])["order_sn"]
    shipment = Shipment(sn, (((f"{item.item_id}:0",), 1),), "key")
    simulator.faults.plan("after", "ship_order")
    with pytest.raises(errors.Unavailable):
        adapter.ship(shipment)
    with pytest.raises(errors.AlreadyDone):
        adapter.ship(shipment)


def test_cancel(adapter, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 3)])["order_sn"]
    adapter.cancel(Cancellation(sn, "key", "out_of_stock"))
    assert shop.orders[sn]["order_status"] == "CANCELLED"
    assert item.models[0].stock == 4
    with pytest.raises(errors.AlreadyDone):
        adapter.cancel(Cancellation(sn, "key", "out_of_stock"))
    asked = shop.order([(item, 0, 1)])["order_sn"]
    shop.set_status(asked, "IN_CANCEL")
    adapter.answer_cancellation(asked, accept=False)
    assert shop.orders[asked]["order_status"] == "READY_TO_SHIP"


# --- returns and money ---
def test_returns(adapter, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 2)])["order_sn"]
    shop.add_return(sn, 1, 1000)
    shop.add_return(sn, 1, 300, solution=1)
    found = adapter.list_returns(None)
    assert [one.kind for one in found.returns] == ["return_refund", "refund_only"]
    [line] = found.returns[0].lines
    assert (line.sku, line.quantity, line.refund) == ("S", 1, 1000)
    assert found.returns[0].external_id != found.returns[1].external_id


def test_settlements_add_up(adapter, simulator, shop):
    item = shop.add_item("Soap", ("S", 50000, 40))
    yesterday = simulator.now() - 86400
    total = 0
    for index in range(3):
        sn = shop.order([(item, 0, 2)], shipping_fee=9000, coins=100 * index)[
            "order_sn"
        ]
        shop.set_status(sn, "COMPLETED")
        _at, _sn, paid = shop.released.pop()
        shop.released.append((yesterday, sn, paid))
        total += paid
    found = adapter.list_settlements(datetime.fromtimestamp(yesterday, timezone.utc))
    [statement] = found.settlements
    assert statement.amount == total == sum(line.amount for line in statement.lines)
    kinds = {line.kind for line in statement.lines}
    assert {"order", "commission", "shipping_fee"} <= kinds
    assert not any(line.kind == "other" for line in statement.lines)
    assert len({line.external_id for line in statement.lines}) == len(statement.lines)


# --- bad connections ---
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("error_500", errors.ChannelError),
        ("error_503", errors.Unavailable),
        ("rate", errors.RateLimited),
        ("truncated", errors.BadAnswer),
        ("hang_up", errors.Unavailable),
        ("after", errors.Unavailable),
    ],
)
def test_faults_are_told_apart(adapter, simulator, kind, error):
    simulator.faults.plan(kind)
    with pytest.raises(error) as caught:
        adapter.check()
    shop = simulator.shop
    for secret in (shop.access_token, shop.partner_key, "sign="):
        assert secret not in str(caught.value)
    assert caught.value.is_temporary
    adapter.check()


# --- pushes ---
def push_request(shop, push, url=HOOK, key=None):
    body = json.dumps(push).encode()
    signature = shop.sign_push(url, body)
    return WebhookRequest(
        url="http://10.0.0.1/inside",
        headers={"authorization": key if key is not None else signature},
        body=body,
        received_at=datetime.now(timezone.utc),
    )


def test_push_is_a_hint(adapter, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    order = shop.order([(item, 0, 1)])
    request = push_request(shop, shop.pushes[-1])
    [hint] = adapter.verify_webhook(request)
    assert (hint.topic, hint.external_id) == ("order", order["order_sn"])
    assert adapter.verify_webhook(request)[0].event_id == hint.event_id
    assert adapter.webhook_answer([hint]).body == b""


def test_push_of_a_stranger_is_refused(adapter, simulator, shop):
    item = shop.add_item("Soap", ("S", 1000, 4))
    shop.order([(item, 0, 1)])
    push = shop.pushes[-1]
    bad = [
        push_request(shop, push, key=""),
        push_request(shop, push, key="é" * 64),
        push_request(shop, push, url="https://other.example.com/"),
        push_request(shop, {**push, "shop_id": 1}),
        push_request(shop, [1, 2]),
    ]
    for request in bad:
        with pytest.raises(errors.BadSignature):
            adapter.verify_webhook(request)


def test_two_refreshers_get_one_pair(simulator):
    adapter = connect(simulator)
    results = []

    def refresh():
        try:
            results.append(adapter.refresh().access_token)
        except errors.AuthorisationLost:
            results.append(None)

    threads = [threading.Thread(target=refresh) for _index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([token for token in results if token]) == 1, "single use"
