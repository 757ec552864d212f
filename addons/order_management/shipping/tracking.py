# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What carriers tell about parcels, read with care."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

#: where a parcel may be, in the order in which most parcels get there
STATES = (
    "created",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "failed",
    "returning",
    "returned",
)
#: events in one message
MAX_EVENTS = 100
#: a carrier's clock may be ahead by this much
_AHEAD = timedelta(hours=26)
_LIMITS = {"tracking": 120, "status": 80, "place": 200, "text": 500, "external_id": 120}


class BadMessage(ValueError):
    """Not a message about parcels; ``code`` says why."""

    def __init__(self, code, detail=""):
        super().__init__(detail or code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a parcel; ``event_at`` is naive UTC."""

    tracking: str
    status: str
    event_at: datetime
    place: str = ""
    text: str = ""
    external_id: str = ""


def read_items(body: str) -> list:
    """The events of a message, unread: an object with ``events``, a list, or one.

    :raises BadMessage: not JSON (``json``), nothing like events (``shape``), none
        (``empty``) or more than `MAX_EVENTS` (``many``)
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadMessage("json", str(error)) from error
    if isinstance(data, dict):
        data = data["events"] if "events" in data else [data]
    if not isinstance(data, list):
        raise BadMessage("shape")
    if not data:
        raise BadMessage("empty")
    if len(data) > MAX_EVENTS:
        raise BadMessage("many", str(len(data)))
    return data


def read_event(item, now: datetime) -> Event:
    """One event.

    :param item: dict with ``tracking``, ``status``, ``event_at`` (ISO 8601 with zone,
        seconds since 1970, or a datetime in UTC) and, if known, ``place``, ``text``,
        ``external_id``
    :param now: naive UTC
    :raises BadMessage: ``object``, ``tracking``, ``status``, ``time`` or ``future``
    """
    if not isinstance(item, dict):
        raise BadMessage("object")
    texts = {name: _text(item.get(name), size) for name, size in _LIMITS.items()}
    for name in ("tracking", "status"):
        if not texts[name]:
            raise BadMessage(name)
    moment = _moment(item.get("event_at"))
    if moment > now + _AHEAD:
        raise BadMessage("future", str(item["event_at"]))
    if not texts["external_id"]:
        # the same event told twice is one
        key = "\n".join([*(texts[name] for name in sorted(texts)), str(moment)])
        texts["external_id"] = hashlib.sha256(key.encode()).hexdigest()[:40]
    return Event(event_at=moment, **texts)


def _text(value, size):
    if value is None or isinstance(value, bool | dict | list):
        return ""
    # lone surrogates and NUL are JSON and no text that a database takes
    text = str(value).encode("utf-8", "replace").decode().replace("\0", "")
    return " ".join(text.split())[:size]


def _moment(value):
    """Naive UTC, to the second.

    :raises BadMessage: ``time``, also for a time without zone: it could be any
    """
    try:
        if isinstance(value, datetime):
            moment = value.replace(tzinfo=value.tzinfo or timezone.utc)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, timezone.utc)
        else:
            moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        if moment.tzinfo is None or not 2000 <= moment.year <= 2200:
            raise ValueError(value)
        return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    except (AttributeError, OSError, OverflowError, TypeError, ValueError) as error:
        raise BadMessage("time", str(value)[:80]) from error
