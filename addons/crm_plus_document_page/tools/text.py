# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Text as people search it: without accents, in words; Chinese in pairs of signs."""

import re
import unicodedata

_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"})
_WORD = re.compile(r"[^\W_]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
#: words that say nothing about what is searched
_EMPTY = frozenset(
    (
        "a an and are as at be but by can cannot do does for from has have how i if in"
        " is it me my no not of on or so the this that to was we what when where which"
        " who why will with you your please hello dear"
        " la va cua cho cac nhung toi khong duoc voi bi o thi ma nhu mot the nao xin"
        " chao"
    ).split()
)


def storable(text: str) -> str:
    """``text`` without signs that no database holds: zero bytes, half characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def fold(text: str) -> str:
    """``text`` in small letters without accents: "Đổi trả" is "doi tra"."""
    spread = unicodedata.normalize("NFKD", (text or "").lower())
    plain = "".join(sign for sign in spread if not unicodedata.combining(sign))
    return plain.translate(_LETTERS)


def plain(text: str) -> str:
    """``text`` folded, its words with one space between them and around."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def _pairs(run: str) -> list[str]:
    if len(run) < 2:
        return [run]
    return [run[index : index + 2] for index in range(len(run) - 1)]


def words(text: str, limit: int = 12) -> list[str]:
    """The words of ``text`` to search for, in order, each once, at most ``limit``."""
    found: dict[str, None] = {}
    for word in _WORD.findall(fold(text)):
        chinese = _CHINESE.findall(word)
        rest = _CHINESE.sub(" ", word).split()
        for part in [pair for run in chinese for pair in _pairs(run)] + rest:
            if part not in _EMPTY and (len(part) > 1 or chinese):
                found[part] = None
    return list(found)[:limit]


def slug(text: str) -> str:
    """``text`` for an address: "Đổi & trả" is "doi-tra"; "" when nothing is left."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))[:80].strip("-")
