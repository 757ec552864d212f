# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import pytest
from rfm import SEGMENTS, get_score, get_segment, parse_cuts


def test_map():
    """Every score has one of ten names; the corners are those everybody uses."""
    names = {
        get_segment(r, f, m)
        for r in range(1, 6)
        for f in range(1, 6)
        for m in range(1, 6)
    }
    assert len(names) == 10
    assert names == {name for row in SEGMENTS for name in row}
    assert get_segment(5, 5, 5) == "champion"
    assert get_segment(1, 1, 1) == "lost"
    assert get_segment(5, 1, 1) == "new"
    assert get_segment(1, 5, 5) == "cannot_lose"
    assert get_segment(0, 5, 5) is None


def test_cuts():
    assert parse_cuts("1, 2;3,4.5") == [1, 2, 3, 4.5]
    for text in (
        "",
        "1,2,3",
        "1,2,2,3",
        "4,3,2,1",
        "x,2,3,4",
        "1,2,3,inf",
        "nan,1,2,3",
    ):
        with pytest.raises(ValueError):
            parse_cuts(text)


def test_score():
    cuts = [10, 20, 30, 40]
    assert [get_score(value, cuts) for value in (10, 11, 20, 41)] == [1, 2, 2, 5]
    assert [get_score(value, cuts, True) for value in (0, 11, 41)] == [5, 4, 1]
