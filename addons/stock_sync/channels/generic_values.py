# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The JSON of generic shops, read and written."""

from decimal import Decimal
from typing import Any

from .errors import BadAnswer
from .types import ListingRef, RemoteListing, RemoteReturn, ReturnLine
from .values import moment, number

_KINDS = {"return_refund", "refund_only", "exchange", "replacement"}
_STATUSES = {
    "requested",
    "approved",
    "to_receive",
    "received",
    "closed",
    "refused",
    "cancelled",
}


def pointer(document: Any, path: str, default: Any = None) -> Any:
    """What a JSON pointer leads to, ``default`` where there is nothing.

    The empty pointer is the whole document.
    """
    if not path:
        return document
    for part in path.lstrip("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif (
            isinstance(document, list) and name.isdigit() and int(name) < len(document)
        ):
            document = document[int(name)]
        else:
            return default
    return document


def order_ids(order: Any) -> str:
    """The external id of a neutral order, empty when it has none to use."""
    value = order.get("external_id") if isinstance(order, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def _object(value, what):
    if not isinstance(value, dict):
        raise BadAnswer(f"a {what} that is no object")
    return value


def _texts(source, *names):
    return {name: str(source.get(name) or "") for name in names}


def read_ref(source: dict) -> ListingRef:
    """Which listing: ``item_id`` and ``variant_id``, or both in ``listing_id``."""
    if source.get("item_id"):
        item, variant = source["item_id"], source.get("variant_id") or ""
    else:
        item, _colon, variant = str(source.get("listing_id") or "").partition(":")
    if not item:
        raise BadAnswer("a listing without listing_id")
    return ListingRef(str(item), str(variant), str(source.get("location_id") or ""))


def write_ref(ref: ListingRef) -> dict:
    """A listing as the shop knows it."""
    values = {"listing_id": ref.key, "location_id": ref.location_id}
    return {name: value for name, value in values.items() if value}


def read_listing(source: Any) -> RemoteListing:
    """A listing of the shop.

    :raises BadAnswer: when it is none
    """
    source = _object(source, "listing")
    price, quantity = source.get("price"), source.get("quantity")
    return RemoteListing(
        ref=read_ref(source),
        price=None if price is None else number(price),
        quantity=None if quantity is None else int(number(quantity)),
        allocated=int(number(source.get("allocated"))),
        active=source.get("active") is not False,
        tracked=source.get("tracked") is not False,
        **_texts(source, "sku", "barcode", "name", "variant", "currency", "url"),
    )


def read_return(source: Any) -> RemoteReturn:
    """A return of the shop.

    :raises BadAnswer: when it is none, or of a kind or status that is not known
    """
    source = _object(source, "return")
    external_id = order_ids(source)
    kind = source.get("kind", "return_refund")
    status = source.get("status", "requested")
    if not external_id or kind not in _KINDS or status not in _STATUSES:
        raise BadAnswer(f"return {external_id:.40}: kind {kind!r}, status {status!r}")
    order_id = str(source.get("order_id") or "")
    lines = [
        ReturnLine(
            order_external_id=str(line.get("order_id") or order_id),
            line_external_id=str(line.get("line_id") or ""),
            quantity=number(line.get("quantity", 1)),
            refund=number(line.get("refund")),
            **_texts(line, "sku", "name", "reason"),
        )
        for line in source.get("lines") or ()
    ]
    amount = number(source.get("amount"))
    if not lines:
        lines = [ReturnLine(order_id, quantity=Decimal(0), refund=amount)]
    return RemoteReturn(
        external_id=external_id,
        kind=kind,
        status=status,
        currency=str(source.get("currency") or ""),
        lines=tuple(lines),
        requested_at=moment(source.get("requested_at")),
        updated_at=moment(source.get("updated_at")),
        amount=amount,
        **_texts(source, "reason", "note", "tracking"),
    )


def write_lines(lines) -> list[dict]:
    """Lines of an order as the shop knows them."""
    return [{"line_ids": list(ids), "quantity": count} for ids, count in lines]
