# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import pytest
from publish.similar import Catalogue, normalise

PRODUCTS = [
    (1, ["LAMP-01", "Đèn bàn gỗ"]),
    (2, ["LAMP-02", "Đèn trần"]),
    (3, ["CUP-WHITE", "Cốc sứ trắng 300 ml"]),
]


def test_normalise():
    assert normalise("  Đèn-BÀN  (gỗ) ") == "den ban go"
    assert normalise(None) == ""


@pytest.mark.parametrize(
    ("texts", "product"),
    [
        (["LAMP01", ""], 1),
        (["lamp 01"], 1),
        (["", "Coc su trang 300ml"], 3),
        (["Den ban go"], 1),
        (["something else"], None),
        ([""], None),
    ],
)
def test_closest(texts, product):
    found = Catalogue(PRODUCTS).closest(texts)
    assert (found and found[0]) == product


def test_equally_close_is_nobodys():
    catalogue = Catalogue([(1, ["A-100-X"]), (2, ["A-100-Y"])])
    assert catalogue.closest(["A-100-Z"]) is None
