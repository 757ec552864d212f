# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Shopee's returns and what it pays, as plain values.

Escrow (v2.payment.get_escrow_detail)::

    escrow_amount = buyer_total_amount + shopee_discount + voucher_from_shopee + coins
        + payment_promotion - buyer_transaction_fee - cross_border_tax - commission_fee
        - service_fee - seller_transaction_fee - ... + final_shipping_fee

Whatever of it is not named here goes into a line of its own, "other": the lines of a
statement always add up to what was paid.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..types import RemoteReturn, RemoteSettlement, ReturnLine, SettlementLine
from .client import moment
from .orders import ZERO, amount, listing_id

_RETURN_STATUSES = {
    "REQUESTED": "requested",
    "JUDGING": "requested",
    "SELLER_DISPUTE": "requested",
    "PROCESSING": "to_receive",
    "ACCEPTED": "approved",
    "CLOSED": "closed",
    "CANCELLED": "cancelled",
}
#: return_solution: 0 return and refund, 1 refund only
_REFUND_ONLY = (1, "1", "REFUND")

#: income field -> (kind of settlement line, sign seen by the seller)
_FEES = {
    "commission_fee": ("commission", -1),
    "service_fee": ("service_fee", -1),
    "seller_transaction_fee": ("payment_fee", -1),
    "campaign_fee": ("campaign_fee", -1),
    "order_ams_commission_fee": ("affiliate_commission", -1),
    "seller_order_processing_fee": ("processing_fee", -1),
    "fbs_fee": ("fulfilment_fee", -1),
    "seller_coin_cash_back": ("coin_cash_back", -1),
    "escrow_tax": ("tax", -1),
    "withholding_tax": ("withholding_tax", -1),
    "withholding_vat_tax": ("withholding_tax", -1),
    "withholding_pit_tax": ("withholding_tax", -1),
    "final_product_vat_tax": ("tax", -1),
    "final_shipping_vat_tax": ("tax", -1),
    "buyer_transaction_fee": ("buyer_fee", -1),
    "cross_border_tax": ("tax", -1),
    "drc_adjustable_refund": ("refund", -1),
    "seller_return_refund": ("refund", -1),
    "seller_lost_compensation": ("compensation", 1),
    "final_shipping_fee": ("shipping_fee", 1),
}


def remote_return(detail: Mapping[str, Any]) -> RemoteReturn:
    """One return of get_return_detail or get_return_list."""
    status = str(detail.get("status") or "")
    solution = detail.get("return_solution")
    order = str(detail.get("order_sn") or "")
    lines = tuple(
        ReturnLine(
            order_external_id=order,
            line_external_id=listing_id(item),
            sku=str(item.get("variation_sku") or item.get("item_sku") or "").strip(),
            name=str(item.get("name") or ""),
            quantity=amount(item.get("amount")),
            refund=amount(item.get("refund_amount")),
            reason=str(detail.get("reason") or ""),
        )
        for item in detail.get("item") or ()
    )
    refund_only = solution in _REFUND_ONLY or detail.get("needs_logistics") is False
    return RemoteReturn(
        external_id=str(detail.get("return_sn") or ""),
        kind="refund_only" if refund_only else "return_refund",
        status=_RETURN_STATUSES.get(status, "requested"),
        currency=str(detail.get("currency") or ""),
        lines=lines,
        requested_at=moment(detail.get("create_time")),
        updated_at=moment(detail.get("update_time")),
        amount=amount(detail.get("refund_amount")),
        reason=str(detail.get("reason") or ""),
        note=str(detail.get("text_reason") or ""),
        tracking=str(detail.get("tracking_number") or ""),
        raw_status=status,
    )


def settlement_lines(order_sn: str, income: Mapping[str, Any], at: datetime | None):
    """The income of one order, line by line; together its escrow amount."""
    paid = income.get("escrow_amount_after_adjustment")
    total = amount(income.get("escrow_amount") if paid in (None, "") else paid)
    lines = []

    def add(name, kind, value, text=""):
        if value:
            lines.append(
                SettlementLine(f"{order_sn}:{name}", kind, value, order_sn, text, at)
            )

    gross = amount(income.get("buyer_total_amount")) + sum(
        (
            amount(income.get(name))
            for name in (
                "shopee_discount",
                "voucher_from_shopee",
                "coins",
                "payment_promotion",
            )
        ),
        ZERO,
    )
    add("order", "order", gross)
    for name, (kind, sign) in _FEES.items():
        add(name, kind, sign * amount(income.get(name)))
    for index, adjustment in enumerate(income.get("order_adjustment") or ()):
        add(
            f"adjustment{index}",
            "adjustment",
            amount(adjustment.get("amount")),
            str(adjustment.get("adjustment_reason") or ""),
        )
    add("other", "other", total - sum((line.amount for line in lines), ZERO))
    return lines, total


def settlement(
    reference: str, currency: str, released: Sequence[tuple], incomes: Mapping[str, Any]
) -> RemoteSettlement:
    """What was released on one day, as one statement.

    :param released: ``[(order number, amount paid, moment)]``
    :param incomes: income by order number
    """
    lines: list[SettlementLine] = []
    total = Decimal(0)
    for order_sn, paid, at in released:
        income = incomes.get(order_sn)
        if income is None:
            line = SettlementLine(f"{order_sn}:order", "order", paid, order_sn, "", at)
            own, value = [line], paid
        else:
            own, value = settlement_lines(order_sn, income, at)
            if value != paid:
                own.append(
                    SettlementLine(
                        f"{order_sn}:difference",
                        "other",
                        paid - value,
                        order_sn,
                        "",
                        at,
                    )
                )
        lines += own
        total += paid
    moments = [at for _sn, _paid, at in released if at]
    return RemoteSettlement(
        external_id=reference,
        currency=currency,
        amount=total,
        lines=tuple(lines),
        date_from=min(moments, default=None),
        date_to=max(moments, default=None),
        paid_at=max(moments, default=None),
        final=True,
    )
