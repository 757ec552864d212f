# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Values of cells: figures, dates and words as people and programs write them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ..words import squeeze


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell that cannot be used.

    ``row`` counts from 1, ``column`` is the letter of spreadsheet programs (empty when
    the whole row is meant), ``field`` the field it was read for, ``value`` what stands
    there, ``code`` a key of ``CELL_SENTENCES``, ``expected`` what should stand there.
    """

    row: int
    column: str
    field: str
    value: str
    code: str
    expected: str = ""

    @property
    def text(self) -> str:
        """The problem as one English line."""
        where = f"{self.column}{self.row}" if self.column else f"row {self.row}"
        sentence = CELL_SENTENCES[self.code] % {
            "value": self.value,
            "expected": self.expected,
            "field": self.field,
        }
        return f"{where}: {sentence}"


CELL_SENTENCES = {
    "number": "“%(value)s” is no number; expected %(expected)s",
    "date": "“%(value)s” is no date; expected %(expected)s",
    "flag": "“%(value)s” is neither yes nor no",
    "status": "“%(value)s” is no state of an order; expected %(expected)s",
    "missing": "%(field)s is empty; expected %(expected)s",
    "conflict": "“%(value)s” differs from “%(expected)s” in the order's first row",
    "scattered": "rows of order “%(value)s” stand too far apart; sort the file by "
    "order",
    "error_value": "“%(value)s” is an error of a formula",
    "no_result": "“%(value)s” is a formula without a result; open the file in a "
    "spreadsheet program, save it there and try again",
    "invalid": "“%(value)s”: expected %(expected)s",
    "other_row": "another row of this order has a problem",
}

_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
_MONEY_SIGNS = re.compile(
    r"[\s\u00a0\u202f'’₫$€£¥￥฿₩₹₱%]|(?<=[0-9 ])[đdĐ]$|^(?:VND|VNĐ|USD|EUR|RMB|CNY|GBP)"
    r"|(?:VND|VNĐ|USD|EUR|RMB|CNY|GBP)$|元$|円$",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*\Z")
_YES = {squeeze(text) for text in "yes|y|true|1|x|có|đúng|是|含税|✓|✔|v".split("|")}
_NO = {squeeze(text) for text in "no|n|false|0|không|sai|否|不含税".split("|")}
_STATUSES = {
    squeeze(text): status
    for status, texts in {
        "unpaid": "unpaid|pending payment|to pay|awaiting payment|pending|"
        "chờ thanh toán|chưa thanh toán|待付款|未付款|等待买家付款",
        "paid": "paid|processing|confirmed|ready to ship|to ship|new|"
        "awaiting shipment|đã thanh toán|chờ xác nhận|chờ lấy hàng|chờ giao hàng|mới|"
        "đang xử lý|đã xác nhận|待发货|已付款|买家已付款|待出库",
        "cancelled": "cancelled|canceled|void|đã hủy|hủy|đã huỷ|huỷ|已取消|取消|"
        "交易关闭|已关闭",
        "shipped": "shipped|in transit|sent|dispatched|shipping|đang giao|đã gửi hàng|"
        "đang vận chuyển|đã giao cho vận chuyển|đang giao hàng|已发货|运输中|待收货|"
        "卖家已发货",
        "delivered": "delivered|completed|complete|done|received|đã giao|hoàn thành|"
        "giao thành công|đã giao hàng|đã nhận hàng|已完成|已签收|交易成功|已送达",
        "returned": "returned|refunded|trả hàng|đã trả hàng|hoàn tiền|đã hoàn hàng|"
        "退货|已退货|已退款",
    }.items()
    for text in texts.split("|")
}


class Formula(str):
    """A formula that no program has computed yet: its text, never its result."""

    __slots__ = ()


def shown(value) -> str:
    """A cell for a message or a file of rejects."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def text_of(value) -> str:
    """A cell as text: 12.0 from a spreadsheet is an article number "12"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown(value)


def is_error(value) -> bool:
    """Whether the cell holds what a failed formula leaves, or one without result."""
    return isinstance(value, Formula) or (
        isinstance(value, str) and value.upper() in _ERRORS
    )


# --- figures ---
def parse_number(value, mark: str = ".", thousands: bool = False) -> str:
    """The number in a cell as plain decimal text.

    ``1.234,56``, ``1,234.56``, ``1 234,56``, ``1'234.56``, ``(5)``, ``5-``, ``12 %``
    and ``150.000 ₫`` are understood. With both signs the last one is the decimal sign.
    One sign before exactly three digits is read by ``mark``, the decimal sign of the
    file; so is ``1.234`` in a file with decimal points, unless ``thousands`` says that
    the currency has no decimals.

    :raises ValueError: when it is no number
    """
    if isinstance(value, bool):
        raise ValueError("boolean")
    if isinstance(value, (int, float, Decimal)):
        return _plain(Decimal(repr(value) if isinstance(value, float) else value))
    if not isinstance(value, str) or len(value) > 60:
        raise ValueError("no number")
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    text = _MONEY_SIGNS.sub("", _MONEY_SIGNS.sub("", text)).lstrip("+")
    text = text.replace("−", "-")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    elif text.endswith("-"):
        text = "-" + text[:-1]
    if not _PLAIN.match(text):
        return _scientific(text)
    return _plain(Decimal(_with_point(text, mark, thousands)))


def _with_point(text, mark, thousands):
    """The digits with a decimal point or none."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        decimal = "." if text.rfind(".") > text.rfind(",") else ","
        if text.count(decimal) > 1:
            raise ValueError("two decimal signs")
    elif points + commas > 1:
        decimal = ""
    else:
        decimal = "." if points else ","
        if _is_ambiguous(text, decimal) and (decimal != mark or thousands):
            decimal = ""
    whole, _sign, fraction = text.partition(decimal) if decimal else (text, "", "")
    _check_groups(whole.lstrip("-"))
    whole = whole.replace(".", "").replace(",", "")
    return f"{whole}.{fraction}" if fraction else whole


def _is_ambiguous(text, sign):
    """Whether the only sign could be one of thousands: "1.234", not "0.234"."""
    head, _sign, tail = text.lstrip("-").partition(sign)
    return len(tail) == 3 and 0 < len(head) <= 3 and not head.startswith("0")


def _check_groups(whole):
    head, *groups = re.split("[.,]", whole)
    if groups and (len(head) > 3 or any(len(group) not in (2, 3) for group in groups)):
        raise ValueError("digits in odd groups")
    if groups and len(groups[-1]) != 3:
        raise ValueError("digits in odd groups")


def _scientific(text):
    if not re.match(r"-?[0-9](?:[.,][0-9]+)?[eE][+-]?[0-9]{1,2}\Z", text):
        raise ValueError("no number")
    return _plain(Decimal(text.replace(",", ".")))


def _plain(number: Decimal) -> str:
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueError("no number")
    # a spreadsheet's 0.1 + 0.2: nobody means the seventeenth digit
    if number.as_tuple().exponent < -6:
        number = number.quantize(Decimal("1e-6"))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def infer_decimal_mark(values) -> str:
    """The decimal sign of a column or file: "." or "," from what leaves no doubt.

    Empty when every value could be read both ways.
    """
    votes = {".": 0, ",": 0}
    for value in values:
        if not isinstance(value, str) or len(value) > 60:
            continue
        text = _MONEY_SIGNS.sub("", value)
        if not _PLAIN.match(text):
            continue
        points, commas = text.count("."), text.count(",")
        if points and commas:
            votes["." if text.rfind(".") > text.rfind(",") else ","] += 1
        elif points > 1:
            votes[","] += 1
        elif commas > 1:
            votes["."] += 1
        elif points + commas == 1:
            sign = "." if points else ","
            if not _is_ambiguous(text, sign):
                votes[sign] += 1
    if votes["."] == votes[","]:
        return ""
    return max(votes, key=votes.get)


# --- dates ---
_EXCEL_EPOCH = datetime(1899, 12, 30)
_DATE = re.compile(
    r"(?P<a>[0-9]{1,4})\s*[-/.年]\s*(?P<b>[0-9]{1,2})\s*[-/.月]\s*(?P<c>[0-9]{1,4})日?"
    r"(?:[T,\s]+(?P<hour>[0-9]{1,2})[:h时](?P<minute>[0-9]{2})分?"
    r"(?:[:分](?P<second>[0-9]{2})(?:[.,][0-9]+)?秒?)?"
    r"\s*(?P<half>AM|PM|SA|CH|上午|下午)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?\Z",
    re.IGNORECASE,
)
_TIME_FIRST = re.compile(r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)\s+([0-9].*[-/.].*)\Z")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_NAME = re.compile(
    r"(?:(?P<d1>[0-9]{1,2})[\s.-]*(?P<m1>[A-Za-z]{3,9})\.?|"
    r"(?P<m2>[A-Za-z]{3,9})\.?\s*(?P<d2>[0-9]{1,2}))[\s,.-]+(?P<y>[0-9]{4})"
    r"(?P<rest>.*)\Z"
)
_COMPACT = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])\Z")


def parse_date(value, zone, order: str = "dmy") -> str:
    """The moment in a cell as ISO 8601 with zone.

    :param value: date, text, or the serial number spreadsheet programs count days with
    :param zone: tzinfo of dates that carry none
    :param order: how 1/2/2026 is read, "dmy" or "mdy"; years first are recognised
    :raises ValueError: when it is no date from 1970 to 2099
    """
    moment = _moment(value, order)
    if not 1970 <= moment.year <= 2099:
        raise ValueError("year out of range")
    if moment.tzinfo is None:
        # pytz zones know the offset of a day only when asked so
        localize = getattr(zone, "localize", None)
        moment = localize(moment) if localize else moment.replace(tzinfo=zone)
    return moment.isoformat(timespec="seconds")


def _moment(value, order):
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_serial(value)
    if not isinstance(value, str) or len(value) > 60:
        raise ValueError("no date")
    text = unicodedata.normalize("NFKC", value).strip().lstrip("'")
    swapped = _TIME_FIRST.match(text)
    text = f"{swapped[2]} {swapped[1]}" if swapped else text
    text = _with_month_number(text)
    match = _DATE.match(text)
    if match:
        return _from_match(match, order)
    if re.match(r"[0-9]{5}(?:\.[0-9]+)?\Z", text):
        return _from_serial(float(text))
    compact = _COMPACT.match(text)
    if compact:
        return datetime(*map(int, compact.groups()))
    raise ValueError("no date")


def _from_serial(number):
    # 1970 to 2099; anything else is an amount or a number of something
    if not 25569 <= number < 73051:
        raise ValueError("no serial number of a day")
    return _EXCEL_EPOCH + timedelta(seconds=round(number * 86400))


def _with_month_number(text):
    match = _MONTH_NAME.match(text)
    if not match:
        return text
    name = (match["m1"] or match["m2"])[:3].lower()
    if name not in _MONTHS:
        return text
    day = match["d1"] or match["d2"]
    return f"{match['y']}-{_MONTHS.index(name) + 1}-{day}{match['rest']}"


def _from_match(match, order):
    first, second, third = int(match["a"]), int(match["b"]), int(match["c"])
    if len(match["a"]) == 4:
        year, month, day = first, second, third
    elif len(match["c"]) in (2, 4):
        year = third if len(match["c"]) == 4 else 2000 + third
        day, month = (second, first) if order == "mdy" else (first, second)
        # only one reading is a date
        if month > 12 >= day:
            day, month = month, day
    else:
        raise ValueError("no date")
    hour, minute, second = (
        int(match[name] or 0) for name in ("hour", "minute", "second")
    )
    half = (match["half"] or "").upper()
    if half in ("PM", "CH", "下午") and hour < 12:
        hour += 12
    elif half in ("AM", "SA", "上午") and hour == 12:
        hour = 0
    zone = match["zone"]
    moment = datetime(year, month, day, hour, minute, second)
    if not zone:
        return moment
    sign = zone if zone[0] in "+-" else "+00:00"
    return datetime.fromisoformat(f"{moment.isoformat()}{sign[:3]}:{sign[-2:]}")


def infer_date_order(values) -> str:
    """ "dmy" or "mdy" from days beyond the twelfth; empty when there are none."""
    votes = {"dmy": 0, "mdy": 0}
    for value in values:
        match = _DATE.match(value) if isinstance(value, str) else None
        if match and len(match["a"]) < 4:
            if int(match["a"]) > 12:
                votes["dmy"] += 1
            elif int(match["b"]) > 12:
                votes["mdy"] += 1
    if votes["dmy"] == votes["mdy"]:
        return ""
    return max(votes, key=votes.get)


# --- words ---
def parse_flag(value) -> bool:
    """Yes or no.

    :raises ValueError: when it is neither
    """
    if isinstance(value, bool):
        return value
    key = squeeze(shown(value)) or shown(value)
    if key in _YES:
        return True
    if key in _NO:
        return False
    raise ValueError("neither yes nor no")


def parse_status(value) -> str:
    """State of an order in the words of the neutral order.

    :raises ValueError: when the word is not known
    """
    status = _STATUSES.get(squeeze(shown(value)))
    if not status:
        raise ValueError("unknown state")
    return status


def column_letter(index: int) -> str:
    """ "A" for 0, "AA" for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
