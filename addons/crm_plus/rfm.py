# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Ten names for what recency, frequency and money say of a customer: plain Python.

A score is 1 (worst) to 5 (best); 0 is none. Frequency and money are one score, their
mean rounded up at the half: who comes often and who spends much are both worth keeping.
"""

from math import isfinite

#: the names for recency 1 to 5 (rows) by frequency and money together 1 to 5 (columns)
SEGMENTS = (
    ("lost", "lost", "at_risk", "cannot_lose", "cannot_lose"),
    ("about_to_sleep", "about_to_sleep", "at_risk", "at_risk", "cannot_lose"),
    ("about_to_sleep", "need_attention", "need_attention", "loyal", "loyal"),
    ("promising", "potential", "loyal", "champion", "champion"),
    ("new", "potential", "potential", "champion", "champion"),
)
#: fewer customers than this have no fifths worth the name
MIN_CUSTOMERS = 50


def get_segment(recency: int, frequency: int, money: int) -> str | None:
    """The segment of three scores, None where one is 0."""
    if not (recency and frequency and money):
        return None
    return SEGMENTS[recency - 1][(frequency + money + 1) // 2 - 1]


def parse_cuts(text: str) -> list[float]:
    """Four cut-offs, ascending, from what a person typed.

    :raises ValueError: not four numbers, or they do not ascend
    """
    cuts = [float(part) for part in text.replace(";", ",").split(",")]
    # "inf" and "nan" are numbers to Python, but none that can be kept as Json
    if len(cuts) != 4 or not all(map(isfinite, cuts)) or cuts != sorted(set(cuts)):
        raise ValueError("four numbers that ascend are wanted")
    return cuts


def get_score(value: float, cuts: list[float], less_is_better: bool = False) -> int:
    """1 to 5: how many cut-offs a value is above; equal values always score alike."""
    above = sum(value > cut for cut in cuts)
    return 5 - above if less_is_better else 1 + above
