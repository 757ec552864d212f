# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Is this a neutral order? Every reason why not, at once."""

from decimal import Decimal

from .currencies import is_currency
from .identity import plain_id, usable_external_id
from .moments import parse_timestamp
from .problems import Problem, describe, render_path
from .schema import Report, compiled

_TIMESTAMPS = (
    (None, ("placed_at", "updated_at")),
    ("shipping", ("ship_by",)),
    ("payment", ("paid_at",)),
    ("shipments", ("shipped_at", "delivered_at")),
    ("refunds", ("at",)),
)


def validate(payload, limit: int = 1000) -> list[Problem]:
    """All problems of a payload, none for a good neutral order.

    First the published schema, then what a schema cannot say: currencies and dates that
    do not exist, lines that share an identifier, more cancelled than ordered, parcels
    and refunds that point to no line.

    :param payload: what ``json.loads`` gave
    :param limit: most problems to list
    """
    report = Report(limit)
    compiled()(payload, report, None)
    if type(payload) is dict:
        wrong = {problem.path for problem in report.problems}
        _check_identifier(payload, report, wrong)
        _check_currency(payload, report, wrong)
        _check_timestamps(payload, report, wrong)
        _check_lines(payload, report)
    return report.problems


def _check_identifier(payload, report, wrong):
    """Words for "nothing" are text, and still no order may be called so."""
    if "$.external_id" in wrong or "external_id" not in payload:
        return
    if usable_external_id(payload) is None:
        value = payload["external_id"]
        show = type(value) in (str, int) and _short(value)
        report.add((None, "external_id"), "value", "id", describe(value, show))


def _check_currency(payload, report, wrong):
    code = payload.get("currency")
    if type(code) is str and "$.currency" not in wrong and not is_currency(code):
        report.add((None, "currency"), "value", "currency", describe(code))


def _check_timestamps(payload, report, wrong):
    for path, source, names in _timestamp_holders(payload):
        for name in names:
            text = source.get(name)
            if type(text) is not str or len(text) > 40:
                continue
            try:
                parse_timestamp(text)
            except (ValueError, OverflowError):
                # what has no form at all is the schema's finding already
                if text and render_path((path, name)) not in wrong:
                    report.add(
                        (path, name), "no_such_date", "timestamp", describe(text)
                    )


def _timestamp_holders(payload):
    for part, names in _TIMESTAMPS:
        value = payload if part is None else payload.get(part)
        if type(value) is dict:
            yield part and (None, part), value, names
        elif type(value) is list:
            for index, item in enumerate(value):
                if type(item) is dict:
                    yield ((None, part), index), item, names


def _check_lines(payload, report):
    lines = payload.get("lines")
    if type(lines) is not list:
        return
    known = set()
    base = (None, "lines")
    for index, line in enumerate(lines):
        if type(line) is not dict:
            continue
        _check_line_ids(line, known, report, (base, index))
        if line.get("cancelled_quantity"):
            _check_cancelled(line, report, (base, index))
        if report.full:
            return
    for part in ("shipments", "refunds"):
        if payload.get(part):
            _check_links(payload[part], known, report, (None, part))


def _check_line_ids(line, known, report, path):
    own = line.get("external_id")
    if _is_id(own):
        if plain_id(own) in known:
            report.add(
                (path, "external_id"), "duplicate", "id", describe(own, _short(own))
            )
        known.add(plain_id(own))
    units = line.get("external_ids")
    if type(units) is not list:
        return
    for position, unit in enumerate(units):
        # a line may repeat its own identifier as that of its first unit
        if _is_id(unit) and plain_id(unit) != plain_id(own):
            if plain_id(unit) in known:
                report.add(
                    ((path, "external_ids"), position),
                    "duplicate",
                    "id",
                    describe(unit, _short(unit)),
                )
            known.add(plain_id(unit))


def _is_id(value):
    return type(value) in (str, int, float) and plain_id(value) != ""


def _short(value):
    """Order and line identifiers may be shown, but not a text somebody put there."""
    return type(value) is not str or (len(value) <= 40 and " " not in value)


def _check_cancelled(line, report, path):
    try:
        ordered = _whole_or_text(line.get("quantity"))
        cancelled = _whole_or_text(line["cancelled_quantity"])
    except (ArithmeticError, TypeError, ValueError):
        return
    if cancelled > ordered:
        report.add(
            (path, "cancelled_quantity"),
            "exceeds",
            "quantity",
            describe(line["cancelled_quantity"]),
            ordered,
        )


def _whole_or_text(value) -> Decimal:
    if type(value) is str and len(value) <= 20:
        number = Decimal(value)
    elif type(value) is int and 0 <= value < 10**12:
        number = Decimal(value)
    else:
        raise ValueError("not a quantity")
    if not number.is_finite():
        raise ValueError("not a quantity")
    return number


def _check_links(parts, known, report, path):
    if type(parts) is not list:
        return
    for index, part in enumerate(parts):
        links = part.get("lines") if type(part) is dict else None
        if type(links) is not list:
            continue
        for position, link in enumerate(links):
            target = link.get("line_id") if type(link) is dict else None
            if _is_id(target) and plain_id(target) not in known:
                where = ((((path, index), "lines"), position), "line_id")
                report.add(where, "unknown_line", "id", describe(target, False))
