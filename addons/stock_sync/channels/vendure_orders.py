# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Vendure's orders as neutral orders and returns.

Vendure writes amounts in whole minor units, and always twice: without and with taxes.
The latter are taken. ``quantity`` of a line shrinks when units are cancelled, and also
when shipped units come back; ``orderPlacedQuantity`` keeps what was ordered. The total
shrinks with it: what came back is added again, since neutral orders do not subtract
returns.
"""

from decimal import Decimal

from .types import ListingRef, RemoteReturn, ReturnLine
from .types_return import find_mark
from .values import filled, iso, join_words, latest, moment, money

_STATES = {
    "PaymentSettled": "paid",
    "PartiallyShipped": "paid",
    "Shipped": "shipped",
    "PartiallyDelivered": "paid",
    "Delivered": "delivered",
    # the seller is changing it there: wait
    "Modifying": "unpaid",
    "ArrangingAdditionalPayment": "unpaid",
}
_PAYMENTS = {
    "Created": "pending",
    "Authorized": "authorized",
    "Settled": "paid",
    "Declined": "failed",
    "Error": "failed",
    "Cancelled": "cancelled",
}
_REFUNDS = {"Pending": "approved", "Settled": "closed", "Failed": "cancelled"}


class OrderTranslator:
    """Translates one order. ``precision``: decimals of the shop's amounts."""

    def __init__(self, order, precision, options):
        self.order = order
        self.options = options
        self._unit = Decimal(1).scaleb(-precision)
        self.fulfilled = {}
        for parcel in self._parcels():
            for line in parcel["lines"]:
                key = line["orderLineId"]
                self.fulfilled[key] = self.fulfilled.get(key, 0) + line["quantity"]

    def amount(self, minor):
        """Minor units as an amount."""
        return minor * self._unit

    def _parcels(self):
        return [
            parcel
            for parcel in self.order.get("fulfillments") or ()
            if parcel["state"] != "Cancelled"
        ]

    def _ordered(self, line):
        """(ordered, cancelled before shipping, shipped and come back)."""
        left = line["quantity"]
        shipped = self.fulfilled.get(line["id"], 0)
        ordered = max(line["orderPlacedQuantity"], left, shipped)
        return ordered, ordered - max(left, shipped), max(shipped - left, 0)

    def neutral(self):
        """The neutral order.

        :raises ValueError: when the order is in a state nobody knows
        """
        order = self.order
        lines, returned_value = [], Decimal(0)
        for line in order["lines"]:
            neutral, unit_value = self._line(line)
            lines.append(neutral)
            returned_value += self._ordered(line)[2] * unit_value
        return filled(
            {
                "schema_version": 1,
                "external_id": str(order["id"]),
                "number": order["code"],
                "placed_at": iso(moment(order["orderPlacedAt"])),
                "updated_at": iso(self.updated_at()),
                "status": self.status(),
                "currency": order["currencyCode"],
                "prices_include_tax": True,
                "customer": self._customer(),
                "invoice_address": self._address(order.get("billingAddress")),
                "shipping_address": self._address(order.get("shippingAddress")),
                "lines": lines,
                "shipping": self._shipping(),
                "shipments": self._shipments(),
                "discounts": self._discounts(),
                "fees": self._fees(),
                "refunds": [self._refund(refund) for refund in self._refunds()],
                "payment": self._payment(),
                "total": money(self.amount(order["totalWithTax"]) + returned_value),
                "raw": {
                    name: order.get(name)
                    for name in ("state", "type", "updatedAt", "totalWithTax")
                },
            }
        )

    def updated_at(self):
        """When anything of the order changed last.

        Vendure's own ``updatedAt`` stays as it is when the state changes.
        """
        order = self.order
        texts = [order["orderPlacedAt"], order["updatedAt"]]
        texts += [line.get("updatedAt") for line in order["lines"]]
        texts += [parcel["updatedAt"] for parcel in order.get("fulfillments") or ()]
        texts += [entry["createdAt"] for entry in order["history"]["items"]]
        for payment in order.get("payments") or ():
            texts.append(payment["updatedAt"])
            texts += [refund["updatedAt"] for refund in payment["refunds"]]
        return latest(*texts)

    def status(self):
        """The neutral status.

        :raises ValueError: for a state that neither Vendure nor ``options`` explain
        """
        state = self.order["state"]
        if state == "Cancelled":
            return "returned" if any(self.fulfilled.values()) else "cancelled"
        if state == "PaymentAuthorized":
            return "paid" if self.options.get("authorized_is_paid") else "unpaid"
        if state.startswith("Partially") and self._is_all_shipped():
            # also when the rest was cancelled, which changes no state
            return "shipped"
        status = _STATES.get(state) or self.options.get("states", {}).get(state)
        if not status:
            raise ValueError(f"the order's state {state!r} is not known")
        return status

    def _is_all_shipped(self):
        return all(
            self.fulfilled.get(line["id"], 0) >= line["quantity"]
            for line in self.order["lines"]
        )

    def _line(self, line):
        """The neutral line, and what one unit of it costs in the end."""
        ordered, cancelled, _returned = self._ordered(line)
        left = line["quantity"]
        price = self.amount(line["unitPriceWithTax"])
        net = self.amount(line["unitPrice"])
        # what is left of the line tells the discount and the tax of all of it
        total = self.amount(line["proratedLinePriceWithTax"])
        share = Decimal(ordered) / left if left else Decimal(0)
        if left:
            discount = (price * left - total) * share
            tax = (total - self.amount(line["proratedLinePrice"])) * share
        else:
            discount, tax = Decimal(0), (price - net) * ordered
        variant = line["productVariant"]
        neutral = {
            "external_id": str(line["id"]),
            "sku": variant["sku"],
            "listing_id": ListingRef(variant["product"]["id"], variant["id"]).key,
            "name": variant["name"],
            "quantity": ordered,
            "cancelled_quantity": cancelled or None,
            "unit_price": money(price),
            "discount": money(discount) if discount else None,
            "tax": money(tax),
            "tax_rate": money(Decimal(line["taxRate"])),
        }
        return filled(neutral), total / left if left else price

    def _customer(self):
        person = self.order.get("customer") or {}
        return filled(
            {
                "external_id": person.get("id"),
                "name": join_words(person.get("firstName"), person.get("lastName")),
                "email": person.get("emailAddress"),
                "phone": person.get("phoneNumber"),
            }
        )

    @staticmethod
    def _address(address):
        address = address or {}
        if not address.get("streetLine1") and not address.get("fullName"):
            return None
        return filled(
            {
                "name": address.get("fullName"),
                "company": address.get("company"),
                "phone": address.get("phoneNumber"),
                "street": address.get("streetLine1"),
                "street2": address.get("streetLine2"),
                "city": address.get("city"),
                "state": address.get("province"),
                "zip": address.get("postalCode"),
                "country_code": address.get("countryCode"),
            }
        )

    def _shipping(self):
        order = self.order
        fee = order["shippingWithTax"]
        names = [line["shippingMethod"]["name"] for line in order["shippingLines"]]
        return filled(
            {
                "method": ", ".join(names),
                "fee": money(self.amount(fee)),
                "tax": money(self.amount(fee - order["shipping"])),
            }
        )

    def _shipments(self):
        return [
            filled(
                {
                    "external_id": parcel["id"],
                    "tracking": parcel.get("trackingCode"),
                    "carrier": parcel.get("method"),
                    "lines": [
                        {"line_id": str(x["orderLineId"]), "quantity": x["quantity"]}
                        for x in parcel["lines"]
                    ],
                    "shipped_at": iso(moment(parcel["createdAt"])),
                    "delivered_at": iso(moment(parcel["updatedAt"]))
                    if parcel["state"] == "Delivered"
                    else None,
                }
            )
            for parcel in self._parcels()
            if parcel["state"] in ("Shipped", "Delivered")
        ]

    def _discounts(self):
        """What is in the lines already, by name, and surcharges that reduce."""
        found = [
            {
                "code": discount["description"],
                "amount": money(self.amount(-discount["amountWithTax"])),
                "borne_by": "seller",
                "in_lines": True,
            }
            for discount in self.order["discounts"]
            if discount["amountWithTax"] < 0
        ]
        found += [
            {
                "code": extra["description"],
                "amount": money(self.amount(-extra["priceWithTax"])),
                "borne_by": "seller",
            }
            for extra in self.order["surcharges"]
            if extra["priceWithTax"] < 0
        ]
        return found

    def _fees(self):
        return [
            {
                "type": extra.get("sku") or "surcharge",
                "name": extra["description"],
                "amount": money(self.amount(extra["priceWithTax"])),
                "tax": money(self.amount(extra["priceWithTax"] - extra["price"])),
                "paid_by": "buyer",
            }
            for extra in self.order["surcharges"]
            if extra["priceWithTax"] > 0
        ]

    def _refunds(self):
        for payment in self.order.get("payments") or ():
            for refund in payment["refunds"]:
                if refund["state"] != "Failed":
                    yield refund

    def _refund(self, refund):
        return filled(
            {
                "external_id": find_mark(refund.get("reason")) or refund["id"],
                "amount": money(self.amount(refund["total"])),
                "lines": [
                    {"line_id": str(line["orderLineId"]), "quantity": line["quantity"]}
                    for line in refund["lines"]
                    if line["quantity"]
                ],
                "at": iso(moment(refund["createdAt"])),
                "reason": refund.get("reason"),
            }
        )

    def _payment(self):
        payments = self.order.get("payments") or ()
        good = [p for p in payments if p["state"] in ("Settled", "Authorized")]
        if not good:
            state = _PAYMENTS.get(payments[-1]["state"]) if payments else "unpaid"
            return filled({"state": state})
        paid = sum(payment["amount"] for payment in good)
        back = sum(refund["total"] for refund in self._refunds())
        is_settled = all(payment["state"] == "Settled" for payment in good)
        state = "paid" if is_settled else "authorized"
        if back:
            state = "refunded" if back >= paid else "partially_refunded"
        elif is_settled and self.status() == "unpaid":
            state = "pending"
        return filled(
            {
                "method": good[0]["method"],
                "state": state,
                "paid_at": iso(moment(good[0]["createdAt"])) if is_settled else None,
                "transaction_id": good[0].get("transactionId"),
                "amount": money(self.amount(paid)),
            }
        )

    # --- returns ---
    def returns(self):
        """A return for each refund of the order."""
        for payment in self.order.get("payments") or ():
            for refund in payment["refunds"]:
                yield self._return(refund)

    def _return(self, refund):
        order = self.order
        order_id, amount = str(order["id"]), self.amount(refund["total"])
        lines = {line["id"]: line for line in order["lines"]}
        found = [
            (lines[part["orderLineId"]], part["quantity"])
            for part in refund["lines"]
            if part["orderLineId"] in lines and part["quantity"]
        ]
        is_back = any(self._ordered(line)[2] for line, _quantity in found)
        return RemoteReturn(
            external_id=find_mark(refund.get("reason")) or str(refund["id"]),
            kind="return_refund" if is_back else "refund_only",
            status=_REFUNDS.get(refund["state"], "requested"),
            currency=order["currencyCode"],
            lines=tuple(self._return_line(line, count) for line, count in found)
            or (ReturnLine(order_id, quantity=Decimal(0), refund=amount),),
            requested_at=moment(refund["createdAt"]),
            updated_at=moment(refund["updatedAt"]),
            amount=amount,
            reason=refund.get("reason") or "",
            raw_status=refund["state"],
        )

    def _return_line(self, line, count):
        _neutral, unit_value = self._line(line)
        return ReturnLine(
            order_external_id=str(self.order["id"]),
            line_external_id=str(line["id"]),
            sku=line["productVariant"]["sku"],
            name=line["productVariant"]["name"],
            quantity=Decimal(count),
            refund=unit_value * count,
        )
