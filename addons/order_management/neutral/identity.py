# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which order is it, and is this version of it news?"""

import re
from datetime import datetime, timedelta

from .moments import parse_timestamp
from .payload import canonical_hash

NEWER, SAME, OLDER = "newer", "same", "older"
_MAX_LENGTH = 255
_CLOCK_SLACK = timedelta(days=1)
_FORBIDDEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
#: Whole JSON numbers beyond this lose digits in many programs.
_MAX_INTEGER = 2**53 - 1
#: What careless senders write when they have no number.
_NOTHING = {"null", "none", "nil", "undefined", "nan", "false", "n/a"}


def usable_external_id(payload) -> str | None:
    """The channel's identifier of the order, None when the payload has none to use.

    Usable is text of 1 to 255 characters without control characters once blanks around
    it are gone, or a whole number up to 2^53 - 1. Words for "nothing" are not usable:
    they would make one order of many.
    """
    value = payload.get("external_id") if isinstance(payload, dict) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if 0 <= value <= _MAX_INTEGER else None
    if not isinstance(value, str):
        return None
    text = value.strip() if len(value) <= 4 * _MAX_LENGTH else value
    if not text or len(text) > _MAX_LENGTH or _FORBIDDEN.search(text):
        return None
    return None if text.casefold() in _NOTHING else text


def plain_id(value) -> str:
    """An identifier as it is kept and compared, ``""`` for none.

    Blanks around it do not count, and a whole number is the same one however JSON
    writes it: 1 and 1.0.
    """
    if value is None:
        return ""
    if type(value) is float and value.is_integer():
        value = int(value)
    return str(value).strip()


def moment_of(payload, name) -> datetime | None:
    """A point in time of the payload, None if it does not say so plainly.

    A year that the schema does not allow is none either: of a version from 9999 nothing
    could ever be newer.
    """
    value = payload.get(name) if isinstance(payload, dict) else None
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = parse_timestamp(value)
    except (ValueError, OverflowError):
        return None
    return moment if 1970 <= moment.year <= 2099 else None


def updated_at(payload) -> datetime | None:
    """When the channel last changed the order, None if it does not say so plainly."""
    return moment_of(payload, "updated_at")


def compare(stored, arrived, now=None) -> str:
    """Whether the version that arrived is newer, same or older than the stored one.

    Each version is ``(hash, updated_at)``. The same hash is the same version whatever
    the clocks say. Different content is older only if both versions have a time and the
    new one's is earlier; where a time is missing, arrival decides, and equal times of
    different content count as newer, since clocks of channels tick in seconds. A time
    more than a day ahead of ``now`` is nobody's clock and counts as missing: otherwise
    the version that corrects it would be older for years.
    """
    stored_hash, stored_time = stored
    arrived_hash, arrived_time = arrived
    if stored_hash == arrived_hash:
        return SAME
    if now:
        latest = now + _CLOCK_SLACK
        if any(time and time > latest for time in (stored_time, arrived_time)):
            return NEWER
    if stored_time and arrived_time and arrived_time < stored_time:
        return OLDER
    return NEWER


def version(payload) -> tuple[str, datetime | None]:
    """``(hash, updated_at)`` of a payload, for ``compare``.

    :raises ValueError: when the payload is not plain JSON
    """
    return canonical_hash(payload), updated_at(payload)
