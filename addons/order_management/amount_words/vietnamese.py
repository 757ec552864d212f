# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Vietnamese number words, of any size.

``num2words`` 0.5 drops the "không trăm" of inner groups and names nothing above the
billions, so the rules are here: groups of three digits (nghìn, triệu), of nine digits
(tỷ, repeated); "linh" before a lone last digit; mười/mươi, một/mốt, năm/lăm.
"""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", " nghìn", " triệu")
_BILLION = 10**9


def number_in_words(number: int) -> str:
    """The words of a whole number, in lower case.

    :raises ValueError: a number below zero
    """
    if number < 0:
        raise ValueError("only numbers from zero upwards have words here")
    if number == 0:
        return _DIGITS[0]
    return _join(_parts(number, leading=True))


def _parts(number: int, leading: bool) -> list[str]:
    """Words of a number above zero; not leading: its empty hundreds are said, too."""
    billions, rest = divmod(number, _BILLION)
    parts = []
    if billions:
        parts.append(_join(_parts(billions, leading)) + " tỷ")
        leading = False
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            parts.append(_three_digits(group, leading) + _GROUPS[power])
            leading = False
    return parts


def _three_digits(number: int, leading: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds or not leading:
        words.append(f"{_DIGITS[hundreds]} trăm")
    if rest:
        words.append(_two_digits(rest, alone=not words))
    return _join(words)


def _two_digits(number: int, alone: bool) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones] if alone else f"linh {_DIGITS[ones]}"
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return _join(words)


def _join(words: list[str]) -> str:
    return " ".join(words)
