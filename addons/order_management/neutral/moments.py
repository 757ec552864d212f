# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Points in time: ISO 8601 text with zone to aware datetimes in UTC."""

import re
from datetime import datetime, timedelta, timezone

_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)\Z"
)


def parse_timestamp(text: str) -> datetime:
    """The moment that ``text`` names, in UTC with microseconds.

    :raises ValueError: when the text has another form, no zone, or names a date that
        does not exist
    """
    match = _TIMESTAMP.match(text)
    if not match:
        raise ValueError("expected ISO 8601 with zone")
    year, month, day, hour, minute, second, fraction = match.group(1, 2, 3, 4, 5, 6, 7)
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour),
        int(minute),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")[:6]),
        timezone.utc,
    )
    sign, hours, minutes = match.group(8, 9, 10)
    if not sign:
        return moment
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return moment - offset if sign == "+" else moment + offset
