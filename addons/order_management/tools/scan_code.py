# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

#: no label of a product, parcel or place is longer; a GS1 message has 48 characters
MAX_LENGTH = 200
#: what separates the parts of a GS1 message
FNC1 = "\x1d"
#: lengths a trade item number is written with: EAN-8, UPC-A, EAN-13, GTIN-14
_GTIN_LENGTHS = (8, 12, 13, 14)


def clean_code(text):
    """What was scanned, without what no label has.

    :param text: what a scanner or a person sent; anything
    :return: (code, problem): ``None``, ``"empty"`` or ``"too_long"``
    """
    text = text if isinstance(text, str) else ""
    kept = (sign for sign in text if sign == FNC1 or sign.isprintable())
    code = "".join(kept).strip()
    if not code:
        return "", "empty"
    if len(code) > MAX_LENGTH:
        return code[:MAX_LENGTH], "too_long"
    return code, None


def get_gtin_variants(code):
    """The ways a trade item number is written: with and without leading zeros.

    :param str code: a clean code
    :return: list of codes, the one that was scanned first
    """
    if not (code.isascii() and code.isdigit() and 8 <= len(code) <= 14):
        return [code]
    bare = code.lstrip("0")
    padded = (bare.zfill(length) for length in _GTIN_LENGTHS if len(bare) <= length)
    return list(dict.fromkeys([code, *padded]))
