"""The source: a CSV with one row an invoice line, as documents."""

import csv
import hashlib
import lzma
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

#: the shop's clock
LONDON = ZoneInfo("Europe/London")
COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)


class SourceError(Exception):
    """What is wrong with the file, for a person."""


@dataclass(slots=True, frozen=True)
class Line:
    number: int
    sku: str
    name: str
    quantity: int
    price: Decimal

    @property
    def amount(self):
        return self.quantity * self.price

    @property
    def code(self):
        """The product here: the source mixes ``85123A`` and ``85123a``."""
        return self.sku.upper()


@dataclass(slots=True)
class Document:
    number: str
    at: datetime
    customer: str
    country: str
    lines: list = field(default_factory=list)

    @property
    def month(self):
        """Of the shop's calendar, as ``2010-12``."""
        return self.at.strftime("%Y-%m")

    @property
    def amount(self):
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def kind(self):
        """``sale``, ``return`` (cancelled invoices) or ``adjustment`` (of stock)."""
        if self.number.startswith("C"):
            return "return"
        if any(line.quantity < 0 for line in self.lines):
            return "adjustment"
        return "sale"


def read_documents(path, last=""):
    """The documents of a file in its own order, with every line.

    :param last: only of this day and earlier, ``YYYY-MM-DD``
    :return: ``(documents, fingerprint of the whole file)``
    :raises SourceError: it is not the file that the columns promise
    """
    path = Path(path)
    unpack = lzma.open if path.suffix == ".xz" else open
    documents, digest = {}, hashlib.sha256()
    try:
        with unpack(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.DictReader(_hashed(file, digest))
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise SourceError(
                    f"{path} has other columns than {', '.join(COLUMNS)}: "
                    "see README.md for where to get the file"
                )
            for row in rows:
                if not last or row["InvoiceDate"][:10] <= last:
                    _add_row(documents, row)
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
    return list(documents.values()), digest.hexdigest()


def _hashed(lines, digest):
    for line in lines:
        digest.update(line.encode())
        yield line


def _add_row(documents, row):
    try:
        document = documents.get(row["InvoiceNo"])
        if document is None:
            at = datetime.strptime(row["InvoiceDate"], "%Y-%m-%d %H:%M:%S")
            document = documents[row["InvoiceNo"]] = Document(
                row["InvoiceNo"],
                at.replace(tzinfo=LONDON),
                row["CustomerID"].strip(),
                row["Country"].strip(),
            )
        document.lines.append(
            Line(
                len(document.lines) + 1,
                row["StockCode"].strip(),
                row["Description"].strip(),
                int(row["Quantity"]),
                Decimal(row["UnitPrice"]),
            )
        )
    except (ValueError, ArithmeticError, AttributeError, TypeError) as error:
        raise SourceError(f"not a row of Online Retail: {row} ({error})") from error
