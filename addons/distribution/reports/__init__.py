# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import expense_budget_report
from . import expense_budget_report_xlsx
from . import expense_budget_xlsx
from . import sales_expense_report
