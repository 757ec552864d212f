# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The one door: an amount of a currency in the words of a language."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from . import chinese, european, vietnamese

#: ISO code: (main unit, hundredth)
_VIETNAMESE = {
    "VND": ("đồng", ""),
    "USD": ("đô la Mỹ", "xu"),
    "EUR": ("euro", "xu"),
    "GBP": ("bảng Anh", "xu"),
    "CNY": ("nhân dân tệ", "phân"),
    "JPY": ("yên Nhật", ""),
}
#: main units of which nothing smaller is in use
_WHOLE_ONLY = frozenset({"JPY", "VND"})
_MINUS = {"en": "minus ", "fr": "moins ", "vi": "âm ", "zh": "负"}


def amount_in_words(
    amount: Decimal | int | str,
    currency: str,
    language: str,
    names: tuple[str, str] | None = None,
) -> str:
    """An amount in words, rounded half up to the currency's hundredths or units.

    :param amount: in the currency's main unit; as text or `Decimal`, never a float
    :param currency: ISO 4217 code
    :param language: such as ``vi``, ``vi_VN``, ``zh_CN``, ``en_US``
    :param names: what to call the units of a currency that has no names here; its
        hundredth's name is empty when it has none. Vietnamese only.
    :return: empty when the language, the currency or an amount of that size has no
        words here
    :raises decimal.InvalidOperation: ``amount`` is no number
    """
    write = _find(language)
    known = european.knows(currency)
    if not write or not (known or (names and write is _vietnamese)):
        return ""
    exact = Decimal(amount)
    is_whole = currency in _WHOLE_ONLY if known else not names[1]
    step = Decimal(1) if is_whole else Decimal("0.01")
    size = abs(exact)
    if not size.is_finite() or size > chinese.MAX_WHOLE:
        return ""
    size = size.quantize(step, ROUND_HALF_UP)
    parts = int(size), int(size % 1 * 100)
    words = write(*parts, currency) if known else _vietnamese(*parts, "", names)
    if exact < 0 and size:
        words = _MINUS[language[:2]] + words
    return words[:1].upper() + words[1:]


def _vietnamese(
    whole: int,
    hundredths: int,
    currency: str,
    names: tuple[str, str] | None = None,
) -> str:
    unit, small = names or _VIETNAMESE[currency]
    parts = []
    if whole or not hundredths:
        parts.append(f"{vietnamese.number_in_words(whole)} {unit}")
    if hundredths:
        parts.append(f"{vietnamese.number_in_words(hundredths)} {small}")
    return " và ".join(parts)


def _find(language: str) -> Callable[[int, int, str], str] | None:
    """How a language writes amounts; traditional Chinese is not simplified Chinese."""
    return LANGUAGES.get(language) or (
        LANGUAGES.get(language[:2]) if not language.startswith("zh") else None
    )


#: language or locale: (whole, hundredths, currency) -> words
LANGUAGES: dict[str, Callable[[int, int, str], str]] = {
    "en": european.english,
    "fr": european.french,
    "vi": _vietnamese,
    "zh": chinese.amount_in_capitals,
    "zh_CN": chinese.amount_in_capitals,
    "zh_SG": chinese.amount_in_capitals,
}
