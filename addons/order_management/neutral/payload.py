# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What the inbox knows about a neutral order without understanding it (no Odoo)."""

import hashlib
import json

#: Keys of a neutral order that identify nobody: these survive a privacy erase.
_KEPT_KEYS = (
    "external_id",
    "number",
    "placed_at",
    "updated_at",
    "status",
    "currency",
    "prices_include_tax",
    "total",
    "schema_version",
)
_READING_ORDER = (
    "external_id",
    "number",
    "placed_at",
    "updated_at",
    "status",
    "customer",
    "shipping_address",
    "invoice_address",
    "note",
    "lines",
    "shipping",
    "discounts",
    "fees",
    "payment",
    "total",
    "currency",
)
_KEPT_LINE_KEYS = (
    "external_id",
    "sku",
    "barcode",
    "listing_id",
    "quantity",
    "cancelled_quantity",
    "unit_price",
    "discount",
    "tax",
    "tax_rate",
)
_KEPT_SHIPPING_KEYS = ("method", "carrier", "fee", "tax", "ship_by")
_KEPT_PAYMENT_KEYS = ("method", "state", "cash_on_delivery", "paid_at", "amount")
_KEPT_MONEY_KEYS = (
    "code",
    "type",
    "external_id",
    "amount",
    "tax",
    "borne_by",
    "in_lines",
    "paid_by",
    "at",
)


def canonical_hash(payload):
    """SHA-256 (64 hex digits) of a payload, the same however its keys are ordered.

    The payload is written as canonical JSON: keys sorted, no blanks, UTF-8, without
    the top-level key ``raw``, which repeats the message and may carry noise.

    :raises ValueError: when the payload is not plain JSON (NaN, infinity, half a
        surrogate pair, an object of another type, nested too deeply)
    """
    if isinstance(payload, dict):
        payload = {key: value for key, value in payload.items() if key != "raw"}
    try:
        text = json.dumps(
            payload,
            allow_nan=False,
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )
        data = text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"not plain JSON: {error}") from error
    return hashlib.sha256(data).hexdigest()


def without_personal_data(payload):
    """A copy of a neutral order that keeps what was bought, when and for how much.

    It works from a list of what is kept, so that a key nobody foresaw is dropped.
    Anything that is not a JSON object becomes an empty one.
    """
    if not isinstance(payload, dict):
        return {}
    kept = _pick(payload, _KEPT_KEYS)
    for key, line_keys in (
        ("lines", _KEPT_LINE_KEYS),
        ("discounts", _KEPT_MONEY_KEYS),
        ("fees", _KEPT_MONEY_KEYS),
        ("refunds", _KEPT_MONEY_KEYS),
    ):
        if isinstance(payload.get(key), list):
            kept[key] = [_pick(item, line_keys) for item in payload[key]]
    for key, part_keys in (
        ("shipping", _KEPT_SHIPPING_KEYS),
        ("payment", _KEPT_PAYMENT_KEYS),
    ):
        if isinstance(payload.get(key), dict):
            kept[key] = _pick(payload[key], part_keys)
    return kept


def in_reading_order(payload):
    """The payload with what people look for first; a database keeps no order of keys.

    Anything that is not a JSON object is returned as it is.
    """
    if not isinstance(payload, dict):
        return payload
    first = [key for key in _READING_ORDER if key in payload]
    return {key: payload[key] for key in dict.fromkeys([*first, *payload])}


def _pick(source, keys):
    """The plain values of ``source`` below ``keys``: never a nested object."""
    if not isinstance(source, dict):
        return {}
    return {
        key: source[key]
        for key in keys
        if key in source and not isinstance(source[key], (dict, list))
    }
