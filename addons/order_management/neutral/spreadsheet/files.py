# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Rows of CSV, TSV and XLSX files, one after the other."""

import csv
import itertools
import unicodedata
import zipfile
from dataclasses import dataclass, field, replace

from .encodings import detect_encoding
from .headers import find_header

#: Rows looked at before anything is decided.
PREVIEW_ROWS = 200
_MAX_COLUMNS = 500
#: An XLSX that unpacks to more than this is no order list.
_MAX_UNPACKED = 1 << 30
_DELIMITERS = ",;\t|"


class SpreadsheetError(ValueError):
    """A file that cannot be read at all; ``code`` and ``params`` for translations."""

    def __init__(self, code, text, **params):
        super().__init__(text % params)
        self.code = code
        self.params = params


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
        return _inspect_xlsx(path, known.get("sheet", ""))
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
    except LookupError as error:
        raise SpreadsheetError(
            "unknown_encoding",
            "There is no encoding “%(encoding)s”. Try UTF-8.",
            encoding=name,
        ) from error


def _all_rows(path, layout):
    read = _xlsx_rows if layout.kind == "xlsx" else _csv_rows
    for number, values in read(path, layout):
        while values and values[-1] in (None, ""):
            values.pop()
        if values:
            yield number, values[:_MAX_COLUMNS]


def _header_text(value):
    return " ".join(str(value).split()) if value is not None else ""


# --- CSV ---
def _csv_rows(path, layout):
    with open(path, encoding=layout.encoding, newline="") as file:
        reader = csv.reader(_clean(file), delimiter=layout.delimiter)
        for number in itertools.count(1):
            try:
                values = next(reader)
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


def _clean(file):
    for line in file:
        yield line.replace("\x00", "") if "\x00" in line else line


def _csv_text(value):
    value = value.strip()
    # the apostrophe that keeps "=1+1" from being a formula (see rejects)
    if value[:1] == "'" and value[1:2] in "=+-@" and len(value) > 1:
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


# --- XLSX ---
def _open_workbook(path):
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise SpreadsheetError(
                "too_large",
                "The file unpacks to more than %(limit)s GB. Split it.",
                limit=_MAX_UNPACKED >> 30,
            )
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except SpreadsheetError:
        raise
    # whatever openpyxl stumbles over in a broken file: the person needs one answer
    except Exception as error:
        raise SpreadsheetError(
            "broken_excel",
            "The file cannot be opened as XLSX (%(error)s). Open it in a spreadsheet "
            "program and save it again.",
            error=type(error).__name__,
        ) from error


def _inspect_xlsx(path, sheet):
    book = _open_workbook(path)
    try:
        names = tuple(item.title for item in book.worksheets)
        if not names:
            raise SpreadsheetError("no_sheet", "The file has no sheet with cells.")
        if sheet and sheet not in names:
            raise SpreadsheetError(
                "unknown_sheet",
                "There is no sheet “%(sheet)s”; the file has: %(sheets)s.",
                sheet=sheet,
                sheets=", ".join(names),
            )
        active = book[sheet] if sheet else _best_sheet(book)
        return Layout(
            "xlsx",
            sheet=active.title,
            sheets=names,
            row_estimate=active.max_row or 0,
        )
    finally:
        book.close()


def _best_sheet(book):
    """The first visible sheet with two rows or more, else the first of all."""
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()
            filled = (row for row in sheet.iter_rows(values_only=True) if any(row))
            if len(list(itertools.islice(filled, 2))) == 2:
                return sheet
    return book.worksheets[0]


def _xlsx_rows(path, layout):
    book = _open_workbook(path)
    try:
        sheet = book[layout.sheet]
        # some programs write a wrong size into the file
        sheet.reset_dimensions()
        source = enumerate(sheet.iter_rows(values_only=True), start=1)
        while True:
            try:
                number, values = next(source)
            except StopIteration:
                return
            except Exception as error:
                raise SpreadsheetError(
                    "broken_excel",
                    "The file cannot be opened as XLSX (%(error)s). Open it in a "
                    "spreadsheet program and save it again.",
                    error=type(error).__name__,
                ) from error
            yield number, [_excel_value(value) for value in values]
    finally:
        book.close()


def _excel_value(value):
    if isinstance(value, str):
        value = value.strip()
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    return value
