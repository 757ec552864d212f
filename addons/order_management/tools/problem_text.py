# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What is wrong with a neutral order, in the reader's language.

The texts are those of ``neutral.problems``, written out a second time because only
literals can be collected for translation; a test compares the two.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "required": _lt("missing; expected %(expected)s"),
    "type": _lt("expected %(expected)s, got %(got)s"),
    "value": _lt("expected %(expected)s, got %(got)s"),
    "fraction": _lt(
        "a JSON number with a fraction loses digits on its way; expected "
        "%(expected)s, got %(got)s"
    ),
    "too_long": _lt("too long; expected at most %(limit)s characters, got %(got)s"),
    "too_many": _lt("too many; expected at most %(limit)s entries, got %(got)s"),
    "too_few": _lt("too few; expected at least %(limit)s, got %(got)s"),
    "no_such_date": _lt("this date does not exist; expected %(expected)s, got %(got)s"),
    "duplicate": _lt(
        "stands here twice; expected another value on each line, got %(got)s"
    ),
    "exceeds": _lt(
        "more is cancelled than ordered; expected at most %(limit)s, got %(got)s"
    ),
    "unknown_line": _lt(
        "no line of the order has this identifier; expected the external_id "
        "of a line, got %(got)s"
    ),
    "more": _lt("further problems are not listed"),
}
EXPECTED = {
    "object": _lt("a JSON object"),
    "list": _lt("a JSON array"),
    "id": _lt(
        "an identifier: text of 1 to 255 characters, not blank, without "
        "control characters"
    ),
    "text": _lt("text without NUL characters"),
    "long_text": _lt("text without NUL characters"),
    "money": _lt(
        'an amount as decimal text such as "12.50" or "-3", or a whole number'
    ),
    "amount": _lt(
        'an amount of zero or more as decimal text such as "12.50", or a whole number'
    ),
    "quantity": _lt(
        'a quantity of zero or more as decimal text such as "2" or "0.75", or '
        "a whole number"
    ),
    "percent": _lt(
        'percent of zero or more as decimal text such as "8.25", or a whole number'
    ),
    "timestamp": _lt(
        "an ISO 8601 date and time with zone from 1970 to 2099, such as "
        '"2026-07-19T08:12:44+07:00"'
    ),
    "currency": _lt('a currency of ISO 4217 such as "VND"'),
    "country_code": _lt(
        'a country code of ISO 3166 with two letters such as "VN" (a name '
        "belongs into “country”)"
    ),
    "language": _lt('a language tag such as "vi" or "zh-CN"'),
    "flag": _lt("true or false"),
    "latitude": _lt("degrees from -90 to 90"),
    "longitude": _lt("degrees from -180 to 180"),
    "order_status": _lt("one of unpaid, paid, cancelled, shipped, delivered, returned"),
    "payment_state": _lt(
        "one of unpaid, pending, authorized, paid, partially_refunded, "
        "refunded, failed, cancelled"
    ),
    "payer": _lt("buyer or seller"),
    "bearer": _lt("seller or channel"),
    "schema_version": _lt("1"),
}


def describe_problem(env, problem):
    """One line: the JSON path, what is wrong there and what is expected."""
    expected = EXPECTED.get(problem.kind)
    values = {
        "expected": env._(expected) if expected else problem.limit,
        "got": problem.got,
        "limit": problem.limit,
    }
    # a lazy text takes no arguments of its own
    sentence = env._(SENTENCES[problem.code])
    return f"{problem.path}: {sentence % values}"
