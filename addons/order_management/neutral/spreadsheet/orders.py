# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Rows to neutral orders, a batch at a time.

An order has one row for each of its lines. Rows belong together by their order number,
also when rows of other orders stand between them: an order is complete when
``window`` rows have passed since its last one. A number that comes back later would
make a second order of the same identity, so these rows are refused as "scattered".
Memory holds the orders of one window, one batch, and a fingerprint of some hundred
bytes for each order number seen.

What a row says about the order as a whole (date, customer, address, total) counts from
the first row that says it; later rows may leave it empty or repeat it. A row that
contradicts is refused (dates only a day or more apart), but for amounts of the whole
order such as shipping fees, which some shops write on every line and some on the first
only.

A row without an order number that has an article and nothing about the order as a whole
goes to the order above it: that is what merged cells and "number on the first row only"
leave. Rows of sums ("Total", "Tổng cộng", "合计") do not, and are refused.

One refused row refuses its whole order: half an order is worse than none. The other
rows are given back with the remark that another row has a problem.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b

from ..moments import parse_timestamp
from ..order import parse
from ..problems import EXPECTED
from ..totals import expected_total
from ..validation import validate
from ..words import squeeze
from .files import rows
from .reading import RowReader

#: Rows after which an order is taken to be complete.
WINDOW = 2000
_ORDER_PARTS = ("customer", "shipping_address", "shipping", "payment")
_CURRENCY_SIGNS = {
    "₫": "VND",
    "đ": "VND",
    "VNĐ": "VND",
    "VNDONG": "VND",
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "￥": "CNY",
    "RMB": "CNY",
    "元": "CNY",
    "人民币": "CNY",
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A refused row: its number, its cells and what is wrong with them."""

    number: int
    values: list
    problems: list


@dataclass(slots=True)
class Batch:
    """Orders and refused rows since the last batch.

    ``orders``: (payload, row numbers) of each good order. ``rows_done`` of
    ``row_estimate`` rows have been read (the estimate is 0 when nobody knows).
    """

    orders: list = field(default_factory=list)
    bad_rows: list = field(default_factory=list)
    rows_done: int = 0
    row_estimate: int = 0


def read_orders(path, layout, mapping, batch_size=100, window=WINDOW, progress=None):
    """Neutral orders of a file, ``batch_size`` at most in each batch.

    :param progress: called with (rows done, rows estimated) after each batch
    :return: generator of ``Batch``; the last one may hold no order
    :raises SpreadsheetError: when the file breaks off
    :raises ValueError: when the mapping lacks a required field or names no time zone
    """
    missing = mapping.missing()
    if missing:
        raise ValueError(f"columns are missing for: {', '.join(missing)}")
    collector = _Collector(mapping, window)
    batch = Batch(row_estimate=layout.row_estimate)
    for number, values in rows(path, layout):
        for group in collector.add(number, values, batch.bad_rows):
            collector.finish(group, batch)
        batch.rows_done = number
        if len(batch.orders) >= batch_size or len(batch.bad_rows) >= batch_size:
            yield from _report(batch, progress)
            batch = Batch(rows_done=number, row_estimate=layout.row_estimate)
    for group in collector.rest():
        collector.finish(group, batch)
        if len(batch.orders) >= batch_size:
            yield from _report(batch, progress)
            batch = Batch(rows_done=batch.rows_done, row_estimate=layout.row_estimate)
    yield from _report(batch, progress)


def check_rows(numbered_rows, mapping):
    """Problems of some rows by themselves, for a preview: ``{row number: problems}``.

    An order whose other rows are not among them is checked by those that are.

    :param numbered_rows: (row number, values) such as ``Layout.preview``
    """
    batch = Batch()
    collector = _Collector(mapping, window=WINDOW)
    for number, values in numbered_rows:
        for group in collector.add(number, values, batch.bad_rows):
            collector.finish(group, batch)
    for group in collector.rest():
        collector.finish(group, batch)
    return {row.number: row.problems for row in batch.bad_rows}


def _report(batch, progress):
    if progress:
        progress(batch.rows_done, max(batch.row_estimate, batch.rows_done))
    yield batch


class _Collector:
    """Gathers the rows of each order until it is complete."""

    def __init__(self, mapping, window):
        self.mapping = mapping
        self.reader = RowReader(mapping)
        self.window = window
        self.open = OrderedDict()
        self.last_seen = {}
        self.closed = set()
        self.count = 0
        self.above = None

    def add(self, number, values, bad_rows):
        """Take one row; yield the orders that are complete by now."""
        row = self.reader.read_row(number, values)
        self.count += 1
        key = row.fields.get("external_id") or self._carried(row)
        if not key:
            if row.fields or row.problems:
                problem = self._missing(row, "external_id", "id")
                bad_rows.append(BadRow(number, values, [problem, *row.problems]))
        elif _digest(key) in self.closed:
            problem = self.reader.problem(row, "external_id", "scattered", value=key)
            bad_rows.append(BadRow(number, values, [problem, *row.problems]))
        else:
            self.open.setdefault(key, []).append(row)
            self.open.move_to_end(key)
            self.last_seen[key] = self.count
        self.above = key
        while self.open:
            oldest = next(iter(self.open))
            if self.count - self.last_seen[oldest] < self.window:
                break
            yield self._close(oldest)

    def _carried(self, row):
        """The order number of the row above, where this row only adds an article."""
        fields = row.fields
        article = [fields[name] for name in _ARTICLE if fields.get(name)]
        if not article or any(squeeze(text) in _SUMS for text in article):
            return None
        return None if _IDENTITY.intersection(fields) else self.above

    def rest(self):
        """The orders that are still open at the end of the file."""
        while self.open:
            yield self._close(next(iter(self.open)))

    def _close(self, key):
        del self.last_seen[key]
        self.closed.add(_digest(key))
        return self.open.pop(key)

    def finish(self, group, batch):
        """One complete order: into the batch, or its rows among the refused."""
        payload = self._build(group)
        if not any(row.problems for row in group):
            self._check(payload, group)
        if not any(row.problems for row in group):
            batch.orders.append((payload, [row.number for row in group]))
            return
        for row in group:
            problems = row.problems or [self.reader.problem(row, "", "other_row")]
            batch.bad_rows.append(BadRow(row.number, row.values, problems))

    # --- one order ---
    def _build(self, group):
        fields = self._order_fields(group)
        payload = {"schema_version": 1, "external_id": fields["external_id"]}
        for name in ("number", "placed_at", "updated_at", "status", "note"):
            if fields.get(name):
                payload[name] = fields[name]
        payload["currency"] = _currency_code(fields.get("currency", ""))
        payload["prices_include_tax"] = bool(fields.get("prices_include_tax"))
        for part in _ORDER_PARTS:
            values = _part_of(fields, part)
            if values:
                payload[part] = values
        _move_country(payload.get("shipping_address"))
        payload["lines"] = [
            self._build_line(row, index) for index, row in enumerate(group, start=1)
        ]
        payload["discounts"] = _discounts(fields)
        if fields.get("shipment.tracking"):
            payload["shipments"] = [{"tracking": fields["shipment.tracking"]}]
        if fields.get("tags"):
            payload["tags"] = [tag.strip() for tag in fields["tags"].split(",")]
        payload["total"] = fields.get("total")
        return payload

    def _order_fields(self, group):
        """Fields of the order as a whole: the first row that says something counts."""
        fields = {}
        for row in group:
            for name, value in row.fields.items():
                if name.startswith("line."):
                    continue
                known = fields.setdefault(name, value)
                if known != value and _contradicts(name, known, value):
                    row.problems.append(
                        self.reader.problem(row, name, "conflict", expected=known)
                    )
        for name, value in self.mapping.defaults.items():
            if not name.startswith("line."):
                fields.setdefault(name, value)
        if not fields.get("placed_at"):
            group[0].problems.append(self._missing(group[0], "placed_at", "timestamp"))
        return fields

    def _build_line(self, row, index):
        line = _part_of(row.fields, "line")
        for name, value in self.mapping.defaults.items():
            if name.startswith("line."):
                line.setdefault(name.removeprefix("line."), value)
        amount = line.pop("amount", None)
        line["external_id"] = str(index)
        wrong = {problem.field for problem in row.problems}
        if not line.get("quantity") and "line.quantity" not in wrong:
            row.problems.append(self._missing(row, "line.quantity", "quantity"))
        if not line.get("unit_price") and not wrong:
            self._price_from_amount(row, line, amount)
        return line

    def _price_from_amount(self, row, line, amount):
        """Unit price = (amount + discount) / quantity, to six digits."""
        quantity = Decimal(line.get("quantity") or 0)
        if amount is None or not quantity:
            if not row.problems:
                row.problems.append(self._missing(row, "line.unit_price", "money"))
            return
        price = (Decimal(amount) + Decimal(line.get("discount") or 0)) / quantity
        line["unit_price"] = format(round(price, 6).normalize(), "f")

    def _check(self, payload, group):
        """What the schema says, brought back to the cells it comes from."""
        given = payload["total"]
        if given is None:
            payload["total"] = "0"
        for problem in validate(payload):
            row, name = _origin(problem.path, group)
            row.problems.append(
                self.reader.problem(row, name, "invalid", expected=problem.expected)
            )
        if given is None and not any(row.problems for row in group):
            total = expected_total(parse(payload, check=False))
            payload["total"] = format(total, "f")
            if total < 0:
                group[0].problems.append(
                    self.reader.problem(
                        group[0], "total", "invalid", EXPECTED["amount"], total
                    )
                )

    def _missing(self, row, name, kind):
        return self.reader.problem(row, name, "missing", expected=EXPECTED[kind])


_ARTICLE = ("line.sku", "line.barcode", "line.name")
_SUMS = set(
    map(
        squeeze,
        "total|totals|sum|subtotal|grand total|tổng|tổng cộng|cộng|tổng số|"
        "合计|总计|小计|合計|總計".split("|"),
    )
)
#: Fields whose contradiction means that two orders share a number.
_IDENTITY = {
    "placed_at",
    "currency",
    "prices_include_tax",
    "customer.external_id",
    "customer.email",
    "shipping_address.country",
    "total",
}


def _contradicts(name, known, value):
    """Whether two rows of one order cannot both be right about it."""
    if name == "placed_at":
        # tills stamp each row with the minute it was typed
        gap = parse_timestamp(value) - parse_timestamp(known)
        return abs(gap) >= timedelta(days=1)
    return name in _IDENTITY


def _part_of(fields, part):
    prefix = part + "."
    return {
        name.removeprefix(prefix): value
        for name, value in fields.items()
        if name.startswith(prefix) and value not in (None, "")
    }


def _move_country(address):
    country = (address or {}).get("country", "")
    if len(country) == 2 and country.isascii() and country.isalpha():
        address["country_code"] = address.pop("country")


def _currency_code(text):
    text = str(text).strip()
    return _CURRENCY_SIGNS.get(text.upper(), _CURRENCY_SIGNS.get(text, text.upper()))


def _discounts(fields):
    """Vouchers; lists write them with or without a minus sign."""
    return [
        {"code": name, "amount": fields[name].lstrip("-"), "borne_by": bearer}
        for name, bearer in (("discount", "seller"), ("channel_discount", "channel"))
        if fields.get(name) and Decimal(fields[name])
    ]


def _origin(path, group):
    """Row and field that a JSON path of the payload came from."""
    if path.startswith("$.lines["):
        index, _bracket, rest = path.removeprefix("$.lines[").partition("]")
        return group[int(index)], "line" + rest
    name = path.removeprefix("$.").removesuffix("_code")
    if name.startswith("discounts["):
        return group[0], "discount"
    return group[0], "tags" if name.startswith("tags[") else name


def _digest(key):
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest(), "big")
