# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""XLSX files, read row by row.

Rows come from openpyxl's own parser and not from its sheets, which make up every row
that a file leaves out: one that names its only row 2,000,000,000 would keep a worker
busy for hours. Here a row is what stands in the file, with the number it has there.
"""

import itertools
import unicodedata
import zipfile

from .cells import Formula
from .errors import SpreadsheetError

#: An XLSX that unpacks to more than this is no order list.
_MAX_UNPACKED = 1 << 30
#: Texts are the only part that is kept in memory as a whole.
_MAX_TEXTS = 1 << 28
#: Rows that are looked at to find the sheet with the orders.
_MAX_LOOKED_AT = 1000
#: What spreadsheet programs can hold; beyond are only files made to do harm.
_MAX_ROW, _MAX_COLUMN = 1 << 20, 1 << 14


def describe_workbook(path, sheet=""):
    """``sheet``, ``sheets`` and ``row_estimate`` for a layout.

    :param sheet: the one that a person chose
    :raises SpreadsheetError: when the file is no workbook, or has no such sheet
    """
    book = _open(path)
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
        return {
            "sheet": active.title,
            "sheets": names,
            "row_estimate": min(active.max_row or 0, _MAX_ROW),
        }
    finally:
        book.close()


def workbook_rows(path, sheet):
    """``(row number, values)`` of every row that the sheet has.

    A formula that no program has computed is a :class:`~.cells.Formula`.

    :raises SpreadsheetError: when the file is broken
    """
    book = _open(path)
    try:
        yield from _rows(book, book[sheet])
    finally:
        book.close()


def _open(path):
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
        _check_size(sum(part.file_size for part in parts), _MAX_UNPACKED)
        texts = (p.file_size for p in parts if p.filename.endswith("Strings.xml"))
        _check_size(sum(texts), _MAX_TEXTS)
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except SpreadsheetError:
        raise
    # whatever openpyxl stumbles over in a broken file: the person needs one answer
    except Exception as error:
        raise _broken(error) from error


def _check_size(size, limit):
    if size > limit:
        raise SpreadsheetError(
            "too_large",
            "The file unpacks to more than %(limit)s GB. Split it.",
            limit=f"{limit / (1 << 30):g}",
        )


def _broken(error):
    return SpreadsheetError(
        "broken_excel",
        "The file cannot be opened as XLSX (%(error)s). Open it in a spreadsheet "
        "program and save it again.",
        error=type(error).__name__,
    )


def _best_sheet(book):
    """The first visible sheet with two rows or more, else the first of all."""
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            looked_at = itertools.islice(_rows(book, sheet), _MAX_LOOKED_AT)
            filled = (values for _number, values in looked_at if any(values))
            if len(list(itertools.islice(filled, 2))) == 2:
                return sheet
    return book.worksheets[0]


def _rows(book, sheet):
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Parser(WorkSheetParser):
        def parse_cell(self, element):
            cell = super().parse_cell(element)
            # a formula whose result is an empty text says that it is text
            if cell["value"] is None and element.get("t") != "str":
                formula = element.find(FORMULA_TAG)
                if formula is not None:
                    cell["value"] = Formula(f"={formula.text or ''}")
            return cell

    source = sheet._get_source()
    try:
        parser = Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
        )
        for number, cells in _parsed(parser):
            yield number, _values(cells)
    finally:
        source.close()


def _parsed(parser):
    """What the parser gives; whatever it stumbles over is one answer."""
    rows = parser.parse()
    last = 0
    while True:
        try:
            number, cells = next(rows)
        except StopIteration:
            return
        except Exception as error:
            raise _broken(error) from error
        widest = max((cell["column"] for cell in cells), default=0)
        if not last < number <= _MAX_ROW or widest > _MAX_COLUMN:
            raise _broken(ValueError("rows or columns out of place"))
        last = number
        yield number, cells


def _values(cells):
    values = [None] * max((cell["column"] for cell in cells), default=0)
    for cell in cells:
        values[cell["column"] - 1] = _plain(cell["value"])
    return values


def _plain(value):
    if isinstance(value, str) and not isinstance(value, Formula):
        value = value.strip()
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    return value
