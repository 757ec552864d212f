# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo.addons.order_management.tools.figures import plain_figure

#: signs of a number; what is longer nobody typed, and a float may not hold it
_LONGEST = 40
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def read_number(text, lang):
    """The number that somebody typed, as people of that language write numbers.

    "1,000" is a thousand in English and one in German. A separator of thousands is one
    only where all groups have three digits; else a single sign is the decimal one, for
    people type what their keyboard has.

    :param lang: what Odoo knows of the language: ``decimal_point``, ``thousands_sep``
    :raises ValueError: no number
    """
    text = re.sub(r"\s", "", str(text))
    if len(text) > _LONGEST:
        raise ValueError("No number")
    point = lang.decimal_point or "."
    # a space was taken out above
    comma = (lang.thousands_sep or "").strip()
    if comma:
        groups = rf"[+-]?[1-9]\d{{0,2}}({re.escape(comma)}\d{{3}})+"
        if re.fullmatch(rf"{groups}({re.escape(point)}\d*)?", text):
            text = text.replace(comma, "")
    text = text.replace(point, ".").replace(",", ".")
    if not _PLAIN.fullmatch(text):
        raise ValueError("No number")
    return float(text)


def show_number(value, lang):
    """What `read_number` reads as ``value``; of more than six decimals, six."""
    return plain_figure(value).replace(".", lang.decimal_point or ".")
