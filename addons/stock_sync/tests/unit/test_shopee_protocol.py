# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee's signatures, errors and odd payloads."""

import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from channels import errors
from channels.shopee import push_signature, sign
from channels.shopee.client import Client, error_of, moment, seconds_to_midnight
from channels.shopee.orders import neutral_order
from channels.types import Credentials, Shop
from neutral import check_total, parse

VECTORS = json.loads(
    (Path(__file__).parent / "data" / "shopee_signatures.json").read_text("utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["calls"], ids=lambda v: v["name"])
def test_call_signature(vector):
    owner = vector["inputs"].get("shop_id", vector["inputs"].get("merchant_id", ""))
    assert vector["signature"] == sign(
        vector["key"],
        str(vector["inputs"]["partner_id"]),
        vector["inputs"]["path"],
        vector["inputs"]["timestamp"],
        vector["inputs"].get("access_token", ""),
        str(owner),
    )


@pytest.mark.parametrize("key", ["my app", "12 34", "²"])
def test_a_partner_id_that_is_none(key):
    """Told before the seller is sent to a log-in page that can only fail."""
    credentials = Credentials(app_key=key, app_secret="secret")
    client = Client(Shop(kind="shopee"), credentials, transport=None)
    with pytest.raises(errors.Misconfigured) as told:
        client.signed_url("shop/auth_partner", public=True)
    assert told.value.code == "id"


@pytest.mark.parametrize("vector", VECTORS["pushes"], ids=lambda v: v["name"])
def test_push_signature(vector):
    given = vector["inputs"]
    body = given["raw_body"].encode()
    assert vector["signature"] == push_signature(
        vector["key"], given["callback_url"], body
    )


@pytest.mark.parametrize(
    ("code", "message", "cls"),
    [
        ("error_sign", "Wrong sign", errors.AuthorisationLost),
        ("error_auth", "Invalid access_token", errors.TokenExpired),
        ("error_auth", "Invalid partner_id", errors.AuthorisationLost),
        ("invalid_acceess_token", "", errors.TokenExpired),
        ("error_param", "Invalid timestamp", errors.ClockSkew),
        ("error_param", "page_size", errors.Refused),
        ("source_ip_undeclared", "", errors.PermissionMissing),
        ("common.error_rate_limit", "", errors.RateLimited),
        ("error_limit", "", errors.QuotaExhausted),
        ("error_server", "", errors.Unavailable),
        ("logistics.error_status", "order has been shipped", errors.AlreadyDone),
        ("product.error_item_not_found", "", errors.NotFound),
        ("something_new", "", errors.Refused),
    ],
)
def test_errors_by_what_to_do(code, message, cls):
    assert type(error_of(code, message)) is cls


def test_daily_quota_waits_until_midnight_in_singapore():
    noon = datetime(2026, 11, 21, 15, 59, 30, tzinfo=timezone.utc)
    assert seconds_to_midnight(noon) == 30
    assert error_of("error_limit", "").retry_after > 0


@pytest.mark.parametrize("value", [0, None, "", -5, "x", 10**20, [1]])
def test_no_moment(value):
    assert moment(value) is None


ORDER = {
    "order_sn": "2404098R48U37H",
    "order_status": "READY_TO_SHIP",
    "currency": "VND",
    "create_time": 1712601591,
    "update_time": 1713139948,
    "item_list": [
        {
            "item_id": 2**60 + 1,
            "model_id": 221404189791,
            "item_name": "Cream",
            "model_name": "60g",
            "model_sku": "QAZ",
            "model_quantity_purchased": 3,
            "model_original_price": 300000,
            "model_discounted_price": 48000,
        }
    ],
    "recipient_address": {"name": "P******n", "phone": "******64", "region": "VN"},
}
INCOME = {
    "buyer_total_amount": "139999",
    "buyer_paid_shipping_fee": 0,
    "voucher_from_shopee": 10001,
    "items": [
        {
            "item_id": 2**60 + 1,
            "model_id": 221404189791,
            "quantity_purchased": 3,
            "original_price": 900000,
            "seller_discount": 750000,
        }
    ],
}


def test_prices_come_from_the_income():
    order = parse(neutral_order(ORDER, INCOME))
    assert order.total == 150000
    assert check_total(order).difference == 0
    [line] = order.lines
    assert line.unit_price == 50000 and line.discount == 0
    assert line.listing_id == f"{2**60 + 1}:221404189791", "no digit was lost"
    assert order.customer.external_id == ""


def test_a_price_that_does_not_divide():
    income = {**INCOME, "buyer_total_amount": 90000}
    income["items"] = [{**INCOME["items"][0], "seller_discount": 799999}]
    order = parse(neutral_order(ORDER, income))
    [line] = order.lines
    assert line.quantity * line.unit_price - line.discount == 100001
    assert check_total(order).difference == 0


def test_without_income_the_listed_prices_count():
    order = parse(neutral_order({**ORDER, "order_status": "UNPAID"}, None))
    assert order.total == 144000
    assert order.status == "unpaid"


def test_same_listing_twice():
    item = ORDER["item_list"][0]
    deal = {**item, "promotion_group_id": 7, "model_quantity_purchased": 1}
    order = {**ORDER, "item_list": [item, deal]}
    price = INCOME["items"][0]
    gift = {**price, "quantity_purchased": 1, "original_price": 5, "seller_discount": 5}
    income = {**INCOME, "items": [gift, price]}
    first, second = parse(neutral_order(order, income)).lines
    assert first.external_id != second.external_id
    assert (first.unit_price, second.unit_price) == (50000, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"item_list": []},
        {"item_list": None},
        {"item_list": "x"},
        {"item_list": [{**ORDER["item_list"][0], "model_quantity_purchased": "1.5"}]},
        {"item_list": [{**ORDER["item_list"][0], "model_quantity_purchased": -1}]},
    ],
)
def test_orders_that_cannot_be_read_say_so(change):
    with pytest.raises(errors.BadAnswer):
        neutral_order({**ORDER, **change}, INCOME)


@pytest.mark.parametrize("money", ["NaN", "Infinity", "x", [1], {}])
def test_money_that_is_none(money):
    with pytest.raises(errors.BadAnswer):
        neutral_order(ORDER, {**INCOME, "buyer_total_amount": money})


def test_raw_is_plain_json():
    order = {**ORDER, "estimated_shipping_fee": Decimal("1.50")}
    neutral = neutral_order(order, INCOME)
    assert json.loads(json.dumps(neutral)) == neutral


def test_masked_buyers_are_told_by_their_id_only():
    neutral = neutral_order({**ORDER, "buyer_user_id": 42}, INCOME)
    assert neutral["customer"]["external_id"] == "42"
    assert "email" not in neutral["customer"]
