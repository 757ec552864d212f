# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timezone

import pytest
from neutral.identity import compare, updated_at, usable_external_id, version
from neutral.payload import canonical_hash, without_personal_data


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A1", "A1"),
        ("  A1 ", "A1"),
        (576461413038785752, None),
        (42, "42"),
        (0, "0"),
        (-1, None),
        (True, None),
        (1.5, None),
        ("", None),
        ("   ", None),
        ("null", None),
        ("None", None),
        ("a\x00b", None),
        ("a\nb", None),
        ("\ud800", None),
        ("x" * 255, "x" * 255),
        ("x" * 256, None),
        (" " * 100000, None),
        (None, None),
        (["A1"], None),
        ("đơn-1", "đơn-1"),
    ],
)
def test_usable_external_id(value, expected):
    """OM-1: an order has an identity, or it is told apart by its content."""
    assert usable_external_id({"external_id": value}) == expected


@pytest.mark.parametrize("payload", [None, [], "x", 3, {}])
def test_no_identity_without_an_object(payload):
    assert usable_external_id(payload) is None
    assert updated_at(payload) is None


def test_same_content_is_the_same_version(order):
    twin = dict(reversed(order.items()))
    twin["raw"] = "noise"
    assert compare(version(order), version(twin)) == "same"


def test_older_needs_two_clocks(order):
    older = {**order, "note": "x", "updated_at": "2026-07-19T01:59:59Z"}
    untimed = {**order, "note": "x", "updated_at": None}
    assert compare(version(order), version(older)) == "older"
    assert compare(version(older), version(order)) == "newer"
    assert compare(version(order), version(untimed)) == "newer"
    assert compare(version(untimed), version(order)) == "newer"


def test_other_content_in_the_same_second_is_newer(order):
    changed = {**order, "note": "x", "updated_at": "2026-07-19T02:00:00Z"}
    assert updated_at(changed) == updated_at(order)
    assert compare(version(order), version(changed)) == "newer"


def test_updated_at_is_utc(order):
    assert updated_at(order) == datetime(2026, 7, 19, 2, 0, tzinfo=timezone.utc)
    assert updated_at({"updated_at": "2026-02-30T00:00:00Z"}) is None
    assert updated_at({"updated_at": "9" * 1000}) is None
    for year in ("0001", "1969", "2100", "9999"):
        assert updated_at({"updated_at": f"{year}-07-19T00:00:00Z"}) is None


def test_a_clock_of_the_future_is_not_believed(order):
    """Otherwise the version that corrects the date would be older for years."""
    future = {**order, "note": "x", "updated_at": "2098-07-19T02:00:00Z"}
    soon = {**order, "note": "x", "updated_at": "2026-07-19T02:30:00Z"}
    now = datetime(2026, 7, 19, 2, 10, tzinfo=timezone.utc)
    assert compare(version(future), version(order), now) == "newer"
    assert compare(version(order), version(future), now) == "newer"
    assert compare(version(future), version(future), now) == "same"
    assert compare(version(soon), version(order), now) == "older"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "\ud800", object()])
def test_not_plain_json_has_no_hash(bad):
    with pytest.raises(ValueError, match="not plain JSON"):
        canonical_hash({"external_id": bad})


def test_erased_payload_keeps_figures_and_drops_persons(order):
    kept = without_personal_data(order)
    text = repr(kept)
    for word in ("Hoa", "0912", "example.com", "Nguyễn", "Gọi", "x_unknown"):
        assert word not in text
    assert kept["total"] == order["total"]
    assert kept["discounts"] == order["discounts"]
    assert [line["unit_price"] for line in kept["lines"]] == [
        line["unit_price"] for line in order["lines"]
    ]
