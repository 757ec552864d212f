"""Tracking numbers of many parcels, as Shopee tells them: fifty in one call."""

import pytest
from channels import errors
from channels.types import Shipment
from neutral import parse

from .shopee import ShopeeSimulator
from .test_shopee import connect

DETAIL = "/api/v2/order/get_package_detail"


@pytest.fixture
def simulator():
    with ShopeeSimulator(seed=11) as running:
        yield running


def arrange(simulator, orders, parcels=2):
    """Orders that wait for the carrier, each in some parcels; their numbers."""
    shop = simulator.shop
    item = shop.add_item("Soap", ("S", 1000, 500))
    numbers = []
    for _order in range(orders):
        sn = shop.order([(item, 0, parcels)])["order_sn"]
        shop.set_status(sn, "PROCESSED", package_list=_split(sn, item, parcels))
        numbers.append(sn)
    return numbers


def _split(sn, item, parcels):
    return [
        {
            "package_number": f"OFG{sn}{number}",
            "logistics_status": "LOGISTICS_REQUEST_CREATED",
            "shipping_carrier": "SPX Express",
            "item_list": [
                {"item_id": item.item_id, "model_id": 0, "model_quantity": 1}
            ],
        }
        for number in range(parcels)
    ]


def read_numbers(simulator, order_sns):
    """``{order number: numbers of its parcels}`` as the adapter reads them."""
    read = connect(simulator).read_orders(order_sns)
    assert not read.failed
    return {
        sn: [parcel.tracking for parcel in parse(order).shipments]
        for sn, order in read.orders.items()
    }


def count(simulator, path):
    return sum(called == path for _method, called in simulator.calls)


def test_many_parcels_are_asked_about_in_few_calls(simulator):
    order_sns = arrange(simulator, 30)
    found = read_numbers(simulator, order_sns)
    assert found == {
        sn: [f"SPXVN{f'OFG{sn}{number}'[-9:]}" for number in range(2)]
        for sn in order_sns
    }
    assert count(simulator, DETAIL) == 2, "60 parcels, 50 in a call"
    assert not count(simulator, "/api/v2/logistics/get_tracking_number")


def test_a_parcel_without_a_number_is_asked_about_again(simulator):
    (sn,) = arrange(simulator, 1, parcels=1)
    simulator.shop.carrier_is_slow = True
    assert read_numbers(simulator, [sn]) == {sn: []}
    simulator.shop.carrier_is_slow = False
    assert len(read_numbers(simulator, [sn])[sn]) == 1
    simulator.shop.set_status(sn, "SHIPPED")
    simulator.calls.clear()
    read_numbers(simulator, [sn])
    assert not count(simulator, DETAIL), "the carrier has it: nothing to wait for"


def test_one_unknown_parcel_does_not_hide_the_others(simulator):
    order_sns = arrange(simulator, 8, parcels=1)
    adapter = connect(simulator)
    numbers = [f"OFG{sn}0" for sn in order_sns]
    numbers.insert(3, "OFG-gone")
    found = adapter._read_numbers(numbers)
    assert sorted(found) == sorted(set(numbers) - {"OFG-gone"})


def test_orders_are_read_without_numbers_when_shopee_is_busy(simulator):
    order_sns = arrange(simulator, 3, parcels=1)
    simulator.faults.plan("rate", "get_package_detail")
    assert read_numbers(simulator, order_sns) == {sn: [] for sn in order_sns}
    simulator.shop.revoked = True
    with pytest.raises((errors.AuthorisationLost, errors.TokenExpired)):
        connect(simulator).read_orders(order_sns)


# --- parts of an order ---
def three_goods(simulator, units=1):
    """An order of three items, and their line ids."""
    items = [simulator.shop.add_item(name, (name, 1000, 9)) for name in "ABC"]
    order = simulator.shop.order([(item, 0, units) for item in items])
    return order["order_sn"], [f"{item.item_id}:0" for item in items]


def shipment(sn, refs, is_last, units=1):
    return Shipment(sn, tuple(((ref,), units) for ref in refs), sn, is_last=is_last)


def test_a_part_is_split_off_and_the_rest_follows(simulator):
    sn, (first, second, third) = three_goods(simulator)
    adapter, order = connect(simulator), simulator.shop.orders[sn]
    part, rest = shipment(sn, [first], False), shipment(sn, [second, third], True)
    shipped = adapter.ship(part)
    assert shipped.external_id == f"OFG{sn}1" and shipped.tracking.startswith("SPXVN")
    assert order["order_status"] == "READY_TO_SHIP"
    with pytest.raises(errors.AlreadyDone):
        adapter.ship(part)
    told = parse(adapter.read_orders([sn]).orders[sn])
    assert [parcel.tracking for parcel in told.shipments] == [shipped.tracking]
    assert adapter.get_label(sn, shipped.external_id).content.startswith(b"%PDF")

    assert adapter.ship(rest).external_id == f"OFG{sn}2"
    assert order["order_status"] == "PROCESSED"
    with pytest.raises(errors.AlreadyDone):
        adapter.ship(rest)
    assert len(parse(adapter.read_orders([sn]).orders[sn]).shipments) == 2


def test_a_lost_answer_splits_once(simulator):
    sn, (first, *_others) = three_goods(simulator)
    adapter, part = connect(simulator), shipment(sn, [first], False)
    for call in ("split_order", "ship_order"):
        simulator.faults.plan("after", call)
        with pytest.raises(errors.Unavailable):
            adapter.ship(part)
    with pytest.raises(errors.AlreadyDone):
        adapter.ship(part)
    packages = simulator.shop.orders[sn]["package_list"]
    arranged = [one["logistics_status"] != "LOGISTICS_READY" for one in packages]
    assert arranged == [True, False]


def test_what_shopee_does_not_split_is_arranged_with_the_last_parcel(simulator):
    sn, refs = three_goods(simulator, units=2)
    adapter, order = connect(simulator), simulator.shop.orders[sn]
    with pytest.raises(errors.Refused, match="units of one item"):
        adapter.ship(shipment(sn, refs[:1], False))
    assert not order["package_list"], "nothing was told"
    assert adapter.ship(shipment(sn, refs, True)).external_id == sn
    assert order["order_status"] == "PROCESSED"

    sn, (first, second, third) = three_goods(simulator)
    adapter.ship(shipment(sn, [first], False))
    with pytest.raises(errors.Refused, match="once"):
        adapter.ship(shipment(sn, [second], False))
    adapter.ship(shipment(sn, [third], True))
    assert simulator.shop.orders[sn]["order_status"] == "PROCESSED"
