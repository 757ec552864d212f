# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""One row of an order list: cells to typed values, problems cell by cell."""

from dataclasses import dataclass, field

from ..problems import EXPECTED
from .cells import (
    CellProblem,
    Formula,
    column_letter,
    is_error,
    parse_date,
    parse_flag,
    parse_number,
    parse_status,
    shown,
    text_of,
)
from .mapping import has_decimals

_MONEY = {
    "line.unit_price",
    "line.amount",
    "line.discount",
    "line.tax",
    "shipping.fee",
    "discount",
    "channel_discount",
    "total",
}
_FIGURES = _MONEY | {"line.quantity", "line.cancelled_quantity", "line.tax_rate"}
_DATES = {"placed_at", "updated_at", "shipping.ship_by", "payment.paid_at"}
_FLAGS = {"prices_include_tax", "payment.cash_on_delivery"}
_EXPECTED = {
    "number": "a number such as 1234.56 or 1.234,56",
    "date": "a date such as 31/12/2026 or 2026-12-31 14:30",
    "status": EXPECTED["order_status"],
}


@dataclass(slots=True)
class ReadRow:
    """One row: ``values`` are the cells as they stand, ``fields`` what they mean."""

    number: int
    values: list
    fields: dict
    problems: list = field(default_factory=list)


class RowReader:
    """Turns rows into fields by a mapping."""

    def __init__(self, mapping):
        self.mapping = mapping
        self.columns = sorted(mapping.columns.items(), key=lambda item: item[1])
        self.zone = _find_zone(mapping.timezone)

    def read_row(self, number, values) -> ReadRow:
        """The row's fields; a cell that cannot be used becomes a problem."""
        row = ReadRow(number, values, {})
        currency = self._currency(values)
        for name, index in self.columns:
            value = values[index] if index < len(values) else None
            if value is None or value == "":
                continue
            try:
                row.fields[name] = self._convert(name, value, currency)
            except (ValueError, OverflowError, ArithmeticError):
                row.problems.append(self._problem(number, name, value))
        return row

    def problem(self, row, name, code, expected="", value=None) -> CellProblem:
        """A problem with the field ``name`` of a row that was read."""
        index = self.mapping.columns.get(name)
        if value is None and index is not None and index < len(row.values):
            value = row.values[index]
        return CellProblem(
            row=row.number,
            column="" if index is None else column_letter(index),
            field=name,
            value=_short(shown(value)),
            code=code,
            expected=expected,
        )

    def _currency(self, values):
        index = self.mapping.columns.get("currency")
        value = values[index] if index is not None and index < len(values) else None
        return value or self.mapping.defaults.get("currency")

    def _convert(self, name, value, currency):
        if is_error(value):
            raise ValueError("error of a formula")
        if name in _FIGURES:
            thousands = name in _MONEY and not has_decimals(currency)
            number = parse_number(value, self.mapping.decimal_mark, thousands)
            return _as_percent(value, number) if name == "line.tax_rate" else number
        if name in _DATES:
            return parse_date(value, self.zone, self.mapping.date_order)
        if name in _FLAGS:
            return parse_flag(value)
        if name == "status":
            return parse_status(value)
        return text_of(value)

    def _problem(self, number, name, value):
        code = "number" if name in _FIGURES else "date" if name in _DATES else "flag"
        code = "status" if name == "status" else code
        code = "error_value" if is_error(value) else code
        code = "no_result" if isinstance(value, Formula) else code
        return CellProblem(
            row=number,
            column=column_letter(self.mapping.columns[name]),
            field=name,
            value=_short(shown(value)),
            code=code,
            expected=_EXPECTED.get(code, ""),
        )


def _as_percent(value, number):
    """A percent cell of a spreadsheet program holds 0.08 for 8 %."""
    if isinstance(value, float) and 0 < value < 1:
        return parse_number(value * 100)
    return number


def _short(text):
    return text if len(text) <= 80 else text[:79] + "…"


def _find_zone(name):
    # pytz comes with Odoo and brings the zones along; a slim system may have none
    import pytz

    try:
        return pytz.timezone(name)
    except pytz.UnknownTimeZoneError as error:
        raise ValueError(f"unknown time zone {name!r}") from error
