# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import pytest
from neutral.phones import (
    e164,
    is_masked,
    is_relay_email,
    national_digits,
    normal_email,
)


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("0912 345 678", "VN", "+84912345678"),
        ("(091) 234-5678", "VN", "+84912345678"),
        ("84912345678", "VN", "+84912345678"),
        ("0084 912 345 678", "VN", "+84912345678"),
        ("+84 (0) 912 345 678", None, "+84912345678"),
        ("912345678", "VN", "+84912345678"),
        ("０９１２３４５６７８", "VN", "+84912345678"),
        ("0168 123 4567", "VN", "+84381234567"),
        ("+84168 1234567", None, "+84381234567"),
        ("01201234567", "VN", "+84701234567"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+66810000000", "VN", "+66810000000"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("020 7946 0958", "gb", "+442079460958"),
        ("+1 213-373-4253 ext. 9", None, "+12133734253"),
        ("020 7946 0958", None, None),
        ("12", "VN", None),
        ("not a number", "VN", None),
        ("", "VN", None),
        (None, "VN", None),
        ("0912345678", "XX", None),
        ("9" * 1000, "VN", None),
        ("******64", "VN", None),
        ("(+1)213-***-1234", "US", None),
        ("090XXXX123", "VN", None),
    ],
)
def test_e164(number, country, expected):
    """OM-4: one number however it is written."""
    assert e164(number, country) == expected


@pytest.mark.parametrize(
    "text",
    [
        # Shopee
        "P******n",
        "******64",
        "Ấp******",
        "****",
        "b***r",
        "******11",
        # Lazada
        "61****7",
        "4***456",
        "6****67",
        # TikTok Shop
        "(+1)213-***-1234",
        "(+84) *****12",
        "a***@x.vn",
        "h*@example.com",
        "090XXXX123",
        "••••12",
        "＊＊＊",
        "*",
    ],
)
def test_masked(text):
    assert is_masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "Nguyễn Văn A",
        "Max Mustermann",
        "XXX",
        "2 * 3 phòng",
        "* Gọi trước",
        "0912345678",
        "a@x.vn",
    ],
)
def test_not_masked(text):
    assert not is_masked(text)


def test_mail_addresses():
    assert normal_email("  Hoa@Example.COM ") == "hoa@example.com"
    for text in ("h***@example.com", "hoa", "a@b", "a b@c.vn", "", None, "a@" * 300):
        assert normal_email(text) is None


def test_mail_addresses_made_up_by_channels_match_nobody():
    assert is_relay_email("v2b2V5@chat.seller.tiktok.com")
    assert is_relay_email("x@marketplace.amazon.de")
    assert normal_email("v2b2V5@chat.seller.tiktok.com") is None
    assert not is_relay_email("hoa@example.com")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0912 345 678", "912345678"),
        ("+84 (0) 912-345-678", "912345678"),
        ("0084912345678", "912345678"),
        ("(091) 234.5678", "912345678"),
        ("912345", "912345"),
        ("0168 123 4567", "381234567"),
        ("+86 138 0013 8000", "13800138000"),
        ("12345", None),
        ("SO00123456", None),
        ("2026-11-21", "20261121"),
        ("nguyen 0912345678", None),
        ("", None),
        (None, None),
    ],
)
def test_national_digits(text, digits):
    assert national_digits(text, "VN") == digits
