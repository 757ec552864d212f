# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Small conversions that several adapters need."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from .errors import BadAnswer

_FRACTION = re.compile(r"\.(\d+)")
_NINE = Decimal("1e-9")


def moment(text: Any) -> datetime | None:
    """An ISO 8601 text with zone as a moment in UTC, None for nothing.

    :raises BadAnswer: when it is something else
    """
    if not text:
        return None
    try:
        value = datetime.fromisoformat(_plain(text))
    except (AttributeError, TypeError, ValueError) as error:
        raise BadAnswer(f"{text!r:.40} is no moment") from error
    if value.tzinfo is None:
        raise BadAnswer(f"{text!r:.40} has no zone")
    return value.astimezone(timezone.utc)


def _plain(text):
    """As every Python reads it: no Z, three or six decimals of a second."""
    text = _FRACTION.sub(lambda found: f".{found[1]:0<6.6}", text)
    return text[:-1] + "+00:00" if text[-1] in "Zz" else text


def latest(*texts: Any) -> datetime | None:
    """The latest of several moments, some of which may be missing."""
    return max(filter(None, map(moment, texts)), default=None)


def iso(value: datetime | None) -> str | None:
    """A moment as neutral orders write it, to the millisecond."""
    if value is None:
        return None
    text = value.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def number(value: Any) -> Decimal:
    """A JSON number or decimal text, nothing as zero.

    :raises BadAnswer: when it is something else
    """
    if value is None or value == "":
        return Decimal(0)
    try:
        found = Decimal(value if isinstance(value, str | int) else str(value))
    except ArithmeticError as error:
        raise BadAnswer(f"{value!r:.40} is no number") from error
    if isinstance(value, bool) or not found.is_finite():
        raise BadAnswer(f"{value!r:.40} is no number")
    return found


def money(value: Decimal) -> str:
    """An amount as neutral orders write it: plain digits, at most nine decimals."""
    text = f"{value.quantize(_NINE):f}"
    whole, _point, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    text = f"{whole}.{fraction}" if fraction else whole
    return "0" if text == "-0" else text


def units(value: Any) -> str | int:
    """A quantity as neutral orders write it."""
    found = number(value)
    return int(found) if found == found.to_integral_value() else f"{found:f}"


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what says something: neither None, nor empty texts, lists and objects."""
    return {
        key: value for key, value in values.items() if value not in (None, "", [], {})
    }


def join_words(*words: Any) -> str:
    """Words with one blank between them."""
    return " ".join(str(word).strip() for word in words if word and str(word).strip())


def postal(
    address: Mapping[str, Any], state: str, zip_code: str, country_code: Any
) -> dict[str, Any]:
    """A neutral address of one whose names are as most shops have them.

    ``state`` and ``zip_code`` say what the shop calls those two.
    """
    return filled(
        {
            "name": join_words(address.get("first_name"), address.get("last_name")),
            "company": address.get("company"),
            "phone": address.get("phone"),
            "street": address.get("address_1"),
            "street2": address.get("address_2"),
            "city": address.get("city"),
            "state": address.get(state),
            "zip": address.get(zip_code),
            "country_code": country_code,
        }
    )
