# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Rows of CSV, TSV and XLSX files, one after the other."""

import csv
import itertools
import unicodedata
from dataclasses import dataclass, field, replace

from .encodings import detect_encoding
from .errors import SpreadsheetError
from .headers import find_header
from .workbook import describe_workbook, workbook_rows

#: Rows looked at before anything is decided.
PREVIEW_ROWS = 200
_MAX_COLUMNS = 1000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Layout:
    """How a file is to be read; every guess can be replaced (``dataclasses.replace``).

    ``header_row`` counts from 1, 0 means that the file has none. ``row_estimate`` is
    for progress bars.
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_row: int = 1
    headers: tuple[str, ...] = ()
    preview: tuple = field(default=(), repr=False)
    row_estimate: int = 0


def inspect(path, **known) -> Layout:
    """Find out how to read the file at ``path``.

    :param known: fields of ``Layout`` that a person or a remembered mapping decides
    :raises SpreadsheetError: when it is no spreadsheet, or empty
    """
    layout = _inspect_kind(path, known)
    layout = replace(layout, **known)
    preview = tuple(itertools.islice(_all_rows(path, layout), PREVIEW_ROWS))
    if not preview:
        raise SpreadsheetError("empty", "The file has no rows. Choose another file.")
    if "header_row" not in known:
        layout = replace(layout, header_row=find_header(preview))
    headers = next(
        (values for number, values in preview if number == layout.header_row), ()
    )
    return replace(
        layout,
        headers=tuple(_header_text(value) for value in headers),
        preview=tuple(row for row in preview if row[0] > layout.header_row),
    )


def rows(path, layout: Layout):
    """``(row number, values)`` of every row below the header that is not blank.

    Row numbers are those of the file, from 1. Values are text, numbers, booleans,
    dates or None in XLSX, text in CSV.

    :raises SpreadsheetError: when the file breaks off or changes its encoding
    """
    for number, values in _all_rows(path, layout):
        if number > layout.header_row:
            yield number, values


def _inspect_kind(path, known):
    if known.get("encoding"):
        _check_encoding(known["encoding"])
    with open(path, "rb") as file:
        magic = file.read(8)
    if magic.startswith(b"PK\x03\x04"):
        return Layout("xlsx", **describe_workbook(path, known.get("sheet", "")))
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError(
            "old_excel",
            "This is an old or password-protected Excel file. Save it as .xlsx without "
            "a password and try again.",
        )
    if magic.startswith(b"%PDF"):
        raise SpreadsheetError("pdf", "This is a PDF. Export the list as CSV or XLSX.")
    encoding, lines = detect_encoding(path)
    encoding = known.get("encoding") or encoding
    layout = Layout("csv", encoding=encoding, row_estimate=lines)
    delimiter = known.get("delimiter") or _find_delimiter(path, encoding)
    return replace(layout, delimiter=delimiter)


def _check_encoding(name):
    try:
        "".encode(name)
    # "undefined" and names with odd characters are errors of other kinds
    except (LookupError, ValueError) as error:
        raise SpreadsheetError(
            "unknown_encoding",
            "There is no encoding “%(encoding)s”. Try UTF-8.",
            encoding=name,
        ) from error


def _all_rows(path, layout):
    if layout.kind == "xlsx":
        numbered = workbook_rows(path, layout.sheet)
    else:
        numbered = _csv_rows(path, layout)
    for number, values in numbered:
        while values and values[-1] in (None, ""):
            values.pop()
        if values:
            yield number, values[:_MAX_COLUMNS]


def _header_text(value):
    return " ".join(str(value).split()) if value is not None else ""


# --- CSV ---
def _csv_rows(path, layout):
    with open(path, encoding=layout.encoding, newline="") as file:
        lines = []
        reader = csv.reader(_clean(file, lines), delimiter=layout.delimiter)
        for number in itertools.count(1):
            lines.clear()
            try:
                values = next(reader)
                if len(lines) != 1:
                    _check_quotes(lines, layout.delimiter)
            except StopIteration:
                return
            except csv.Error as error:
                raise SpreadsheetError(
                    "broken_row",
                    "Row %(row)s cannot be read (%(error)s). Look for a quotation mark "
                    "that is not closed.",
                    row=number,
                    error=error,
                ) from error
            except UnicodeError as error:
                raise SpreadsheetError(
                    "encoding",
                    "After row %(row)s the file is no longer %(encoding)s. Choose its "
                    "encoding, or save it as UTF-8.",
                    row=number,
                    encoding=layout.encoding,
                ) from error
            yield number, [_csv_text(value) for value in values]


def _clean(file, lines):
    """Lines without NUL; ``lines`` holds those that the row at hand is made of, and
    one more where the file ended within it."""
    for line in file:
        line = line.replace("\x00", "") if "\x00" in line else line
        lines.append(line)
        yield line
    lines.append("")


def _check_quotes(lines, delimiter):
    """A quotation mark that nobody closed swallows rows to the next one, or the end.

    Within one line such a mark does no harm, and many programs write it.

    :raises csv.Error: where a cell of several lines is not closed as it should be
    """
    list(csv.reader(lines, delimiter=delimiter, strict=True))


def _csv_text(value):
    value = value.strip()
    # the apostrophe that keeps "=1+1" from being a formula (see rejects)
    if value[:1] == "'" and value[1:].lstrip().startswith(tuple("=+-@＝＋－＠")):
        value = value[1:]
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _find_delimiter(path, encoding):
    with open(path, encoding=encoding, errors="replace", newline="") as file:
        text = file.read(1 << 16)
    lines = text.splitlines()[:100]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]
    return max(_DELIMITERS, key=lambda mark: _delimiter_score(lines, mark))


def _delimiter_score(lines, delimiter):
    """How many cells the rows of the commonest width have together."""
    try:
        widths = [
            len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1
        ]
    except csv.Error:
        return 0
    if not widths:
        return 0
    width = max(set(widths), key=lambda value: (widths.count(value), value))
    # many rows that agree count for more than a few wide ones
    return widths.count(width) * 100 + width
