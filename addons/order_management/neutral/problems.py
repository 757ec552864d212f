# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Problems found in data from outside: data first, text second.

A problem is a path, a code and what was expected, so that every caller can say it in
the reader's language: ``SENTENCES`` and ``EXPECTED`` are the English originals to
translate.
"""

from dataclasses import dataclass

#: How each code is said; ``got`` and ``expected`` are filled in.
SENTENCES = {
    "required": "missing; expected %(expected)s",
    "type": "expected %(expected)s, got %(got)s",
    "value": "expected %(expected)s, got %(got)s",
    "fraction": "a JSON number with a fraction loses digits on its way; expected "
    "%(expected)s, got %(got)s",
    "too_long": "too long; expected at most %(limit)s characters, got %(got)s",
    "too_many": "too many; expected at most %(limit)s entries, got %(got)s",
    "too_few": "too few; expected at least %(limit)s, got %(got)s",
    "no_such_date": "this date does not exist; expected %(expected)s, got %(got)s",
    "duplicate": "stands here twice; expected another value on each line, got %(got)s",
    "exceeds": "more is cancelled than ordered; expected at most %(limit)s, got "
    "%(got)s",
    "unknown_line": "no line of the order has this identifier; expected the "
    "external_id of a line, got %(got)s",
    "more": "further problems are not listed",
}

#: What a kind of value looks like.
EXPECTED = {
    "object": "a JSON object",
    "list": "a JSON array",
    "id": "an identifier: text of 1 to 255 characters, not blank, without control "
    "characters",
    "text": "text without NUL characters",
    "long_text": "text without NUL characters",
    "money": 'an amount as decimal text such as "12.50" or "-3", or a whole number',
    "amount": 'an amount of zero or more as decimal text such as "12.50", or a whole '
    "number",
    "quantity": 'a quantity of zero or more as decimal text such as "2" or "0.75", or '
    "a whole number",
    "percent": 'percent of zero or more as decimal text such as "8.25", or a whole '
    "number",
    "timestamp": "an ISO 8601 date and time with zone from 1970 to 2099, such as "
    '"2026-07-19T08:12:44+07:00"',
    "currency": 'a currency of ISO 4217 such as "VND"',
    "country_code": 'a country code of ISO 3166 with two letters such as "VN" (a name '
    "belongs into “country”)",
    "language": 'a language tag such as "vi" or "zh-CN"',
    "flag": "true or false",
    "latitude": "degrees from -90 to 90",
    "longitude": "degrees from -180 to 180",
    "order_status": "one of unpaid, paid, cancelled, shipped, delivered, returned",
    "payment_state": "one of unpaid, pending, authorized, paid, partially_refunded, "
    "refunded, failed, cancelled",
    "payer": "buyer or seller",
    "bearer": "seller or channel",
    "schema_version": "1",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a payload.

    ``path`` is a JSON path (``$.lines[2].quantity``), ``code`` a key of ``SENTENCES``,
    ``kind`` a key of ``EXPECTED`` (or empty), ``got`` what was found, shortened and
    without personal data, ``limit`` the bound that was passed.
    """

    path: str
    code: str
    kind: str = ""
    got: str = ""
    limit: str = ""

    @property
    def expected(self) -> str:
        """English text of what should stand here."""
        return EXPECTED.get(self.kind, self.limit)

    @property
    def text(self) -> str:
        """The whole problem as one English line."""
        sentence = SENTENCES[self.code] % {
            "expected": self.expected,
            "got": self.got,
            "limit": self.limit,
        }
        return f"{self.path}: {sentence}"


class InvalidOrder(ValueError):
    """A payload is no neutral order; ``problems`` says why, one by one."""

    def __init__(self, problems):
        super().__init__("; ".join(problem.text for problem in problems[:5]))
        self.problems = list(problems)


def render_path(path) -> str:
    """JSON path of a chain of ``(parent, key)`` pairs that ends with None."""
    parts = []
    while path:
        path, key = path
        parts.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return "$" + "".join(reversed(parts))


def describe(value, show=True) -> str:
    """A value for a message: at most 40 characters, in plain sight only if ``show``.

    Containers are named, never shown; text that may be personal gives its length.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return f"an array of {len(value)}"
    if isinstance(value, str):
        return _describe_text(value, show)
    if not show:
        return "a number"
    return _shorten(_number_text(value))


def _number_text(value) -> str:
    try:
        return repr(value)
    except ValueError:
        # Python refuses to write integers of more than 4,300 digits
        return "a number of thousands of digits"


def _describe_text(value, show) -> str:
    if not value:
        return "an empty text"
    if not show:
        return f"text of {len(value)} characters"
    # "@" never stands in a code or number: rather hide a mail address that slipped
    # into the wrong field
    if "@" in value or len(value) > 64:
        return f"text of {len(value)} characters"
    return '"' + _shorten(ascii_controls(value)) + '"'


def ascii_controls(value: str) -> str:
    """The text with everything unprintable written out (``\\x00``, ``\\u202e``)."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in value
    )


def _shorten(text: str, length: int = 40) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
