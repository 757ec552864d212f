# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa's returns: goods that come back. Refunds are with the orders."""

from .types import RemoteReturn, ReturnLine
from .values import moment, number

_RETURNS = {
    "open": "requested",
    "requested": "to_receive",
    "partially_received": "to_receive",
    "received": "received",
    "canceled": "cancelled",
}


def goods_back(found, order):
    """A return of Medusa; ``order`` is its order, for names and the currency."""
    items = {item["id"]: item for item in order["items"]}
    kind = "return_refund"
    if found.get("exchange_id"):
        kind = "exchange"
    elif found.get("claim_id"):
        kind = "replacement"
    lines = []
    for part in found.get("items") or ():
        item = items.get(part["item_id"], {})
        lines.append(
            ReturnLine(
                order_external_id=found["order_id"],
                line_external_id=part["item_id"],
                sku=item.get("variant_sku") or "",
                name=item.get("product_title") or "",
                quantity=number(part["quantity"]),
                reason=(part.get("reason") or {}).get("label", ""),
            )
        )
    return RemoteReturn(
        external_id=found["id"],
        kind=kind,
        status=_RETURNS.get(found["status"], "requested"),
        currency=order["currency_code"].upper(),
        lines=tuple(lines),
        requested_at=moment(found.get("requested_at") or found["created_at"]),
        updated_at=moment(found["updated_at"]),
        raw_status=found["status"],
    )
