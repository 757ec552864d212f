# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""WooCommerce's orders as neutral orders.

All amounts are without taxes, also where ``prices_include_tax`` is true, and every one
has its tax beside it. A line's ``subtotal`` is before coupons, its ``total`` after.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..errors import BadAnswer
from ..prices import unit_price
from ..types import ListingRef
from ..values import filled, join_words, money, number, postal, units
from .refunds import mark_of

#: WooCommerce's words -> the neutral order's; those of plug-ins come with the shop's
#: option "statuses" or are passed on as they are
STATUSES = {
    "pending": "unpaid",
    "on-hold": "unpaid",
    "failed": "unpaid",
    "processing": "paid",
    "completed": "shipped",
    "cancelled": "cancelled",
    "trash": "cancelled",
    "refunded": "returned",
}
#: a cart on its way through the checkout
NO_ORDER = ("checkout-draft", "auto-draft")
CASH_ON_DELIVERY = "cod"


def gmt(text: Any) -> str | None:
    """WooCommerce's GMT moments have no zone; with it, or None for nothing."""
    if not text:
        return None
    if not isinstance(text, str):
        raise BadAnswer(f"{text!r:.40} is no moment", code="date")
    return f"{text}+00:00"


def neutral_order(
    order: Mapping[str, Any],
    refunds: Sequence[Mapping[str, Any]] = (),
    statuses: Mapping[str, str] | None = None,
) -> dict:
    """One order of the REST API; ``refunds``: its refunds, read whole.

    :raises BadAnswer: when a part that every order has is missing or of another type
    """
    items = order.get("line_items")
    if not isinstance(items, list) or not items:
        raise BadAnswer("order without line_items", code="line_items")
    status = str(order.get("status") or "")
    known = {**STATUSES, **(statuses or {})}
    external_id = str(order.get("id") or "")
    fees, discounts = _fees(order)
    return filled(
        {
            "schema_version": 1,
            "external_id": external_id,
            "number": str(order.get("number") or external_id),
            "placed_at": gmt(order.get("date_created_gmt")),
            "updated_at": gmt(order.get("date_modified_gmt")),
            "status": known.get(status, status),
            "currency": order.get("currency"),
            "prices_include_tax": False,
            "customer": _customer(order),
            "invoice_address": _address(order.get("billing") or {}),
            "shipping_address": _shipping_address(order),
            "lines": [_line(item) for item in items],
            "shipping": _shipping(order),
            "discounts": discounts,
            "fees": fees,
            "refunds": [_refund(refund) for refund in refunds],
            "payment": _payment(order, status),
            "total": money(number(order.get("total"))),
            "note": order.get("customer_note"),
            "raw": _plain(order),
        }
    )


def _line(item):
    quantity = number(item.get("quantity"))
    subtotal, total = number(item.get("subtotal")), number(item.get("total"))
    unit, rest = unit_price(subtotal, quantity)
    discount = subtotal - total + rest
    if discount < 0:
        # a plug-in raised the price after the subtotal was made
        unit, discount = unit_price(total, quantity)
    ref = ListingRef(
        str(item.get("product_id") or ""), str(item.get("variation_id") or "")
    )
    line = {
        "external_id": str(item.get("id")),
        "sku": item.get("sku"),
        "listing_id": listing_key(ref),
        "name": item.get("name"),
        "quantity": units(quantity),
        "unit_price": money(unit),
        "tax": money(number(item.get("total_tax"))),
    }
    if discount:
        line["discount"] = money(discount)
    return filled(line)


def listing_key(ref: ListingRef) -> str:
    """How order lines name a listing: product, or product and variation."""
    if not ref.item_id or ref.item_id == "0":
        return ""
    return f"{ref.item_id}:{ref.variant_id}" if ref.variant_id else ref.item_id


def _fees(order):
    """Charges of the buyer, and the negative ones as discounts."""
    fees, discounts = [], []
    for fee in order.get("fee_lines") or ():
        net, tax = number(fee.get("total")), number(fee.get("total_tax"))
        if net + tax < 0:
            discounts.append(
                {
                    "code": str(fee.get("name") or "discount"),
                    "amount": money(-(net + tax)),
                    "borne_by": "seller",
                }
            )
        else:
            fees.append(
                filled(
                    {
                        "type": "fee",
                        "name": fee.get("name"),
                        "amount": money(net),
                        "tax": money(tax),
                    }
                )
            )
    for coupon in order.get("coupon_lines") or ():
        discount = number(coupon.get("discount"))
        if discount > 0:
            discounts.append(
                {
                    "code": str(coupon.get("code") or "coupon"),
                    "amount": money(discount),
                    "borne_by": "seller",
                    # the lines' totals hold it already
                    "in_lines": True,
                }
            )
    return fees, discounts


def _shipping(order):
    lines = order.get("shipping_lines") or ()
    return filled(
        {
            "method": ", ".join(str(line.get("method_title") or "") for line in lines),
            "fee": money(number(order.get("shipping_total"))),
            "tax": money(number(order.get("shipping_tax"))),
        }
    )


def _refund(refund):
    lines = []
    for item in refund.get("line_items") or ():
        quantity = abs(number(item.get("quantity")))
        sold = next(
            (
                str(meta.get("value"))
                for meta in item.get("meta_data") or ()
                if meta.get("key") == "_refunded_item_id"
            ),
            "",
        )
        if sold and quantity:
            lines.append({"line_id": sold, "quantity": units(quantity)})
    return filled(
        {
            "external_id": mark_of(refund) or str(refund.get("id")),
            "amount": money(abs(number(refund.get("amount")))),
            "at": gmt(refund.get("date_created_gmt")),
            "reason": refund.get("reason"),
            "lines": lines,
        }
    )


def _payment(order, status):
    paid_at = gmt(order.get("date_paid_gmt"))
    is_cod = order.get("payment_method") == CASH_ON_DELIVERY
    state = "paid" if paid_at else "failed" if status == "failed" else None
    return filled(
        {
            "method": order.get("payment_method_title") or order.get("payment_method"),
            "state": state,
            "cash_on_delivery": is_cod,
            "paid_at": paid_at,
            "transaction_id": order.get("transaction_id"),
        }
    )


def _customer(order):
    billing = order.get("billing") or {}
    number_ = order.get("customer_id")
    return filled(
        {
            # 0 is everybody without an account
            "external_id": str(number_) if number_ else None,
            "name": join_words(billing.get("first_name"), billing.get("last_name")),
            "email": billing.get("email"),
            "phone": billing.get("phone"),
            "company": billing.get("company"),
        }
    )


def _address(address):
    return postal(address, "state", "postcode", address.get("country"))


def _shipping_address(order):
    shipping = _address(order.get("shipping") or {})
    billing = _address(order.get("billing") or {})
    if not shipping.get("street") and not shipping.get("city"):
        return billing
    if billing.get("phone"):
        shipping.setdefault("phone", billing["phone"])
    return shipping


def _plain(value):
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        # links only repeat the shop's address
        return {k: _plain(v) for k, v in value.items() if k != "_links"}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
