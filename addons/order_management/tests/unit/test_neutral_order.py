# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from neutral import InvalidOrder, check_total, expected_total, parse
from neutral.currencies import decimals, is_currency
from neutral.moments import parse_timestamp

ADDON = Path(__file__).resolve().parents[2]


def minimal(**values):
    return {
        "external_id": "A",
        "placed_at": "2026-07-19T08:12:44+07:00",
        "currency": "USD",
        "lines": [{"quantity": 1, "unit_price": "10"}],
        "total": "10",
        **values,
    }


def total_of(currency="USD", **values):
    return expected_total(parse(minimal(currency=currency, **values)))


def test_importable_alone():
    """The package needs no Odoo, and nothing beyond Python until it is used."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import neutral;"
        "wanted = ('odoo', 'babel', 'openpyxl', 'phonenumbers');"
        "print([name for name in wanted if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, str(ADDON)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_no_file_names_odoo():
    for path in (ADDON / "neutral").rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [
            line
            for line in lines
            if line.lstrip().startswith(("import odoo", "from odoo"))
        ], path


def test_typed(order):
    typed = parse(order)
    assert typed.placed_at == datetime(2026, 7, 19, 1, 12, 44, tzinfo=timezone.utc)
    assert typed.lines[0].unit_price == Decimal(890000)
    assert typed.lines[0].tax is None
    assert typed.lines[0].tax_rate == 8
    assert typed.lines[0].external_ids == ("1a", "1b")
    assert typed.lines[2].bundle[0].quantity == 2
    assert typed.customer.phone == "0912 345 678"
    assert typed.shipping_address.latitude == Decimal("10.77")
    assert typed.invoice_address is None
    assert typed.extra == {"x_unknown": {"kept": True}}
    assert typed.refunds[0].at.tzinfo is timezone.utc


def test_missing_and_null_parts_are_empty():
    nulls = dict.fromkeys(
        (
            "number",
            "customer",
            "invoice_address",
            "shipping",
            "shipments",
            "discounts",
            "fees",
            "payment",
            "note",
            "tags",
        )
    )
    for payload in (minimal(), minimal(**nulls)):
        typed = parse(payload)
        assert typed.customer.name == ""
        assert typed.shipping.fee == 0
        assert typed.payment.amount is None
        assert typed.shipments == typed.discounts == typed.fees == typed.tags == ()
        assert check_total(typed).ok


def test_numbers_as_identifiers_become_text():
    typed = parse(minimal(external_id=15, currency="usd"))
    assert (typed.external_id, typed.currency) == ("15", "USD")


def test_wrong_payload_raises_with_all_problems():
    with pytest.raises(InvalidOrder) as caught:
        parse(minimal(total="x", currency="?"))
    assert {problem.path for problem in caught.value.problems} == {
        "$.total",
        "$.currency",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-19T08:12:44+07:00", (2026, 7, 19, 1, 12, 44, 0)),
        ("2026-07-19 08:12:44 Z", None),
        ("2026-07-19t08:12z", (2026, 7, 19, 8, 12, 0, 0)),
        ("2026-07-19 08:12:44.123456789-0330", (2026, 7, 19, 11, 42, 44, 123456)),
        ("2026-12-31T23:30:00-01", (2027, 1, 1, 0, 30, 0, 0)),
        ("2026-07-19T08:12:44,5Z", (2026, 7, 19, 8, 12, 44, 500000)),
        ("2026-07-19T08:12:44", None),
        ("2026-02-29T00:00:00Z", None),
        ("2026-07-19T24:00:00Z", None),
        ("1721351564", None),
    ],
)
def test_timestamps(text, expected):
    if expected is None:
        with pytest.raises(ValueError):  # noqa: B017 any wording
            parse_timestamp(text)
    else:
        assert parse_timestamp(text) == datetime(*expected, tzinfo=timezone.utc)


def test_total_of_everything(order):
    """OM-6: lines, both kinds of discount, shipping, fees; refunds do not count."""
    check = check_total(parse(order))
    assert check.expected == 1770000 + 5000 + 20000 + 25000 + 3000 - 5000
    assert check.difference == 0
    assert check.tolerance == 3


@pytest.mark.parametrize(
    ("line", "include", "expected"),
    [
        ({"unit_price": "10", "quantity": 3}, False, "30.00"),
        ({"unit_price": "10", "quantity": 3, "discount": "5"}, False, "25.00"),
        ({"unit_price": "10", "quantity": 3, "tax": "2.1"}, False, "32.10"),
        ({"unit_price": "10", "quantity": 3, "tax": "2.1"}, True, "30.00"),
        ({"unit_price": "9.99", "quantity": 1, "tax_rate": "7"}, False, "10.69"),
        # tax given counts before its rate
        (
            {"unit_price": "10", "quantity": 1, "tax": "0", "tax_rate": "7"},
            False,
            "10.00",
        ),
        ({"unit_price": "10", "quantity": 4, "cancelled_quantity": 1}, True, "30.00"),
        (
            {
                "unit_price": "10",
                "quantity": 4,
                "cancelled_quantity": 1,
                "discount": "4",
                "tax": "3.6",
            },
            False,
            "29.70",
        ),
        ({"unit_price": "10", "quantity": 2, "cancelled_quantity": 2}, True, "0.00"),
        ({"unit_price": "10", "quantity": 0}, True, "0.00"),
        ({"unit_price": "-2.5", "quantity": 2}, True, "-5.00"),
        ({"unit_price": "0.333333", "quantity": "3"}, True, "1.00"),
    ],
)
def test_one_line(line, include, expected):
    assert total_of(lines=[line], prices_include_tax=include) == Decimal(expected)


def test_shipping_and_fees_carry_their_taxes():
    parts = {
        "shipping": {"fee": "5", "tax": "0.45"},
        "fees": [
            {"amount": "3", "tax": "0.27"},
            {"amount": "9", "paid_by": "seller"},
        ],
    }
    assert total_of(**parts) == Decimal("18.72")
    assert total_of(**parts, prices_include_tax=True) == Decimal("18.00")


def test_discounts_by_bearer():
    """OM-6: what the channel bears stays in the seller's claim."""
    discounts = [
        {"amount": "1", "borne_by": "seller"},
        {"amount": "2", "borne_by": "channel"},
        {"amount": "4", "borne_by": "seller", "in_lines": True},
    ]
    assert total_of(discounts=discounts) == Decimal("9.00")


def test_channel_that_keeps_the_total_after_cancelling():
    line = {"unit_price": "10", "quantity": 4, "cancelled_quantity": 1}
    kept = check_total(parse(minimal(lines=[line], total="40")))
    lowered = check_total(parse(minimal(lines=[line], total="30")))
    wrong = check_total(parse(minimal(lines=[line], total="35")))
    assert (kept.ok, kept.basis, kept.expected) == (True, "as_ordered", 40)
    assert (lowered.ok, lowered.basis) == (True, "current")
    assert (wrong.ok, wrong.basis, wrong.difference) == (False, "current", 5)


@pytest.mark.parametrize(
    ("currency", "total", "ok"),
    [
        ("USD", "30.02", True),
        ("USD", "30.03", False),
        ("USD", "29.98", True),
        ("VND", "32", True),
        ("VND", "33", False),
        ("KWD", "30.020", True),
        ("KWD", "30.021", False),
    ],
)
def test_tolerance_per_line(currency, total, ok):
    """OM-6: 0.01 for each line, the smallest unit where there are no cents."""
    lines = [{"quantity": 1, "unit_price": "15"}] * 2
    payload = minimal(currency=currency, total=total, lines=lines)
    assert check_total(parse(payload)).ok is ok


def test_largest_figures_add_up():
    line = {"quantity": "9" * 9 + ".999999", "unit_price": "9" * 15 + "." + "9" * 9}
    payload = minimal(lines=[line] * 10000, total="9" * 15, currency="CLF")
    assert not check_total(parse(payload)).ok


def test_rounding_by_currency():
    lines = [{"quantity": 1, "unit_price": "47.936"}]
    assert total_of(lines=lines) == Decimal("47.94")
    assert total_of("VND", lines=lines) == Decimal(48)
    assert total_of("KWD", lines=lines) == Decimal("47.936")
    assert expected_total(parse(minimal(lines=lines)), places=1) == Decimal("47.9")


def test_currencies():
    assert [decimals(code) for code in ("VND", "usd", "KWD", "???")] == [0, 2, 3, 2]
    assert is_currency("cny") and not is_currency("RMB")
