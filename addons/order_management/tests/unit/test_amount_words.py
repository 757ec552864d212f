# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Amounts in words, against values written by hand."""

from decimal import Decimal

import pytest
from amount_words import amount_in_words
from amount_words.vietnamese import number_in_words

VIETNAMESE = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi bốn",
    25: "hai mươi lăm",
    55: "năm mươi lăm",
    91: "chín mươi mốt",
    100: "một trăm",
    101: "một trăm linh một",
    105: "một trăm linh năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    505: "năm trăm linh năm",
    999: "chín trăm chín mươi chín",
    1000: "một nghìn",
    1001: "một nghìn không trăm linh một",
    1010: "một nghìn không trăm mười",
    1015: "một nghìn không trăm mười lăm",
    1021: "một nghìn không trăm hai mươi mốt",
    1100: "một nghìn một trăm",
    10000: "mười nghìn",
    15000: "mười lăm nghìn",
    21000: "hai mươi mốt nghìn",
    100000: "một trăm nghìn",
    105000: "một trăm linh năm nghìn",
    1000000: "một triệu",
    1000001: "một triệu không trăm linh một",
    1000100: "một triệu một trăm",
    1001000: "một triệu không trăm linh một nghìn",
    1050000: "một triệu không trăm năm mươi nghìn",
    1234567: ("một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy"),
    10**9: "một tỷ",
    10**9 + 5: "một tỷ không trăm linh năm",
    10**9 + 10**6: "một tỷ không trăm linh một triệu",
    1234567890: (
        "một tỷ hai trăm ba mươi bốn triệu năm trăm sáu mươi bảy nghìn "
        "tám trăm chín mươi"
    ),
    10**12: "một nghìn tỷ",
    10**12 + 10**9: "một nghìn không trăm linh một tỷ",
    10**15: "một triệu tỷ",
    10**18: "một tỷ tỷ",
}


@pytest.mark.parametrize(("number", "words"), VIETNAMESE.items())
def test_vietnamese_numbers(number, words):
    assert number_in_words(number) == words


def test_vietnamese_refuses_negative():
    with pytest.raises(ValueError, match="zero upwards"):
        number_in_words(-1)


def read_vietnamese(words):
    """The number that Vietnamese words mean, read by other rules than they are made."""
    digits = {
        word: value
        for value, word in enumerate(
            "không một hai ba bốn năm sáu bảy tám chín".split()
        )
    } | {"mốt": 1, "lăm": 5}
    total = group = digit = 0
    for word in words.split():
        if word in digits:
            digit = digits[word]
        elif word == "mười":
            group, digit = group + 10, 0
        elif word == "mươi":
            group, digit = group + 10 * digit, 0
        elif word == "trăm":
            group, digit = group + 100 * digit, 0
        elif word in ("nghìn", "triệu"):
            scale = 1000 if word == "nghìn" else 10**6
            total, group, digit = total + (group + digit) * scale, 0, 0
        elif word == "tỷ":
            total, group, digit = (total + group + digit) * 10**9, 0, 0
        else:
            assert word == "linh", word
    return total + group + digit


def test_vietnamese_words_mean_the_number():
    """Every number up to 2,000 and a walk over all sizes reads back as itself."""
    numbers = list(range(2001)) + [7**power for power in range(1, 20)]
    numbers += [10**power + 10**low for power in range(3, 18) for low in range(power)]
    for number in numbers:
        assert read_vietnamese(number_in_words(number)) == number


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0", "VND", "Không đồng"),
        ("1250000", "VND", "Một triệu hai trăm năm mươi nghìn đồng"),
        ("1250000.49", "VND", "Một triệu hai trăm năm mươi nghìn đồng"),
        (
            "1250000.5",
            "VND",
            "Một triệu hai trăm năm mươi nghìn không trăm linh một đồng",
        ),
        ("-5000", "VND", "Âm năm nghìn đồng"),
        ("100", "USD", "Một trăm đô la Mỹ"),
        ("100.05", "USD", "Một trăm đô la Mỹ và năm xu"),
        ("0.25", "EUR", "Hai mươi lăm xu"),
        ("31.21", "EUR", "Ba mươi mốt euro và hai mươi mốt xu"),
        ("2", "GBP", "Hai bảng Anh"),
        ("10.5", "CNY", "Mười nhân dân tệ và năm mươi phân"),
        ("1005", "JPY", "Một nghìn không trăm linh năm yên Nhật"),
    ],
)
def test_vietnamese_amounts(amount, currency, words):
    assert amount_in_words(amount, currency, "vi_VN") == words


# The first seven are the examples of the central bank's own rules
@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("100000", "壹拾万元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("0.55", "伍角伍分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("100.05", "壹佰元零伍分"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("10001", "壹万零壹元整"),
        ("10500", "壹万零伍佰元整"),
        ("110000", "壹拾壹万元整"),
        ("100000001", "壹亿零壹元整"),
        ("1000000000", "壹拾亿元整"),
        ("1000000010", "壹拾亿零壹拾元整"),
        ("99999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("0.005", "壹分"),
        ("0.004", "零元整"),
    ],
)
def test_renminbi_capitals(amount, words):
    assert amount_in_words(amount, "CNY", "zh_CN") == "人民币" + words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1234", "USD", "壹仟贰佰叁拾肆美元整"),
        ("1234.05", "USD", "壹仟贰佰叁拾肆美元伍美分"),
        ("0.3", "EUR", "叁拾欧分"),
        ("1", "GBP", "壹英镑整"),
        ("0.01", "GBP", "壹便士"),
        ("10000", "JPY", "壹万日元整"),
        ("1250000", "VND", "壹佰贰拾伍万越南盾整"),
        ("-8", "USD", "负捌美元整"),
    ],
)
def test_chinese_other_currencies(amount, currency, words):
    assert amount_in_words(amount, currency, "zh_CN") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0", "USD", "Zero US dollars"),
        ("1", "USD", "One US dollar"),
        ("0.01", "USD", "One cent"),
        ("21.01", "USD", "Twenty-one US dollars and one cent"),
        (
            "1234.5",
            "USD",
            "One thousand two hundred and thirty-four US dollars and fifty cents",
        ),
        ("1", "GBP", "One pound sterling"),
        ("2.01", "GBP", "Two pounds sterling and one penny"),
        ("2.02", "GBP", "Two pounds sterling and two pence"),
        ("1000000", "VND", "One million Vietnamese dong"),
        ("1.5", "JPY", "Two Japanese yen"),
        ("7.07", "CNY", "Seven Chinese yuan and seven fen"),
        ("1.999", "EUR", "Two euros"),
        ("-3", "EUR", "Minus three euros"),
    ],
)
def test_english(amount, currency, words):
    assert amount_in_words(amount, currency, "en_US") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0", "EUR", "Zéro euro"),
        ("1", "EUR", "Un euro"),
        ("1.01", "EUR", "Un euro et un centime"),
        ("21", "EUR", "Vingt et un euros"),
        ("80", "EUR", "Quatre-vingts euros"),
        ("81", "EUR", "Quatre-vingt-un euros"),
        ("200", "EUR", "Deux cents euros"),
        ("201", "EUR", "Deux cent un euros"),
        ("1000", "USD", "Mille dollars américains"),
        ("1000000", "EUR", "Un million d'euros"),
        ("2000000", "USD", "Deux millions de dollars américains"),
        ("1000000000", "JPY", "Un milliard de yens japonais"),
        ("1000001", "EUR", "Un million un euros"),
        ("1", "GBP", "Une livre sterling"),
        ("21", "GBP", "Vingt et une livres sterling"),
        ("81", "GBP", "Quatre-vingt-une livres sterling"),
        ("71.71", "EUR", "Soixante et onze euros et soixante et onze centimes"),
        ("5", "VND", "Cinq dongs vietnamiens"),
        ("-2", "CNY", "Moins deux yuans chinois"),
    ],
)
def test_french(amount, currency, words):
    assert amount_in_words(amount, currency, "fr_FR") == words


@pytest.mark.parametrize(
    ("amount", "currency", "language"),
    [
        ("1", "USD", "zh_TW"),
        ("1", "USD", "de_DE"),
        ("1", "XXX", "vi_VN"),
        (Decimal(10) ** 16, "CNY", "zh_CN"),
        ("NaN", "USD", "en"),
        ("Infinity", "USD", "en"),
    ],
)
def test_nothing_made_up(amount, currency, language):
    assert amount_in_words(amount, currency, language) == ""


def test_currency_without_names_here():
    names = ("Dollars", "Cents")
    words = amount_in_words("1005.20", "AUD", "vi_VN", names)
    assert words == "Một nghìn không trăm linh năm Dollars và hai mươi Cents"
    assert amount_in_words("5.4", "KRW", "vi_VN", ("Won", "")) == "Năm Won"
    assert amount_in_words("1", "AUD", "fr_FR", names) == ""


@pytest.mark.parametrize("language", ["en", "fr", "vi", "zh_CN"])
@pytest.mark.parametrize("currency", ["VND", "CNY", "USD", "EUR", "GBP", "JPY"])
def test_every_amount_has_its_own_words(currency, language):
    """Two different amounts never read the same."""
    step = 1 if currency in ("VND", "JPY") else Decimal("0.01")
    amounts = [step * number for number in range(400)]
    amounts += [Decimal(10) ** power for power in range(3, 16)]
    words = [amount_in_words(amount, currency, language) for amount in amounts]
    assert all(words)
    assert len(set(words)) == len(set(amounts))
