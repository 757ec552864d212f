# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa's orders as neutral orders, its refunds as returns without goods.

Amounts are in major units and not rounded. The totals of an item and of the order
shrink when goods come back, quantities do not: what came back is added again, since
neutral orders do not subtract returns.
"""

from datetime import timedelta
from decimal import Decimal

from .types import ListingRef, RemoteReturn, ReturnLine
from .types_return import find_mark
from .values import (
    filled,
    iso,
    join_words,
    latest,
    moment,
    money,
    number,
    postal,
    units,
)

FIELDS = ",".join(
    (
        "id,display_id,status,version,total,currency_code,email,created_at,updated_at",
        "shipping_total,shipping_tax_total,credit_line_total,sales_channel_id",
        "payment_status,fulfillment_status,*items,*items.tax_lines",
        "*items.adjustments,*items.detail,*shipping_methods,*shipping_address",
        "*credit_lines,*billing_address,*customer,*payment_collections,*promotions",
        "*payment_collections.payments,*payment_collections.payments.captures",
        "*payment_collections.payments.refunds,*fulfillments,*fulfillments.items",
        "*fulfillments.labels,metadata",
    )
)
#: key of an order's metadata: ``{id of the parcel: its label}`` of numbers that came,
#: or were changed, after the parcel had been shipped
LATE_TRACKING = "suite_tracking"
#: what is made together with the order
_AT_ONCE = timedelta(seconds=10)
_PAYMENTS = {
    "not_paid": "unpaid",
    "awaiting": "pending",
    "requires_action": "pending",
    "authorized": "authorized",
    "partially_authorized": "pending",
    "captured": "paid",
    "partially_captured": "pending",
    "partially_refunded": "partially_refunded",
    "refunded": "refunded",
    "canceled": "cancelled",
}


def parcel_label(parcel, metadata):
    """What is on a parcel: the number that came last."""
    late = (metadata or {}).get(LATE_TRACKING)
    if isinstance(late, dict) and isinstance(late.get(parcel["id"]), dict):
        return late[parcel["id"]]
    return next(iter(parcel.get("labels") or ()), {})


def came_back(item):
    """Units of an item that were received or written off as returned."""
    detail = item.get("detail") or {}
    return number(detail.get("return_received_quantity")) + number(
        detail.get("return_dismissed_quantity")
    )


class OrderTranslator:
    """Translates one order."""

    def __init__(self, order, options):
        self.order = order
        self.options = options
        methods = order.get("shipping_methods") or ()
        self.includes_tax = bool(order["items"]) and all(
            part.get("is_tax_inclusive") for part in (*order["items"], *methods)
        )

    @property
    def payments(self):
        """Every payment of the order."""
        for collection in self.order.get("payment_collections") or ():
            yield from collection.get("payments") or ()

    def neutral(self):
        """The neutral order.

        :raises ValueError: when the order has a status nobody knows
        """
        order = self.order
        lines, returned_value = [], self._credited_later()
        # Medusa's own order of them changes from version to version
        for item in sorted(order["items"], key=lambda one: one["id"]):
            line, value = self._line(item)
            lines.append(line)
            returned_value += value - number(item["total"])
        return filled(
            {
                "schema_version": 1,
                "external_id": order["id"],
                "number": str(order["display_id"]),
                "placed_at": iso(moment(order["created_at"])),
                "updated_at": iso(self.updated_at()),
                "status": self.status(),
                "currency": order["currency_code"].upper(),
                "prices_include_tax": self.includes_tax,
                "customer": self._customer(),
                "invoice_address": self._address(order.get("billing_address")),
                "shipping_address": self._address(order.get("shipping_address")),
                "lines": lines,
                "shipping": self._shipping(),
                "shipments": self._shipments(),
                "discounts": self._discounts(),
                "refunds": self._refunds(),
                "payment": self._payment(),
                "total": money(number(order["total"]) + returned_value),
                "raw": {
                    name: order.get(name)
                    for name in ("status", "payment_status", "fulfillment_status")
                },
            }
        )

    def updated_at(self):
        """When anything changed last: captures and refunds do not touch the order."""
        order = self.order
        texts = [order["created_at"], order["updated_at"]]
        for collection in order.get("payment_collections") or ():
            texts.append(collection.get("updated_at"))
        for payment in self.payments:
            texts.append(payment.get("updated_at"))
            for part in ("captures", "refunds"):
                texts += [one.get("created_at") for one in payment.get(part) or ()]
        for parcel in order.get("fulfillments") or ():
            texts.append(parcel.get("updated_at"))
        return latest(*texts)

    def status(self):
        """The neutral status.

        :raises ValueError: for a payment status that neither Medusa nor this knows
        """
        order = self.order
        payment = _PAYMENTS.get(order["payment_status"])
        if not payment:
            raise ValueError(f"payment status {order['payment_status']!r} is not known")
        if order["status"] == "canceled":
            return "cancelled"
        if self._has_all(came_back):
            return "returned"
        for status, name in (("delivered", "delivered"), ("shipped", "shipped")):
            if self._has_all(
                lambda item, n=name: number(item["detail"][f"{n}_quantity"])
            ):
                return status
        paid = {"paid", "partially_refunded", "refunded"}
        if self.options.get("authorized_is_paid"):
            paid.add("authorized")
        return "paid" if payment in paid else "unpaid"

    def _has_all(self, count):
        items = [item for item in self.order["items"] if item["quantity"]]
        return bool(items) and all(
            count(item) >= number(item["quantity"]) for item in items
        )

    def _line(self, item):
        """The neutral line, and what all of it costs with taxes."""
        quantity = number(item["quantity"])
        left = quantity - came_back(item)
        rate = sum((number(t["rate"]) for t in item.get("tax_lines") or ()), Decimal(0))
        price = number(item["unit_price"])
        if left:
            share = quantity / left
            gross, tax = (
                number(item["total"]) * share,
                number(item["tax_total"]) * share,
            )
        else:
            gross, tax = self._as_ordered(item, price * quantity, rate)
        if item.get("is_tax_inclusive") and not self.includes_tax:
            price = price / (1 + rate / 100)
        net = gross if self.includes_tax else gross - tax
        discount = money(price * quantity - net)
        title = item.get("product_title") or item.get("title")
        variant = item.get("variant_title") or item.get("subtitle")
        line = {
            "external_id": item["id"],
            "sku": item.get("variant_sku"),
            "barcode": item.get("variant_barcode"),
            "listing_id": ListingRef(item["product_id"], item["variant_id"] or "").key
            if item.get("product_id")
            else None,
            "name": ", ".join(filter(None, (title, variant))),
            "quantity": units(quantity),
            "unit_price": money(price),
            "discount": discount if discount != "0" else None,
            "tax": money(tax),
            "tax_rate": money(rate),
        }
        return filled(line), gross

    @staticmethod
    def _as_ordered(item, amount, rate):
        """(with taxes, taxes) of an item of which nothing is left."""
        for part in item.get("adjustments") or ():
            amount -= number(part["amount"])
        if item.get("is_tax_inclusive"):
            return amount, amount - amount / (1 + rate / 100)
        tax = amount * rate / 100
        return amount + tax, tax

    def _customer(self):
        order = self.order
        person = order.get("customer") or {}
        address = order.get("billing_address") or order.get("shipping_address") or {}
        name = join_words(person.get("first_name"), person.get("last_name"))
        return filled(
            {
                "external_id": person.get("id"),
                "name": name
                or join_words(address.get("first_name"), address.get("last_name")),
                "email": order.get("email") or person.get("email"),
                "phone": person.get("phone"),
                "company": person.get("company_name"),
            }
        )

    @staticmethod
    def _address(address):
        if not address:
            return None
        country = (address.get("country_code") or "").upper()
        return postal(address, "province", "postal_code", country)

    def _shipping(self):
        order = self.order
        total, tax = (
            number(order["shipping_total"]),
            number(order["shipping_tax_total"]),
        )
        names = [method["name"] for method in order.get("shipping_methods") or ()]
        return filled(
            {
                "method": ", ".join(names),
                "fee": money(total if self.includes_tax else total - tax),
                "tax": money(tax),
            }
        )

    def _shipments(self):
        found = []
        for parcel in self.order.get("fulfillments") or ():
            if parcel.get("canceled_at") or not parcel.get("shipped_at"):
                continue
            label = parcel_label(parcel, self.order.get("metadata"))
            found.append(
                filled(
                    {
                        "external_id": parcel["id"],
                        "tracking": label.get("tracking_number"),
                        "tracking_url": label.get("tracking_url"),
                        "carrier": label.get("carrier")
                        or (parcel.get("metadata") or {}).get("carrier"),
                        "lines": [
                            {
                                "line_id": part["line_item_id"],
                                "quantity": units(part["quantity"]),
                            }
                            for part in parcel.get("items") or ()
                            if part.get("line_item_id")
                        ],
                        "shipped_at": iso(moment(parcel["shipped_at"])),
                        "delivered_at": iso(moment(parcel.get("delivered_at"))),
                    }
                )
            )
        return found

    def _credited_later(self):
        """Credit that a refund or a cancellation left on the order.

        It lowers Medusa's total; neutral orders tell refunds and do not subtract them.
        Store credit that the buyer paid with is there from the beginning.
        """
        begin = moment(self.order["created_at"]) + _AT_ONCE
        return sum(
            (
                number(line["amount"])
                for line in self.order.get("credit_lines") or ()
                if line.get("reference") == "payment_collection"
                or moment(line["created_at"]) > begin
            ),
            Decimal(0),
        )

    def _discounts(self):
        """Vouchers, which are in the lines already, and store credit."""
        amounts = {}
        for item in self.order["items"]:
            for part in item.get("adjustments") or ():
                code = part.get("code") or ""
                amounts[code] = amounts.get(code, Decimal(0)) + number(part["amount"])
        found = [
            filled(
                {
                    "code": code,
                    "amount": money(amount),
                    "borne_by": "seller",
                    "in_lines": True,
                }
            )
            for code, amount in amounts.items()
            if amount > 0
        ]
        credit = number(self.order.get("credit_line_total")) - self._credited_later()
        if credit > 0:
            found.append(
                {"code": "credit", "amount": money(credit), "borne_by": "seller"}
            )
        return found

    def _refunds(self):
        return [
            filled(
                {
                    "external_id": find_mark(refund.get("note")) or refund["id"],
                    "amount": money(number(refund["amount"])),
                    "at": iso(moment(refund["created_at"])),
                    "reason": refund.get("note"),
                }
            )
            for payment in self.payments
            for refund in payment.get("refunds") or ()
        ]

    def _payment(self):
        payments = list(self.payments)
        captured = [p for p in payments if p.get("captured_at")]
        first = next(iter(captured or payments), {})
        amount = sum((number(p["amount"]) for p in payments), Decimal(0))
        return filled(
            {
                "method": first.get("provider_id"),
                "state": _PAYMENTS.get(self.order["payment_status"]),
                "paid_at": iso(moment(first.get("captured_at"))),
                "transaction_id": first.get("id"),
                "amount": money(amount) if payments else None,
            }
        )

    # --- refunds as returns ---
    def money_back(self):
        """A return without goods for each refund."""
        order_id = self.order["id"]
        for payment in self.payments:
            for refund in payment.get("refunds") or ():
                amount = number(refund["amount"])
                yield RemoteReturn(
                    external_id=find_mark(refund.get("note")) or refund["id"],
                    kind="refund_only",
                    status="closed",
                    currency=self.order["currency_code"].upper(),
                    lines=(ReturnLine(order_id, quantity=Decimal(0), refund=amount),),
                    requested_at=moment(refund["created_at"]),
                    updated_at=moment(refund.get("updated_at") or refund["created_at"]),
                    amount=amount,
                    reason=(refund.get("refund_reason") or {}).get("label", ""),
                    note=refund.get("note") or "",
                )
