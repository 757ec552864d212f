# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which column means what, and how figures and dates are written."""

from dataclasses import dataclass, field, replace

from ..currencies import decimals
from .cells import infer_date_order, infer_decimal_mark
from .headers import column_titles, guess_columns

#: Fields an order cannot do without; the price may come from the line's amount.
REQUIRED = ("external_id", "placed_at", "line.quantity", "line.unit_price")
_NUMBERS = (
    "line.quantity",
    "line.cancelled_quantity",
    "line.unit_price",
    "line.amount",
    "line.discount",
    "line.tax",
    "line.tax_rate",
    "shipping.fee",
    "discount",
    "channel_discount",
    "total",
)
_DATES = ("placed_at", "updated_at", "shipping.ship_by", "payment.paid_at")


@dataclass(frozen=True)
class Mapping:
    """How the cells of a row become a neutral order.

    ``columns``: field -> column index from 0. ``defaults``: values of fields without a
    column or with an empty cell, ``currency`` first of all. ``decimal_mark`` "." or
    ",", ``date_order`` "dmy" or "mdy", ``timezone`` a name of the tz database for dates
    without a zone.
    """

    columns: dict[str, int]
    defaults: dict = field(default_factory=dict)
    decimal_mark: str = "."
    date_order: str = "dmy"
    timezone: str = "UTC"

    def missing(self) -> list[str]:
        """Required fields that neither a column nor a default gives."""
        missing = [
            name
            for name in REQUIRED
            if name not in self.columns and self.defaults.get(name) in (None, "")
        ]
        if "line.amount" in self.columns and "line.unit_price" in missing:
            missing.remove("line.unit_price")
        if "currency" not in self.columns and not self.defaults.get("currency"):
            missing.append("currency")
        return missing

    def remember(self, headers) -> dict:
        """What to keep for the channel: titles instead of column numbers."""
        return {
            "columns": {
                name: headers[index]
                for name, index in self.columns.items()
                if index < len(headers) and headers[index]
            },
            "defaults": dict(self.defaults),
            "decimal_mark": self.decimal_mark,
            "date_order": self.date_order,
            "timezone": self.timezone,
        }

    @classmethod
    def recall(cls, remembered: dict, headers) -> "Mapping":
        """The mapping that ``remember`` gave, for a file with these titles.

        Columns may have moved; those that are gone are left out (see ``missing``).
        """
        places = {}
        for index, title in enumerate(headers):
            places.setdefault(title, index)
        columns = {
            name: places[title]
            for name, title in remembered.get("columns", {}).items()
            if title in places and name in column_titles()
        }
        others = {
            name: remembered[name]
            for name in ("defaults", "decimal_mark", "date_order", "timezone")
            if name in remembered
        }
        return cls(columns=columns, **others)


def guess_mapping(layout, defaults=None, timezone="UTC", remembered=None) -> Mapping:
    """The best mapping for an inspected file.

    Columns come from their titles (or from what was remembered for the channel),
    decimal sign and order of day and month from the first rows where these leave no
    doubt. In doubt: decimal point, in currencies without decimals no decimal sign at
    all (1.234 dong are one thousand), and the day first.
    """
    if remembered:
        mapping = Mapping.recall(remembered, layout.headers)
        return replace(mapping, defaults={**mapping.defaults, **(defaults or {})})
    columns = guess_columns(layout.headers)
    preview = layout.preview
    return Mapping(
        columns=columns,
        defaults=dict(defaults or {}),
        decimal_mark=infer_decimal_mark(_cells(preview, columns, _NUMBERS)) or ".",
        date_order=infer_date_order(_cells(preview, columns, _DATES)) or "dmy",
        timezone=timezone,
    )


def _cells(preview, columns, names):
    indexes = [columns[name] for name in names if name in columns]
    for _number, values in preview:
        for index in indexes:
            if index < len(values):
                yield values[index]


def has_decimals(currency) -> bool:
    """Whether amounts of the currency have decimals (unknown ones do)."""
    return not isinstance(currency, str) or decimals(currency) > 0
