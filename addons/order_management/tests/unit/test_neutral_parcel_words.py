# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import pytest
from neutral.parcel_words import read_outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Đã giao", "delivered"),
        ("DELIVERED", "delivered"),
        ("Giao thành công 12/05 10:30", "delivered"),
        ("Hoàn tất", "delivered"),
        ("已签收", "delivered"),
        ("Chuyển hoàn", "returned"),
        ("Đã trả hàng cho shop", "returned"),
        ("Returned to sender", "returned"),
        ("已退回", "returned"),
        # on its way, not at all, in part, asked for, or anything else
        ("Đang giao", None),
        ("Giao không thành công", None),
        ("Undelivered", None),
        ("Đã giao một phần", None),
        ("Chờ chuyển hoàn", None),
        ("Returning", None),
        ("Return requested", None),
        ("退回中", None),
        ("Lưu tại bưu cục", None),
        ("12/05", None),
        ("", None),
    ],
)
def test_only_what_is_beyond_doubt(text, outcome):
    assert read_outcome(text) == outcome
