# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What shops are told about returns: Shopee's answers, WooCommerce's refunds."""

from dataclasses import replace
from decimal import Decimal

import pytest
from channels import errors
from channels.types_return import RefundedLine, ReturnDecision
from neutral import parse

from .shopee import ShopeeSimulator
from .test_shopee import connect as connect_shopee
from .test_woocommerce import connect as connect_woocommerce
from .woocommerce import WooCommerceSimulator

MARK = "odoo-return-1a2b3c4d-7"


@pytest.fixture
def shopee():
    with ShopeeSimulator(seed=7) as running:
        yield running


@pytest.fixture
def woocommerce():
    with WooCommerceSimulator(seed=3) as running:
        yield running


def decided(found, decision, **values):
    return ReturnDecision(
        found["order_sn"],
        decision,
        f"return:7:{decision}",
        MARK,
        external_id=found["return_sn"],
        email="shop@example.com",
        **values,
    )


def test_shopee_confirm_once(shopee):
    adapter, shop = connect_shopee(shopee), shopee.shop
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 2)])["order_sn"]
    found = shop.add_return(sn, 1, 1000)
    told = decided(found, "refunded")
    assert adapter.tell_return(told) == found["return_sn"]
    assert found["status"] == "ACCEPTED"
    with pytest.raises(errors.AlreadyDone):
        adapter.tell_return(told)
    found["status"] = "CANCELLED"
    with pytest.raises(errors.Refused, match="withdrew"):
        adapter.tell_return(told)
    with pytest.raises(errors.NotFound):
        adapter.tell_return(replace(told, external_id="R0"))


def test_shopee_dispute(shopee):
    adapter, shop = connect_shopee(shopee), shopee.shop
    item = shop.add_item("Soap", ("S", 1000, 4))
    sn = shop.order([(item, 0, 2)])["order_sn"]
    found = shop.add_return(sn, 1, 1000)
    told = decided(found, "refused", note="Worn for weeks")
    with pytest.raises(errors.Misconfigured, match="e-mail"):
        adapter.tell_return(replace(told, email=""))
    reasons, shop.dispute_reasons = shop.dispute_reasons, []
    with pytest.raises(errors.Refused, match="Seller Centre"):
        adapter.tell_return(told)
    assert found["status"] == "REQUESTED"
    shop.dispute_reasons = reasons
    adapter.tell_return(told)
    assert found["status"] == "SELLER_DISPUTE"
    assert found["dispute_text_reason"] == ["Worn for weeks"]
    with pytest.raises(errors.AlreadyDone):
        adapter.tell_return(told)


def test_woocommerce_refund_once(woocommerce):
    adapter = connect_woocommerce(woocommerce)
    bottle = woocommerce.add_product("Bottle", "BTL", "34.00", 90)
    order = woocommerce.order([(bottle, 3)])
    item = order["line_items"][0]
    item |= {"total": "90.00", "total_tax": "9.00"}
    item["taxes"] = [{"id": 4, "total": "9.00", "subtotal": "9.00"}]
    lines = (RefundedLine((str(item["id"]),), 1, Decimal("33.00")),)
    told = ReturnDecision(
        str(order["id"]),
        "refunded",
        "return:7:refunded",
        MARK,
        number="RET/00007",
        amount=Decimal("33.00"),
        lines=lines,
    )
    adapter.refund_order(told)
    [refund] = woocommerce.refunds[order["id"]]
    assert (refund["amount"], refund["refunded_payment"]) == ("33", False)
    [part] = refund["asked_lines"]
    assert (part["quantity"], part["refund_total"]) == (1, "30")
    assert part["refund_tax"] == [{"id": 4, "refund_total": "3"}]
    with pytest.raises(errors.AlreadyDone):
        adapter.refund_order(told)
    # cut off before the mark was kept
    refund["meta_data"] = []
    with pytest.raises(errors.AlreadyDone):
        adapter.refund_order(told)
    assert len(woocommerce.refunds[order["id"]]) == 1


def test_woocommerce_refund_is_known_when_it_is_read(woocommerce):
    adapter = connect_woocommerce(woocommerce)
    bottle = woocommerce.add_product("Bottle", "BTL", "34.00", 90)
    order = woocommerce.order([(bottle, 3)])
    number = str(order["id"])
    told = ReturnDecision(
        number, "refunded", "k", MARK, number="RET/00007", amount=Decimal(34)
    )
    adapter.refund_order(told)
    [found] = parse(adapter.read_orders([number]).orders[number]).refunds
    assert (found.external_id, found.amount) == (MARK, 34)
    with pytest.raises(errors.Refused):
        adapter.refund_order(replace(told, mark="x", number="", amount=Decimal(9999)))
    with pytest.raises(errors.NotFound):
        adapter.refund_order(replace(told, order_external_id="../users/1"))
