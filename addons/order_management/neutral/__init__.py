# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The neutral order in plain Python: nothing here knows Odoo or a database.

``validate`` and ``parse`` read payloads, ``totals`` adds them up, ``identity`` tells
versions apart; ``addresses`` and ``phones`` read how the world writes places and
numbers, ``spreadsheet`` turns CSV and XLSX files into payloads. The last three need
Babel, phonenumbers and openpyxl and are imported by whoever uses them.
"""

from .identity import compare, usable_external_id, version
from .order import NeutralOrder, parse
from .payload import canonical_hash, in_reading_order, without_personal_data
from .problems import InvalidOrder, Problem
from .schema import SCHEMA_PATH, SCHEMA_VERSION
from .totals import check_total, difference, expected_total
from .validation import validate
