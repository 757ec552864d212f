# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime, timedelta, timezone

import pytest
from neutral.spreadsheet.cells import (
    CELL_SENTENCES,
    column_letter,
    infer_date_order,
    infer_decimal_mark,
    parse_date,
    parse_flag,
    parse_number,
    parse_status,
    text_of,
)

ZONE = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("12,34,567.50", "1234567.5"),
        ("12,5", "12.5"),
        ("12.50", "12.5"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1234.567", "1234.567"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("3-", "-3"),
        ("(1.5)", "-1.5"),
        ("+7", "7"),
        ("150.000 ₫", "150000"),
        ("150,000đ", "150000"),
        ("1.250.000 VNĐ", "1250000"),
        ("$1,000", "1000"),
        ("€ 9,99", "9.99"),
        ("￥１２．５０", "12.5"),
        ("8%", "8"),
        ("1,5E+03", "1500"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (150000, "150000"),
        (1e-7, "0"),
    ],
)
def test_numbers(text, expected):
    assert parse_number(text, thousands="000" in str(text)) == expected


@pytest.mark.parametrize(
    ("text", "mark", "thousands", "expected"),
    [
        ("1.234", ".", False, "1.234"),
        ("1.234", ",", False, "1234"),
        ("1.234", ".", True, "1234"),
        ("1,234", ".", False, "1234"),
        ("1,234", ",", False, "1.234"),
        ("1,234", ",", True, "1234"),
        ("12.34", ",", True, "12.34"),
    ],
)
def test_three_digits_are_read_by_the_file(text, mark, thousands, expected):
    assert parse_number(text, mark, thousands) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "1.2.3",
        "1,23,4",
        "1.234,56,7",
        "1,2345.6",
        "12 Nov",
        "1/2",
        "--1",
        "NaN",
        "inf",
        "=1+1",
        "1e400",
        "9" * 61,
        "9" * 20,
        float("nan"),
        float("inf"),
        1e300,
        True,
        None,
        [],
        datetime(2026, 1, 1),
    ],
)
def test_no_numbers(value):
    with pytest.raises((ValueError, ArithmeticError)):
        parse_number(value)


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["1.234", "1.234,5", "7"], ","),
        (["1,234", "1,234.5"], "."),
        (["1.234.567"], ","),
        (["12.5"], "."),
        (["12,5 ₫", None, 3, "x"], ","),
        (["1.234"], ""),
        (["12,5", "12.5"], ""),
        ([], ""),
    ],
)
def test_decimal_sign_of_a_file(values, mark):
    assert infer_decimal_mark(values) == mark


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("31/10/2026", "2026-10-31T00:00:00+07:00"),
        ("1/2/2026", "2026-02-01T00:00:00+07:00"),
        ("1.2.26", "2026-02-01T00:00:00+07:00"),
        ("31-10-2026 14:20", "2026-10-31T14:20:00+07:00"),
        ("14:20 31-10-2026", "2026-10-31T14:20:00+07:00"),
        ("10/31/2026 02:20:05 PM", "2026-10-31T14:20:05+07:00"),
        ("31/10/2026 02:20 CH", "2026-10-31T14:20:00+07:00"),
        ("31/10/2026 12:20 SA", "2026-10-31T00:20:00+07:00"),
        ("2026-10-31", "2026-10-31T00:00:00+07:00"),
        ("2026/10/31 7:05", "2026-10-31T07:05:00+07:00"),
        ("2026-10-31T14:20:00Z", "2026-10-31T14:20:00+00:00"),
        ("2026-10-31 14:20:00.123 +0800", "2026-10-31T14:20:00+08:00"),
        ("2026年10月31日 14:20", "2026-10-31T14:20:00+07:00"),
        ("31 Oct 2026", "2026-10-31T00:00:00+07:00"),
        ("October 31, 2026 14:20", "2026-10-31T14:20:00+07:00"),
        ("20261031", "2026-10-31T00:00:00+07:00"),
        (46326, "2026-10-31T00:00:00+07:00"),
        (46326.5, "2026-10-31T12:00:00+07:00"),
        ("46326.25", "2026-10-31T06:00:00+07:00"),
        (datetime(2026, 10, 31, 14, 20), "2026-10-31T14:20:00+07:00"),
        (date(2026, 10, 31), "2026-10-31T00:00:00+07:00"),
    ],
)
def test_dates(value, expected):
    assert parse_date(value, ZONE) == expected


def test_month_first_where_the_file_has_it():
    assert parse_date("1/2/2026", ZONE, "mdy") == "2026-01-02T00:00:00+07:00"
    assert infer_date_order(["1/2/2026", "12/31/2026"]) == "mdy"
    assert infer_date_order(["1/2/2026", "31/12/2026"]) == "dmy"
    assert infer_date_order(["1/2/2026", "2026-12-31", 5]) == ""


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "30/2/2026",
        "13/13/2026",
        "1/2/3",
        "1/2/1900",
        "31/10/9999",
        "25:00 1/1/2026",
        12,
        1e9,
        "0",
        True,
        None,
        "2026-10-31" * 10,
    ],
)
def test_no_dates(value):
    with pytest.raises((ValueError, OverflowError)):
        parse_date(value, ZONE)


def test_summer_time_of_a_named_zone():
    import pytz

    berlin = pytz.timezone("Europe/Berlin")
    assert parse_date("1/7/2026", berlin).endswith("+02:00")
    assert parse_date("1/1/2026", berlin).endswith("+01:00")


def test_words():
    assert [parse_flag(word) for word in ("Có", "x", "NO", "否", 1.0, False)] == [
        True,
        True,
        False,
        False,
        True,
        False,
    ]
    assert parse_status("Đã huỷ") == "cancelled"
    assert parse_status("待发货") == "paid"
    assert parse_status("Completed") == "delivered"
    for parse in (parse_flag, parse_status):
        with pytest.raises(ValueError):  # noqa: B017 any wording
            parse("maybe")


def test_article_numbers_stay_text():
    assert text_of(12.0) == "12"
    assert text_of("0012") == "0012"
    assert text_of(1.5) == "1.5"


def test_column_letters():
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]


def test_every_sentence_can_be_said():
    for code, sentence in CELL_SENTENCES.items():
        assert sentence % {"value": "v", "expected": "e", "field": "f"}, code
