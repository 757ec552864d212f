# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Orders of Vendure and Medusa, as real shops sent them, as neutral orders."""

import copy
import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from channels import medusa_orders, values, vendure_orders
from channels.errors import BadAnswer
from neutral import check_total, parse, validate

DATA = Path(__file__).with_name("data")


def sample(name):
    return json.loads((DATA / f"{name}.json").read_text("utf-8"), parse_float=Decimal)


def checked(payload):
    # what is stored is JSON: nothing in it may need anything but json.dumps
    payload = json.loads(json.dumps(payload))
    assert validate(payload) == []
    order = parse(payload)
    assert check_total(order).difference == 0
    return order


def vendure(order, **options):
    return vendure_orders.OrderTranslator(order, 2, options)


def medusa(order, **options):
    return medusa_orders.OrderTranslator(order, options)


# --- Vendure ---
def test_vendure_as_placed():
    order = checked(vendure(sample("vendure_order")).neutral())
    assert (order.external_id, order.number) == ("1", "AQQ2N2KZ1YFKEEWF")
    assert (order.status, order.payment.state) == ("paid", "paid")
    assert order.total == Decimal("85.44")
    assert [(x.sku, x.unit_price, x.tax) for x in order.lines] == [
        ("TS-M-BLK", Decimal("21.69"), Decimal("3.58")),
        ("BTL-750", Decimal("37.06"), Decimal("3.06")),
    ]
    assert order.lines[0].listing_id == "1:2"
    # its own updatedAt lies before the moment of order
    assert order.updated_at == order.placed_at.replace(microsecond=735000)


def test_vendure_after_a_return():
    before = checked(vendure(sample("vendure_order")).neutral())
    after = vendure(sample("vendure_order_after"))
    order = checked(after.neutral())
    assert (order.status, order.total) == ("delivered", before.total)
    assert (order.lines[0].quantity, order.lines[0].cancelled_quantity) == (2, 0)
    assert order.updated_at > before.updated_at
    assert order.refunds[0].amount == Decimal("21.69")
    (returned,) = after.returns()
    assert (returned.kind, returned.status, returned.amount) == (
        "return_refund",
        "approved",
        Decimal("21.69"),
    )
    assert returned.lines[0].refund == Decimal("21.69")


def test_vendure_discounts_and_cancelled_units_add_up():
    order = sample("vendure_order")
    shirt = order["lines"][0]
    # three ordered, one cancelled before shipping; 10 % off what is left
    shirt.update(orderPlacedQuantity=3, proratedLinePrice=3582)
    shirt.update(proratedLinePriceWithTax=3904)
    order["discounts"] = [{"description": "TEN", "amountWithTax": -434}]
    order["totalWithTax"] = 3904 + 3706 + 500
    neutral = checked(vendure(order).neutral())
    line = neutral.lines[0]
    assert (line.quantity, line.cancelled_quantity) == (3, 1)
    assert line.discount == Decimal("6.51")
    assert (neutral.discounts[0].code, neutral.discounts[0].in_lines) == ("TEN", True)


def test_vendure_surcharges_both_ways():
    order = sample("vendure_order")
    order["surcharges"] = [
        {"description": "Wrapping", "sku": "W", "price": 100, "priceWithTax": 109},
        {"description": "Kind", "sku": None, "price": -50, "priceWithTax": -50},
    ]
    order["totalWithTax"] += 109 - 50
    neutral = checked(vendure(order).neutral())
    assert neutral.fees[0].amount == Decimal("1.09")
    assert neutral.discounts[0].amount == Decimal("0.5")


@pytest.mark.parametrize(
    ("state", "options", "status"),
    [
        ("PaymentAuthorized", {}, "unpaid"),
        ("PaymentAuthorized", {"authorized_is_paid": True}, "paid"),
        ("PartiallyShipped", {}, "paid"),
        ("Modifying", {}, "unpaid"),
        ("Cancelled", {}, "cancelled"),
        ("Packed", {"states": {"Packed": "paid"}}, "paid"),
    ],
)
def test_vendure_states(state, options, status):
    order = {**sample("vendure_order"), "state": state}
    assert vendure(order, **options).status() == status


def test_vendure_cancelled_after_shipping_came_back():
    order = {**sample("vendure_order_after"), "state": "Cancelled"}
    assert vendure(order).status() == "returned"


def test_vendure_unknown_state():
    with pytest.raises(ValueError, match="'Packed' is not known"):
        vendure({**sample("vendure_order"), "state": "Packed"}).neutral()


def test_vendure_yen():
    order = {**sample("vendure_order"), "currencyCode": "JPY"}
    neutral = vendure_orders.OrderTranslator(order, 0, {}).neutral()
    assert checked(neutral).total == 8544


# --- Medusa ---
def test_medusa_as_placed():
    order = checked(medusa(sample("medusa_order")).neutral())
    assert (order.status, order.payment.state) == ("unpaid", "authorized")
    assert (order.total, order.shipping.fee) == (Decimal("47.936"), 5)
    assert order.lines[0].tax == Decimal("2.786")
    assert order.shipping_address.country_code == "TH"
    paid = medusa(sample("medusa_order"), authorized_is_paid=True)
    assert paid.status() == "paid"


def test_medusa_after_a_return():
    before = checked(medusa(sample("medusa_order")).neutral())
    after = medusa(sample("medusa_order_after"))
    order = checked(after.neutral())
    assert (order.status, order.total) == ("delivered", before.total)
    assert order.payment.state == "partially_refunded"
    # the refund came after the order's own updated_at
    assert order.updated_at > values.moment(after.order["updated_at"])
    (refund,) = after.money_back()
    assert (refund.kind, refund.amount) == ("refund_only", Decimal("21.29"))
    assert order.shipments[0].tracking == "TH123456789"


def test_medusa_all_came_back():
    order = sample("medusa_order_after")
    item = order["items"][0]
    item["detail"]["return_received_quantity"] = 2
    item.update(total=0, tax_total=0, subtotal=0)
    order["total"] = Decimal("5.35")
    neutral = checked(medusa(order).neutral())
    assert (neutral.status, neutral.total) == ("returned", Decimal("47.936"))


def test_medusa_credit_paid_with_and_credit_of_a_refund():
    order = sample("medusa_order")
    begin, later = order["created_at"], "2026-11-22T09:00:00.000Z"
    order["credit_lines"] = [
        {"amount": 7, "reference": "gift", "created_at": begin},
        {"amount": 4, "reference": "payment_collection", "created_at": begin},
        {"amount": 2, "reference": "damaged", "created_at": later},
    ]
    order["credit_line_total"] = 13
    order["total"] -= 13
    neutral = checked(medusa(order).neutral())
    assert neutral.total == Decimal("40.936")
    assert [one.amount for one in neutral.discounts] == [7]


def test_medusa_prices_with_taxes():
    order = sample("medusa_order")
    item = order["items"][0]
    item.update(is_tax_inclusive=True, total=Decimal("39.8"))
    item.update(tax_total=Decimal("2.603738318"))
    order["total"] = Decimal("39.8") + Decimal("5.35")
    # the goods' prices contain taxes, the parcel's does not: all without
    mixed = checked(medusa(copy.deepcopy(order)).neutral())
    assert not mixed.prices_include_tax
    order["shipping_methods"][0].update(is_tax_inclusive=True)
    inclusive = checked(medusa(order).neutral())
    assert inclusive.prices_include_tax
    assert inclusive.lines[0].unit_price == Decimal("19.9")


def test_medusa_statuses():
    order = sample("medusa_order")
    for status, expected in (
        ("captured", "paid"),
        ("refunded", "paid"),
        ("requires_action", "unpaid"),
    ):
        order["payment_status"] = status
        assert medusa(order).status() == expected
    assert medusa({**order, "status": "canceled"}).status() == "cancelled"
    with pytest.raises(ValueError, match="'weird' is not known"):
        medusa({**order, "payment_status": "weird"}).status()


# --- values ---
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T16:26:12Z", 0),
        ("2026-11-21T23:26:12.5+07:00", 500000),
        ("2026-11-21T16:26:12.123456789Z", 123456),
    ],
)
def test_moments(text, expected):
    assert values.moment(text) == datetime(
        2026, 11, 21, 16, 26, 12, expected, timezone.utc
    )


def test_what_is_no_moment_or_number():
    for wrong in ("2026-11-21T16:26:12", "yesterday", 5, ["x"]):
        with pytest.raises(BadAnswer):
            values.moment(wrong)
    for wrong in (True, "1,5", "NaN", {}, "Infinity"):
        with pytest.raises(BadAnswer):
            values.number(wrong)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("47.9360", "47.936"), ("100", "100"), ("-0.000", "0"), ("1E+3", "1000")],
)
def test_money(amount, text):
    assert values.money(Decimal(amount)) == text
