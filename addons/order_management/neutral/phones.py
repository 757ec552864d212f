# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Telephone numbers to E.164, and what a channel has masked."""

import re

import phonenumbers

#: Prefixes of Vietnamese mobile numbers with 11 digits, renumbered in 2018.
_VN_OLD_MOBILE = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "162": "32",
    "163": "33",
    "164": "34",
    "165": "35",
    "166": "36",
    "167": "37",
    "168": "38",
    "169": "39",
    "186": "56",
    "188": "58",
    "199": "59",
}
_OLD_VN = re.compile(r"^(?:\+?84|0084|0)?(1[26][0-9]|186|188|199)([0-9]{7})$")
#: Asterisks (any width), bullets, or three and more X in a row of digits.
_MASK = re.compile(r"[*＊∗✱•●·∙]{2,}|[*＊]|(?<=[0-9])[xX]{3,}|^[xX]{3,}(?=[0-9])")
_NOT_MASK = re.compile(r"^[*][A-Za-z0-9 ]|[0-9] ?[*] ?[0-9]")
#: Mail addresses a channel makes up for one buyer or order; they reach the buyer as
#: long as the channel likes and say nothing about who it is.
_RELAY_DOMAINS = (
    "chat.seller.tiktok.com",
    "scs.tiktok.com",
    "scs2.tiktok.com",
    "marketplace.amazon.com",
    "members.ebay.com",
    "privaterelay.appleid.com",
)
#: Nothing but what a telephone number is written with.
_NUMBER = re.compile(r"^[+(\s]*[0-9][0-9\s()./\-]*$")
_EMAIL = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]{2,}$")


def is_masked(text: str | None) -> bool:
    """Whether a channel has hidden part of a name, number, mail or postal address.

    ``****``, ``P******n``, ``(+84) *****12``, ``4***456``, ``a***@x.vn``,
    ``090XXXX123`` are masked. A single asterisk between figures ("2 * 3") or before a
    word is not.
    """
    if not text:
        return False
    match = _MASK.search(text)
    if not match:
        return False
    single = len(match.group()) == 1
    return not (single and _NOT_MASK.search(text))


def e164(number: str | None, country: str | None = None) -> str | None:
    """The number in E.164 (``+84912345678``), None when it is none or masked.

    :param number: as people write it, extension and all
    :param country: ISO code of the country whose national writing is understood
    """
    if not number or len(number) > 100 or is_masked(number):
        return None
    country = (country or "").upper() or None
    number = _renumber(number.strip(), country)
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _renumber(number, country):
    """A Vietnamese mobile number from before 2018 in today's form."""
    digits = re.sub(r"[\s().\-]", "", number)
    if country != "VN" and not digits.startswith(("+84", "0084")):
        return number
    match = _OLD_VN.match(digits)
    if not match:
        return number
    return f"+84{_VN_OLD_MOBILE.get(match[1], match[1])}{match[2]}"


def normal_email(text: str | None) -> str | None:
    """A mail address in small letters to match customers by, else None.

    None for what is masked, no address at all, or made up by a channel (TikTok Shop,
    Amazon and eBay hand out a new one a buyer or order).
    """
    if not text or len(text) > 320 or is_masked(text):
        return None
    address = text.strip().casefold()
    if not _EMAIL.match(address) or is_relay_email(address):
        return None
    return address


def is_relay_email(text: str | None) -> bool:
    """Whether a channel made this mail address up."""
    domain = (text or "").strip().casefold().rpartition("@")[2]
    return domain.endswith(_RELAY_DOMAINS) or domain.startswith("marketplace.amazon.")


def national_digits(text: str | None, country: str | None = None) -> str | None:
    """The digits that every way of writing a number has in common, None when it is no
    number.

    :param text: what somebody typed into a search box, a part of a number at least
    :param country: ISO code of the country whose national writing is understood
    """
    if not text or not _NUMBER.match(text.strip()):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    if not 6 <= len(digits) <= 20:
        return None
    whole = e164(text, country)
    if whole:
        return str(phonenumbers.parse(whole).national_number)
    return digits.lstrip("0") or None
