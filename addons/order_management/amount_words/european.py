# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Amounts in English and French: number words of `num2words`, our own units.

``num2words`` knows few currencies of ours and gives no genders: a feminine unit takes
"une" (vingt et une livres), a round million is followed by "de" (un million d'euros).
"""

from num2words import num2words

#: ISO code: (one, many, one hundredth, many hundredths)
_ENGLISH = {
    "USD": ("US dollar", "US dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound sterling", "pounds sterling", "penny", "pence"),
    "CNY": ("Chinese yuan", "Chinese yuan", "fen", "fen"),
    "JPY": ("Japanese yen", "Japanese yen", "", ""),
    "VND": ("Vietnamese dong", "Vietnamese dong", "", ""),
}
_FRENCH = {
    "USD": ("dollar américain", "dollars américains", "cent", "cents"),
    "EUR": ("euro", "euros", "centime", "centimes"),
    "GBP": ("livre sterling", "livres sterling", "penny", "pence"),
    "CNY": ("yuan chinois", "yuans chinois", "fen", "fens"),
    "JPY": ("yen japonais", "yens japonais", "", ""),
    "VND": ("dong vietnamien", "dongs vietnamiens", "", ""),
}
_FRENCH_FEMININE = frozenset({"GBP"})


def knows(currency: str) -> bool:
    """Whether amounts of this currency (ISO 4217 code) can be written."""
    return currency in _ENGLISH


def english(whole: int, hundredths: int, currency: str) -> str:
    """One thousand two hundred and five US dollars and one cent, in lower case."""
    one, many, one_small, many_small = _ENGLISH[currency]
    parts = []
    if whole or not hundredths:
        words = num2words(whole, lang="en").replace(",", "")
        parts.append(f"{words} {one if whole == 1 else many}")
    if hundredths:
        unit = one_small if hundredths == 1 else many_small
        parts.append(f"{num2words(hundredths, lang='en')} {unit}")
    return " and ".join(parts)


def french(whole: int, hundredths: int, currency: str) -> str:
    """Mille deux cent cinq dollars américains et un cent, in lower case."""
    one, many, one_small, many_small = _FRENCH[currency]
    parts = []
    if whole or not hundredths:
        words = num2words(whole, lang="fr")
        if currency in _FRENCH_FEMININE and words.split()[-1] == "un":
            words += "e"
        elif currency in _FRENCH_FEMININE and words.endswith("-un"):
            words += "e"
        unit = many if whole >= 2 else one  # zero is singular in French
        parts.append(words + _french_link(whole, unit) + unit)
    if hundredths:
        unit = many_small if hundredths >= 2 else one_small
        parts.append(f"{num2words(hundredths, lang='fr')} {unit}")
    return " et ".join(parts)


def _french_link(whole: int, unit: str) -> str:
    """A noun (million, milliard) takes "de" before the unit, a numeral does not."""
    if whole and whole % 10**6 == 0:
        return " d'" if unit[0] in "aeiouy" and not unit.startswith("y") else " de "
    return " "
