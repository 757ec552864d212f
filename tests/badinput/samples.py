"""What arrives in place of good values: the sorts of rubbish, each by name."""

import string

#: Text that becomes something else where somebody forgot to escape it.
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg/onload=alert(1)>",
    "<b>bold</b>&lt;i&gt;&amp;",
    "javascript:alert(1)",
    "<![CDATA[x]]><!-- --><?xml version='1.0'?>",
]
TEMPLATES = [
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%s %(name)s %d %%",
    "{0} {name} {}",
    "\\u0041 \\n \\x00",
    "$.lines[0]",
]
SQL = [
    "'; DROP TABLE sale_order; --",
    "1 OR 1=1",
    "Robert'); DELETE FROM res_users;--",
    "%' UNION SELECT password FROM res_users --",
    "_%_",
    "\\'; SELECT pg_sleep(9); --",
]
#: Direction, zero width, stacked marks, letters that grow or shrink when compared.
UNSEEN = [
    "\u202eevil\u202c",
    "\u200b\u200d\u2060\ufeff",
    "\u2066\u2067\u2068x",
    "a" + "\u0301" * 50,
    "\u00a0\u3000\u2028\u2029",
    "ﬀ İ ß Ǆ ﷺ",
    "👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "\U0010ffff\ufdd0",
]
CONTROL = ["a\tb", "a\nb", "a\r\nb", "\x1b[31mred", "\x07", "\x7f", "\x85", "\x0b\x0c"]
#: Figures as nobody should write them.
FIGURES = [
    "1e5",
    "1E+400",
    "1,000",
    "1.000,00",
    "١٢",
    "１２",
    " 12 ",
    "12\n",
    "+5",
    "0x10",
    "1_000",
    "--1",
    "-",
    ".",
    ".5",
    "5.",
    "1.5.2",
    "NaN",
    "-Infinity",
    "1/3",
    "12 USD",
    "½",
    "",
    " ",
    0.1,
    1.5,
    3.0,
    -0.0,
    1e15,
    1e300,
    5e-324,
    10**20,
    10**400,
    -1,
    -(10**15),
    2**53,
    True,
]
#: The outermost figures that the schema still takes.
EXTREMES = [
    "999999999999999.999999999",
    "999999999999999",
    "0.000000001",
    "0.000001",
    "999999999.999999",
    "000000000000001",
    "0",
    "-999999999999999.999999999",
    "-0",
    999999999999999,
    999999999,
    9999,
]
NOT_JSON = [float("nan"), float("inf"), float("-inf")]
DATES = [
    "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+23:59",
    "2099-12-31T23:59:59-23:59",
    "2100-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-07-19T24:00:00Z",
    "2026-07-19T23:59:60Z",
    "2026-07-19",
    "2026-07-19T08:12:44",
    "19/07/2026 08:12",
    "1789000000",
    1789000000,
    "now()",
    "-infinity",
    "2026-07-19T08:12:44.999999999Z",
    "２０２６-07-19T08:12:44Z",
]
WORDS = ["Paid", "PAID", "paid ", "payed", "null", "undefined", "true", 1, "😀"]
IDS = [
    "",
    " ",
    "\u00a0",
    "null",
    "None",
    "N/A",
    "undefined",
    "0",
    0,
    -1,
    1.0,
    1.5,
    2**53 - 1,
    2**53,
    10**30,
    True,
    None,
    [],
    {},
    ["1"],
    "x" * 255,
    "x" * 256,
    "é" * 255,
    "😀" * 255,
    " padded ",
    "a\nb",
    "a\x00b",
    "../../etc/passwd",
    "@shipping",
    "#1",
    "__proto__",
]
WRONG_TYPES = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    "",
    "text",
    [],
    [None],
    [[]],
    {},
    {"a": 1},
]
KEYS = [
    "",
    " ",
    "__proto__",
    "constructor",
    "__class__",
    "id",
    "state",
    "company_id",
    "sale_order_id",
    "channel_id",
    "raw",
    "état",
    "a.b",
    "$ref",
    "<b>",
    "\u202ekey",
    "x" * 5000,
    "Total",
]
_ALPHABET = string.ascii_letters + "àảãạđễ漢字かな한글ßØ😀🎁🚚—"


def noise(draw, length):
    """Text that no compression makes smaller."""
    return "".join(
        draw.choice(_ALPHABET) if draw.random() < 0.3 else chr(draw.randint(33, 55000))
        for _position in range(length)
    )
