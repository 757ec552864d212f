# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Orders in CSV, TSV and XLSX files, read with flat memory.

The way through::

    layout = inspect(path)                 encoding, delimiter, sheet, header row
    mapping = guess_mapping(layout)        columns to fields, number and date styles
    for batch in read_orders(path, layout, mapping):
        batch.orders                       neutral payloads with their row numbers
        batch.bad_rows                     rows that were refused, cell by cell
    writer = reject_writer(path, layout)   bad rows back as a file with the reasons
"""

from .cells import CellProblem
from .errors import SpreadsheetError
from .files import Layout, inspect, rows
from .headers import guess_columns
from .mapping import Mapping, guess_mapping
from .orders import BadRow, Batch, check_rows, read_orders
from .rejects import CsvRejects, XlsxRejects, reject_writer
