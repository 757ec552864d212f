# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import datetime

import pytest
from shipping import signing
from shipping.tracking import BadMessage, read_event, read_items

NOW = datetime(2026, 7, 20, 12, 0, 0)
ITEM = {
    "tracking": " GHN 1 ",
    "status": "picked",
    "event_at": "2026-07-20T09:30:00+07:00",
    "place": "Hà Nội",
    "external_id": 17,
}


def test_an_event():
    event = read_event(ITEM, NOW)
    assert event.tracking == "GHN 1"
    assert event.event_at == datetime(2026, 7, 20, 2, 30)
    assert event.external_id == "17"


@pytest.mark.parametrize(
    "moment", ["2026-07-20T02:30:00Z", 1784514600, datetime(2026, 7, 20, 2, 30)]
)
def test_times(moment):
    event = read_event({**ITEM, "event_at": moment}, NOW)
    assert event.event_at == datetime(2026, 7, 20, 2, 30)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tracking": ""}, "tracking"),
        ({"tracking": {"a": 1}}, "tracking"),
        ({"status": None}, "status"),
        ({"event_at": "2026-07-20T09:30:00"}, "time"),
        ({"event_at": "yesterday"}, "time"),
        ({"event_at": None}, "time"),
        ({"event_at": True}, "time"),
        ({"event_at": 1e30}, "time"),
        ({"event_at": "2026-07-22T12:00:00Z"}, "future"),
    ],
)
def test_bad_events(change, code):
    with pytest.raises(BadMessage) as caught:
        read_event({**ITEM, **change}, NOW)
    assert caught.value.code == code


def test_no_object():
    with pytest.raises(BadMessage):
        read_event("picked", NOW)


def test_events_without_identifier_are_told_apart_by_what_they_say():
    item = {name: value for name, value in ITEM.items() if name != "external_id"}
    first = read_event(item, NOW).external_id
    assert read_event(dict(item), NOW).external_id == first
    assert read_event({**item, "place": "Huế"}, NOW).external_id != first


def test_text_that_no_database_takes():
    event = read_event({**ITEM, "place": "a\x00b\ud800" + "x" * 999}, NOW)
    assert "\0" not in event.place and len(event.place) == 200
    event.place.encode()


def test_messages():
    one = json.dumps(ITEM)
    assert read_items(one) == [ITEM]
    assert read_items(json.dumps([ITEM, ITEM])) == [ITEM, ITEM]
    assert read_items(json.dumps({"events": [ITEM]})) == [ITEM]
    assert len(read_items(json.dumps([ITEM] * 100))) == 100


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "json"),
        ("[" * 100000, "json"),
        ('"x"', "shape"),
        ('{"events": 1}', "shape"),
        ("[]", "empty"),
        (json.dumps([ITEM] * 101), "many"),
    ],
)
def test_bad_messages(body, code):
    with pytest.raises(BadMessage) as caught:
        read_items(body)
    assert caught.value.code == code


def test_signatures():
    headers = signing.headers("secret", 1000, b"{}")
    stamp, given = headers[signing.TIMESTAMP], headers[signing.SIGNATURE]
    assert signing.is_genuine("secret", stamp, given, b"{}", 1000)
    assert signing.is_genuine("secret", stamp, f" {given.upper()} ", b"{}", 1299)
    for wrong in (
        ("other", stamp, given, b"{}", 1000),
        ("", stamp, given, b"{}", 1000),
        ("secret", "1001", given, b"{}", 1000),
        ("secret", "x", given, b"{}", 1000),
        ("secret", "", given, b"{}", 1000),
        ("secret", stamp, "", b"{}", 1000),
        ("secret", stamp, "é", b"{}", 1000),
        ("secret", stamp, given, b"{ }", 1000),
        ("secret", stamp, given, b"{}", 1301),
        ("secret", stamp, given, b"{}", 699),
    ):
        assert not signing.is_genuine(*wrong)
