# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Addresses: where they lie and whether two of them are the same."""

import hashlib
import re
from dataclasses import dataclass

from .countries import is_no_country, resolve_country
from .phones import e164, is_masked
from .states import State, resolve_state
from .words import fold, squeeze

#: Abbreviations of street words; both forms are written as the long one.
_LONG_WORDS = {
    # Vietnam
    "d": "duong",
    "p": "phuong",
    "q": "quan",
    "h": "huyen",
    "x": "xa",
    "tx": "thi xa",
    "tt": "thi tran",
    "kp": "khu pho",
    "kcn": "khu cong nghiep",
    "kdc": "khu dan cu",
    "kdt": "khu do thi",
    "cc": "chung cu",
    "tp": "thanh pho",
    "ql": "quoc lo",
    "ward": "phuong",
    # English
    "st": "street",
    "str": "street",
    "rd": "road",
    "ave": "avenue",
    "av": "avenue",
    "blvd": "boulevard",
    "bvd": "boulevard",
    "dr": "drive",
    "ln": "lane",
    "hwy": "highway",
    "pkwy": "parkway",
    "sq": "square",
    "pl": "place",
    "ct": "court",
    "bldg": "building",
    "blk": "block",
    "fl": "floor",
    "flr": "floor",
    "apt": "apartment",
    "rm": "room",
    "ste": "suite",
    "dist": "district",
    "no": "",
    "so": "",
}
#: "Q1", "P12", "D3": one letter and a number are two words.
_LETTER_NUMBER = re.compile(r"\b([pq])0*([0-9]{1,2})\b")
_ZERO_NUMBER = re.compile(r"\b(phuong|quan) 0+([0-9])")


@dataclass(frozen=True, slots=True)
class Place:
    """What could be made out of the country and state of an address.

    ``country`` is an ISO 3166-1 code or empty; ``state`` is known for Vietnam and China
    only; ``unknown_country`` is the text that looks like a country and is not
    understood (empty when there is none): a person has to say what it is.
    """

    country: str
    state: State | None
    unknown_country: str = ""


def resolve_place(address, default_country: str = "") -> Place:
    """Country and state of a neutral address.

    ``country_code`` counts before ``country``; a code that is none is read as a name.
    A state that nobody wrote is taken from the city where that names one (TP.HCM).

    :param address: object with the fields of a neutral address
    :param default_country: ISO code for addresses that name no country
    """
    unknown = ""
    code = ""
    for text in (address.country_code, address.country):
        if code or is_no_country(text) or is_masked(text):
            continue
        code = resolve_country(text) or ""
        unknown = unknown or ("" if code else text)
    if not code and not unknown:
        code = default_country.upper()
    state = resolve_state(address.state, code)
    if state is None and not address.state:
        state = resolve_state(address.city, code)
    return Place(code, state, unknown)


def normalised_hash(address, default_country: str = "") -> str:
    """SHA-256 (64 hex digits) that two writings of one address share.

    Taken into it: name, phone, street, street2, ward, city, state, zip, country. Aside
    are case, accents, blanks, punctuation, leading zeros of wards and districts,
    abbreviations of street words (Đ./Đường, P./Phường, Q./Quận, St/Street, Rd/Road, …),
    "No."/"số", the way a phone number or a known country or state is written, and how
    street, second line, ward and city share the text between them. Old provinces of
    Vietnam stay different from those they were merged into: two streets of one name may
    exist.

    :param address: object with the fields of a neutral address
    :param default_country: ISO code for addresses and numbers that name no country
    """
    place = resolve_place(address, default_country)
    country = place.country or squeeze(address.country)
    state = place.state
    state_key = state.key if state else squeeze(address.state)
    city = resolve_state(address.city, place.country)
    # the city repeats the state or stands in its place
    city_text = "" if city and city.key == state_key else address.city
    lines = (address.street, address.street2, address.ward, city_text)
    parts = (
        squeeze(address.name),
        e164(address.phone, place.country) or squeeze(address.phone),
        "".join(map(_street_key, lines)),
        state_key,
        squeeze(address.zip),
        country,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _street_key(text: str) -> str:
    words = _LETTER_NUMBER.sub(r"\1 \2", fold(text)).split()
    long = " ".join(_LONG_WORDS.get(word, word) for word in words)
    return _ZERO_NUMBER.sub(r"\1 \2", long).replace(" ", "")
