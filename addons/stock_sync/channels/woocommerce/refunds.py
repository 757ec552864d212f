# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Refunds of orders in WooCommerce, which knows no returns.

The goods are not put back on sale: what came back is counted here, and told as stock.
Whether the shop's own payment plug-in gives the money back is option
``refund_payment``; without, the refund is a record and the money goes another way.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..errors import AlreadyDone, NotFound
from ..types_return import RefundedLine, ReturnDecision
from ..values import money, number

#: our own mark, which nobody who shops sees
MARK_META = "_order_suite_refund"
_PAGE = 100


def mark_of(refund: Mapping[str, Any]) -> str:
    """The mark that a refund made from here carries, empty for others."""
    for meta in refund.get("meta_data") or ():
        if meta.get("key") == MARK_META:
            return str(meta.get("value") or "")
    return ""


class RefundsMixin:
    """The part of the adapter that gives money back; needs ``client``, ``shop``."""

    def refund_order(self, told: ReturnDecision) -> str:
        """Write a refund into the order; its number.

        :raises AlreadyDone: when the order has this refund
        :raises Refused: when more is given back than was paid
        """
        order_id = told.order_external_id
        if not order_id.isascii() or not order_id.isdigit():
            raise NotFound(f"{order_id!r:.40} is no order of WooCommerce", code="order")
        name = f"orders/{order_id}"
        reason = told.number
        for refund in self.client.get(f"{name}/refunds", per_page=_PAGE):
            # the shop may have been cut off before it kept the mark
            if mark_of(refund) == told.mark or reason and refund["reason"] == reason:
                raise AlreadyDone(told.mark, code=str(refund.get("id") or "refund"))
        body = {
            "amount": money(told.amount),
            "reason": reason,
            "api_refund": bool(self.shop.options.get("refund_payment")),
            "api_restock": False,
            "meta_data": [{"key": MARK_META, "value": told.mark}],
        }
        if told.lines:
            sold = {str(item["id"]): item for item in self.client.get(name)[_ITEMS]}
            body[_ITEMS] = [
                _refund_line(sold[line.external_ids[0]], line)
                for line in told.lines
                if line.external_ids[0] in sold
            ]
        made, _answer = self.client.request("POST", f"{name}/refunds", body=body)
        return str(made.get("id") or "")


_ITEMS = "line_items"


def _refund_line(item: Mapping[str, Any], line: RefundedLine) -> dict[str, Any]:
    """A line's money without and with tax, in the proportion in which it was sold."""
    net, tax = number(item.get("total")), number(item.get("total_tax"))
    gross = net + tax
    part = min(line.amount / gross, Decimal(1)) if gross else Decimal(0)
    taxes = [
        {"id": one["id"], "refund_total": _cents(number(one.get("total")) * part)}
        for one in item.get("taxes") or ()
        if one.get("total")
    ]
    rest = min(line.amount, gross) - sum(number(one["refund_total"]) for one in taxes)
    values = {"id": item["id"], "quantity": line.units, "refund_total": _cents(rest)}
    return {**values, "refund_tax": taxes} if taxes else values


def _cents(value: Decimal) -> str:
    return money(value.quantize(Decimal("0.01"), ROUND_HALF_UP))
