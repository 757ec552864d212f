# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Comparing what people typed: case, accents, width, blanks and punctuation aside."""

import re
import unicodedata

#: Letters with a stroke or joined letters, which Unicode does not take apart.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
)
_GAPS = re.compile(r"[\W_]+")
#: Joins and marks that are not seen: zero width, direction, soft hyphen.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def fold(text: str) -> str:
    """Words of ``text`` in small plain letters with one blank between them.

    ``"TP. Hồ-Chí-Minh"`` becomes ``"tp ho chi minh"``; Chinese, Korean and other
    scripts keep their characters, full-width letters become usual ones.
    """
    if text.isascii():
        return _GAPS.sub(" ", text.casefold()).strip()
    text = unicodedata.normalize("NFKD", _UNSEEN.sub("", text)).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return _GAPS.sub(" ", text.translate(_LETTERS)).strip()


def squeeze(text: str) -> str:
    """As ``fold``, without any blank: ``"U.S.A."`` becomes ``"usa"``."""
    return fold(text).replace(" ", "")
