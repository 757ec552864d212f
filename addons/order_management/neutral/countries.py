# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Countries as the world writes them, resolved to ISO 3166-1 codes of two letters.

Names in many languages and codes of three letters come from Babel (CLDR), which Odoo
brings along; what people write beyond that stands in ``data/country_names.json``.
"""

import json
import unicodedata
from functools import cache
from pathlib import Path

from .words import fold, squeeze

#: Languages whose names of countries are understood.
_LANGUAGES = (
    "en",
    "vi",
    "zh",
    "zh_Hant",
    "ja",
    "ko",
    "th",
    "id",
    "ms",
    "fr",
    "de",
    "es",
    "pt",
    "it",
    "nl",
)

#: Usual names that are no CLDR name: code -> names.
_ALIASES_PATH = Path(__file__).resolve().parent / "data" / "country_names.json"

#: Written where a country should stand, and none: neither known nor a spelling.
_NO_COUNTRY = frozenset(
    squeeze(text)
    for text in (
        "Unspecified|Unknown|Not specified|Not available|N/A|None|Null|Other|Others|"
        "International|Worldwide|World|European Community|European Union|EU|EEC|Europe|"
        "Asia|Africa|Không rõ|Khác|未知|其他|未填写"
    ).split("|")
)
_JOINING = {"and", "the", "va", "et", "und", "y"}
#: What stands before the name proper; "the" is gone by then.
_FORMS = (
    ["republic", "of"],
    ["kingdom", "of"],
    ["state", "of"],
    ["cong", "hoa"],
    ["vuong", "quoc"],
    ["nuoc"],
)


def is_no_country(text: str) -> bool:
    """Whether ``text`` says that the country is not known (or is no single one)."""
    return not text or not text.strip("*-?. ") or squeeze(text) in _NO_COUNTRY


def resolve_country(text: str | None) -> str | None:
    """ISO 3166-1 code of two letters for a code or name, None if not understood.

    Case, accents, blanks and punctuation do not matter. "Channel Islands" has no code
    of its own and gives Jersey, the larger one: like Guernsey it is neither part of the
    United Kingdom nor of the European Union.
    """
    if not text or len(text) > 200:
        return None
    exact, folded = _names()
    found = exact.get(_accented(text))
    if found or squeeze(text) in _NO_COUNTRY:
        return found
    words = _words(text)
    found = folded.get("".join(words))
    if found:
        return found
    for form in _FORMS:
        if words[: len(form)] == form:
            rest = "".join(words[len(form) :])
            return exact.get(rest) or folded.get(rest)
    return None


def _accented(text):
    """Key that keeps accents: "Áo" is Austria in Vietnamese, "AO" is Angola."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if char.isalnum())


def _words(text):
    """Words without accents and joining words, "St" written out."""
    return [
        "saint" if word == "st" else word
        for word in fold(text).split()
        if word not in _JOINING
    ]


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Names and codes to codes, with accents and without (0.3 s at the first use)."""
    from babel import Locale
    from babel.core import get_global

    territories = {
        language: Locale.parse(language).territories for language in _LANGUAGES
    }
    codes = {
        code
        for code in territories["en"]
        if len(code) == 2 and code.isalpha() and code not in _NOT_ISO
    }
    exact, folded = {}, {}
    for code, aliases in json.loads(_ALIASES_PATH.read_text("utf-8")).items():
        _add_names(exact, folded, aliases, code)
    for names in territories.values():
        for code in codes.intersection(names):
            _add_names(exact, folded, [names[code]], code)
    for alias, targets in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and targets[0] in codes:
            exact[alias.casefold()] = targets[0]
    exact.update((code.casefold(), code) for code in codes)
    return exact, folded


def _add_names(exact, folded, names, code):
    """The first to claim a name keeps it: aliases, then English, then the others."""
    for name in names:
        exact.setdefault(_accented(name), code)
        key = "".join(_words(name))
        # without accents, two or three Latin letters are a code or nothing
        if len(key) > 3 or not key.isascii():
            folded.setdefault(key, code)


#: In CLDR, not in ISO 3166-1: unions, pseudo and exceptionally reserved codes.
_NOT_ISO = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
