# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Chinese financial capitals (大写金额).

The rules are those of the People's Bank of China for bills and settlement vouchers
(正确填写票据和结算凭证的基本规定): renminbi are named before the figure; 整 closes an
amount that ends at yuan or jiao and never one that ends at fen; an empty jiao before
fen is written 零. Other currencies carry their name as unit.
"""

import cn2an

#: what cn2an can name
MAX_WHOLE = 10**16 - 1

#: ISO code: (main unit, hundredth)
_UNITS = {
    "USD": ("美元", "美分"),
    "EUR": ("欧元", "欧分"),
    "GBP": ("英镑", "便士"),
    "JPY": ("日元", ""),
    "VND": ("越南盾", ""),
}


def knows(currency: str) -> bool:
    """Whether amounts of this currency (ISO 4217 code) can be written."""
    return currency == "CNY" or currency in _UNITS


def amount_in_capitals(whole: int, hundredths: int, currency: str) -> str:
    """The capitals of an amount from zero upwards.

    :raises ValueError: more than 16 digits before the point
    """
    if whole > MAX_WHOLE:
        raise ValueError("an amount of more than 16 digits has no capitals here")
    if currency == "CNY":
        return "人民币" + _renminbi(whole, hundredths)
    unit, small = _UNITS[currency]
    text = _capitals(whole) + unit if whole or not hundredths else ""
    if not hundredths:
        return text + "整"
    return text + _capitals(hundredths) + small


def _renminbi(whole: int, hundredths: int) -> str:
    jiao, fen = divmod(hundredths, 10)
    text = f"{_capitals(whole)}元" if whole or not hundredths else ""
    if jiao:
        text += f"{_capitals(jiao)}角"
    elif fen and whole:
        text += "零"
    return text + (f"{_capitals(fen)}分" if fen else "整")


def _capitals(number: int) -> str:
    return cn2an.an2cn(number, "up")
