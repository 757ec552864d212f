# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Refused rows back as a file: the person's own columns, and one with the reasons.

Nothing that came from outside becomes a formula: XLSX cells are written as text, CSV
cells that would start one get an apostrophe in front, which reading takes off again.
"""

import csv
import re
from datetime import date, datetime, time

from .cells import shown

REASONS_TITLE = "Problems"
ROW_TITLE = "Row"
#: Control characters that XML cannot hold, and halves of surrogate pairs.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_CELL = 32000
#: What makes a cell of text a formula, in the width of Latin or of Chinese letters.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
#: Spreadsheet programs know no day before.
_FIRST_DAY = datetime(1900, 1, 1)


def reject_writer(path, layout, **options):
    """A writer for ``path`` of the kind that was uploaded.

    :param layout: the uploaded file's layout
    :param options: ``say`` (problem to text, for translations), ``titles`` (of the two
        added columns: row number, problems)
    """
    kind = XlsxRejects if layout.kind == "xlsx" else CsvRejects
    return kind(path, layout, **options)


class _Rejects:
    """Common half: a context manager with ``add(bad_rows)``."""

    def __init__(self, path, layout, say=None, titles=(ROW_TITLE, REASONS_TITLE)):
        self.path = path
        self.layout = layout
        self.say = say or (lambda problem: problem.text)
        self.titles = titles
        self.width = len(layout.headers)
        self.count = 0

    def __enter__(self):
        self._open()
        self._write_row([*self.layout.headers, *self.titles])
        return self

    def __exit__(self, *_error):
        self._close()

    def add(self, bad_rows):
        """Add refused rows; the reasons stand in the last column, apart by lines."""
        for row in bad_rows:
            values = list(row.values[: self.width])
            values += [None] * (self.width - len(values))
            reasons = "\n".join(dict.fromkeys(map(self.say, row.problems)))
            self._write_row([*values, row.number, reasons])
            self.count += 1


class CsvRejects(_Rejects):
    """Refused rows as CSV in UTF-8 with mark, which spreadsheet programs recognise."""

    def _open(self):
        self.file = open(
            self.path, "w", encoding="utf-8-sig", errors="replace", newline=""
        )
        delimiter = self.layout.delimiter or ","
        self.writer = csv.writer(self.file, delimiter=delimiter)

    def _write_row(self, values):
        self.writer.writerow([_inert(value) for value in values])

    def _close(self):
        self.file.close()


class XlsxRejects(_Rejects):
    """Refused rows as XLSX, written row by row to disk."""

    def _open(self):
        import xlsxwriter

        self.book = xlsxwriter.Workbook(
            self.path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
        )
        self.sheet = self.book.add_worksheet()
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.dates = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.row = 0

    def _write_row(self, values):
        for column, value in enumerate(values):
            self._write_cell(column, value)
        self.row += 1

    def _write_cell(self, column, value):
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self.sheet.write_boolean(self.row, column, value)
        elif _is_figure(value):
            self.sheet.write_number(self.row, column, value)
        elif _is_day(value):
            self.sheet.write_datetime(self.row, column, value, self.dates)
        else:
            text = _NOT_XML.sub("", str(value))[:_MAX_CELL]
            self.sheet.write_string(self.row, column, text, self.wrap)

    def _close(self):
        self.book.close()


def _is_figure(value):
    """Whether a number is one that a cell can hold."""
    return isinstance(value, (int, float)) and abs(value) < 1e300


def _is_day(value):
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return isinstance(value, datetime) and value >= _FIRST_DAY


def _inert(value):
    text = shown(value)
    if isinstance(value, str) and text.lstrip(" ").startswith(_FORMULA):
        return "'" + text
    return text
