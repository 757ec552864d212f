# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What the columns of an order list are called, in English, Vietnamese and Chinese."""

import json
import re
from functools import cache
from pathlib import Path

from ..words import fold, squeeze

#: Fields are paths into the neutral order; "line." is a field of the row's line, and
#: some have no counterpart there: line.amount (of the whole line), discount and
#: channel_discount (of the whole order), shipment.tracking.
_TITLES_PATH = Path(__file__).resolve().parent.parent / "data" / "column_titles.json"
_ASIDE = re.compile(r"[(\[（【].*?[)\]）】]|[*:：]")
_MAX_HEADER_ROW = 30


@cache
def column_titles() -> dict[str, list[str]]:
    """Every field of an order list and what its column may be called."""
    return json.loads(_TITLES_PATH.read_text("utf-8"))


def title_key(text: str) -> str:
    """What two writings of a column title share ("Tax %" is not "Tax")."""
    return squeeze(text.replace("%", " percent "))


@cache
def _by_name():
    names = {}
    for name, texts in column_titles().items():
        for text in (name, *texts):
            names.setdefault(title_key(text), name)
    return names


def match_header(text) -> tuple[str, float]:
    """The field a column title means and how sure that is (0 to 1)."""
    if not isinstance(text, str) or not text.strip() or len(text) > 100:
        return "", 0.0
    names = _by_name()
    for variant, score in ((text, 1.0), (_ASIDE.sub(" ", text), 0.9)):
        name = names.get(title_key(variant))
        if name:
            return name, score
    return _match_part(fold(_ASIDE.sub(" ", text)))


def _match_part(words):
    """The longest known title inside a longer one: "Buyer's phone number (2)"."""
    best, length = "", 0
    padded = f" {words} "
    for known, name in _folded_names():
        inside = f" {known} " in padded if known.isascii() else known in words
        if inside and len(known) > length and (len(known) > 3 or not known.isascii()):
            best, length = name, len(known)
    return best, 0.5 * length / len(words) if best else 0.0


@cache
def _folded_names():
    return [
        (fold(text), name)
        for name, texts in column_titles().items()
        for text in texts
        if len(fold(text)) > 1
    ]


def guess_columns(headers) -> dict[str, int]:
    """Field names to column indexes (from 0): the surest title wins each field."""
    found = []
    for index, text in enumerate(headers):
        name, score = match_header(text)
        if name:
            found.append((-score, index, name))
    columns = {}
    taken = set()
    for _score, index, name in sorted(found):
        if name not in columns and index not in taken:
            columns[name] = index
            taken.add(index)
    return columns


def find_header(preview) -> int:
    """Row number of the column titles among the first rows, 0 when there is none.

    Titles of the list, dates and addresses of the sender may stand above. The row with
    the most titles we know wins; where fewer than two are known, the first row of texts
    without a number that is as wide as the rows below it.
    """
    best_row, best_score = 0, 1.0
    for number, values in preview:
        if number > _MAX_HEADER_ROW:
            break
        score = sum(
            weight for _name, weight in map(match_header, values) if weight >= 0.25
        )
        if score > best_score:
            best_row, best_score = number, score
    return best_row or _first_wide_row(preview)


def _first_wide_row(preview):
    width = max(len(values) for _number, values in preview[:50])
    for number, values in preview[:_MAX_HEADER_ROW]:
        texts = [value for value in values if isinstance(value, str) and value]
        if len(texts) == len(values) >= max(2, width - 1):
            plain = not any(text[:1].isdigit() for text in texts)
            return number if plain else 0
    return 0
