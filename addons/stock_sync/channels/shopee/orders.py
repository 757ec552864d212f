# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee's orders as neutral orders.

Prices come from the escrow ("income") of the order: there bundle deals have prices, and
it says who bears which discount. The order itself knows only what the buyer pays::

    buyer_total_amount = original price - seller_discount - shopee_discount
        - voucher_from_seller - voucher_from_shopee - coins - payment_promotion
        + buyer_paid_shipping_fee + buyer_transaction_fee + cross_border_tax

(v2.payment.get_escrow_detail). The neutral total is what the buyer pays plus what
Shopee bears of the discounts. Amounts of escrow items are those of the whole line.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..errors import BadAnswer
from ..prices import unit_price
from .client import moment

#: Shopee's words -> the neutral order's. What is not here is passed on as it is: the
#: inbox refuses it with its name, and somebody looks.
STATUSES = {
    "UNPAID": "unpaid",
    # paid, but Shopee forbids to ship yet
    "INVOICE_PENDING": "unpaid",
    "PENDING": "unpaid",
    "READY_TO_SHIP": "paid",
    "RETRY_SHIP": "paid",
    "PROCESSED": "paid",
    "IN_CANCEL": "paid",
    "SHIPPED": "shipped",
    "TO_CONFIRM_RECEIVE": "delivered",
    "COMPLETED": "delivered",
    "TO_RETURN": "delivered",
    "CANCELLED": "cancelled",
}
#: statuses that need somebody, kept as tags
_TAGGED = frozenset(
    ("INVOICE_PENDING", "PENDING", "RETRY_SHIP", "IN_CANCEL", "TO_RETURN")
)
#: there is no income before the buyer has paid
WITHOUT_ESCROW = frozenset(("UNPAID", "CANCELLED"))
#: income field -> name of a discount that Shopee bears
_CHANNEL_DISCOUNTS = {
    "shopee_discount": "Shopee discount",
    "voucher_from_shopee": "Shopee voucher",
    "coins": "Shopee coins",
    "payment_promotion": "Payment promotion",
}
#: income field -> kind of a charge that the buyer pays besides goods and delivery
_BUYER_FEES = {
    "buyer_transaction_fee": "transaction_fee",
    "cross_border_tax": "cross_border_tax",
    "buyer_paid_packaging_fee": "packaging",
}
OPTIONAL_FIELDS = (
    "buyer_user_id,buyer_username,estimated_shipping_fee,recipient_address,"
    "actual_shipping_fee,goods_to_declare,note,item_list,pay_time,dropshipper,split_up,"
    "buyer_cancel_reason,cancel_by,cancel_reason,actual_shipping_fee_confirmed,"
    "fulfillment_flag,pickup_done_time,package_list,shipping_carrier,payment_method,"
    "total_amount,invoice_data,return_request_due_date"
)
ZERO = Decimal(0)


def amount(value: Any) -> Decimal:
    """Money of a JSON number or text; nothing is zero.

    :raises BadAnswer: when it is neither
    """
    try:
        found = Decimal(str(value).strip() or "0") if value is not None else ZERO
    except ArithmeticError as error:
        raise BadAnswer(f"{value!r:.60} is no amount", code="amount") from error
    if not found.is_finite():
        raise BadAnswer(f"{value!r:.60} is no amount", code="amount")
    return found


def neutral_order(order: Mapping[str, Any], income: Mapping[str, Any] | None) -> dict:
    """One order of get_order_detail, with its income where there is one.

    :raises BadAnswer: when a part that every order has is missing or of another type
    """
    status = _text(order.get("order_status"))
    items = order.get("item_list")
    if not isinstance(items, list) or not items:
        raise BadAnswer("order without item_list", code="item_list")
    lines, discounts, fees, shipping_fee, total = _money(order, items, income)
    external_id = _text(order.get("order_sn"))
    is_cod = bool(order.get("cod"))
    paid_at = moment(order.get("pay_time"))
    return _without_nothing(
        {
            "schema_version": 1,
            "external_id": external_id,
            "number": external_id,
            "placed_at": _iso(order.get("create_time")),
            "updated_at": _iso(order.get("update_time")),
            "status": STATUSES.get(status, status.lower()),
            "currency": _text(order.get("currency")),
            "prices_include_tax": True,
            "customer": _customer(order),
            "shipping_address": _address(order.get("recipient_address") or {}),
            "lines": lines,
            "shipping": {
                "method": _package_carrier(order)
                or _text(order.get("shipping_carrier")),
                "carrier": _text(order.get("shipping_carrier")),
                "fee": str(shipping_fee),
                "ship_by": _iso(order.get("ship_by_date")),
            },
            "shipments": _shipments(order, lines),
            "discounts": discounts,
            "fees": fees,
            "payment": {
                "method": _text(order.get("payment_method")),
                "state": "paid" if paid_at else "unpaid" if is_cod else None,
                "cash_on_delivery": is_cod,
                "paid_at": _iso(order.get("pay_time")),
            },
            "total": str(total),
            "note": _text(order.get("message_to_seller")),
            "tags": _tags(order, status),
            "raw": plain({"order": order, "income": income}),
        }
    )


def line_id(item: Mapping[str, Any]) -> str:
    """What identifies a line of an order: item, model and the deal it was bought in."""
    own = item.get("line_item_id")
    group = item.get("promotion_group_id") or item.get("activity_id") or 0
    parts = [item.get("item_id"), item.get("model_id") or 0]
    return ":".join(map(str, [*parts, own or group] if own or group else parts))


def listing_id(item: Mapping[str, Any]) -> str:
    """What identifies the listing: item and model, 0 where there are no variations."""
    return f"{item.get('item_id')}:{item.get('model_id') or 0}"


def _money(order, items, income):
    """Lines, discounts, fees of the buyer, shipping fee and total."""
    if income is None:
        lines = [_line(item, *_listed_price(item)) for item in items]
        fee = amount(order.get("estimated_shipping_fee"))
        total = sum((Decimal(line["x_net"]) for line in lines), fee)
        return _clean(lines), [], [], fee, total
    lines = _lines_of_income(items, income)
    discounts = []
    seller = amount(income.get("voucher_from_seller"))
    if seller:
        code = ", ".join(map(str, income.get("seller_voucher_code") or ()))
        discounts.append(
            {"code": code or "voucher", "amount": str(seller), "borne_by": "seller"}
        )
    channel = ZERO
    for name, text in _CHANNEL_DISCOUNTS.items():
        value = amount(income.get(name))
        if value:
            discounts.append(
                {"code": text, "amount": str(value), "borne_by": "channel"}
            )
            channel += value
    fees = [
        {"type": kind, "amount": str(amount(income.get(name)))}
        for name, kind in _BUYER_FEES.items()
        if amount(income.get(name))
    ]
    fee = amount(income.get("buyer_paid_shipping_fee"))
    total = amount(income.get("buyer_total_amount")) + channel
    return _clean(lines), discounts, fees, fee, total


def _lines_of_income(items, income):
    prices: dict[str, list] = {}
    for item in income.get("items") or ():
        prices.setdefault(listing_id(item), []).append(item)
    lines = []
    for item in items:
        # the same listing may be in an order twice, alone and in a deal
        found = prices.get(listing_id(item)) or []
        quantity = _quantity(item)
        match = next(
            (
                one
                for one in found
                if int(one.get("quantity_purchased") or 0) == quantity
            ),
            found[0] if found else None,
        )
        if match is None:
            lines.append(_line(item, *_listed_price(item)))
            continue
        found.remove(match)
        net = amount(match.get("original_price")) - amount(match.get("seller_discount"))
        lines.append(_line(item, quantity, net))
    return lines


def _listed_price(item):
    price = amount(item.get("model_discounted_price"))
    price = price or amount(item.get("model_original_price"))
    quantity = _quantity(item)
    return quantity, price * quantity


def _line(item, quantity, net):
    unit, rest = unit_price(net, quantity)
    name = _text(item.get("item_name"))
    if _text(item.get("model_name")):
        name = f"{name}, {_text(item.get('model_name'))}"
    line = {
        "external_id": line_id(item),
        "sku": _text(item.get("model_sku")) or _text(item.get("item_sku")),
        "listing_id": listing_id(item),
        "name": name,
        "quantity": quantity,
        "unit_price": str(unit),
        "x_net": str(net),
    }
    cancelled = int(amount(item.get("cancelled_quantity")))
    if cancelled:
        line["cancelled_quantity"] = min(cancelled, quantity)
    if rest:
        line["discount"] = str(rest)
    return line


def _clean(lines):
    for line in lines:
        line.pop("x_net")
    return lines


def _quantity(item):
    quantity = amount(item.get("model_quantity_purchased"))
    if quantity != int(quantity) or quantity < 0:
        raise BadAnswer(f"{quantity} units", code="model_quantity_purchased")
    return int(quantity)


def _customer(order):
    # the buyer's name is a nickname, often with asterisks; the id is the same for ever
    buyer = order.get("buyer_user_id")
    return {
        "external_id": str(buyer) if buyer else None,
        "name": _text((order.get("recipient_address") or {}).get("name"))
        or _text(order.get("buyer_username")),
    }


def _address(address):
    return {
        "name": _text(address.get("name")),
        "phone": _text(address.get("phone")),
        "street": _text(address.get("full_address")),
        "ward": _text(address.get("town")) or _text(address.get("district")),
        "city": _text(address.get("city")),
        "state": _text(address.get("state")),
        "zip": _text(address.get("zipcode")),
        "country_code": _text(address.get("region")),
    }


def _shipments(order, lines):
    known = {line["listing_id"]: line["external_id"] for line in lines}
    shipped_at = _iso(order.get("pickup_done_time"))
    shipments = []
    for package in order.get("package_list") or ():
        if not shipped_at and not _text(package.get("tracking_number")):
            continue
        content = [
            {
                "line_id": known.get(listing_id(item), line_id(item)),
                "quantity": int(item.get("model_quantity") or 0),
            }
            for item in package.get("item_list") or ()
        ]
        shipments.append(
            {
                "external_id": _text(package.get("package_number")),
                "tracking": _text(package.get("tracking_number")),
                "carrier": _text(package.get("shipping_carrier")),
                "lines": content or None,
                "shipped_at": shipped_at,
            }
        )
    return shipments


def _package_carrier(order):
    packages = order.get("package_list") or ()
    return _text(packages[0].get("shipping_carrier")) if packages else ""


def _tags(order, status):
    tags = [f"shopee: {status}"] if status in _TAGGED else []
    if order.get("advance_package") or order.get("booking_sn"):
        # the goods travel under a booking already
        tags.append("shopee: advance package, do not ship")
    return tags


def plain(value: Any) -> Any:
    """JSON data without Decimal objects: they become texts."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _without_nothing(value):
    """Leave out what is not told: the schema wants no empty texts."""
    if isinstance(value, dict):
        return {
            key: found if key == "raw" else _without_nothing(found)
            for key, found in value.items()
            if found is not None and found != "" and found != []
        }
    if isinstance(value, list):
        return [_without_nothing(item) for item in value]
    return value


def _text(value):
    return "" if value is None else str(value).strip()


def _iso(value):
    at = moment(value)
    return at.isoformat() if at else None
