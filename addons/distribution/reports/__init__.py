# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_board_xlsx
from . import distribution_cover
from . import distribution_coverage
from . import distribution_target_xlsx
from . import distribution_ageing
from . import distribution_ageing_xlsx
from . import distribution_counted_sales
from . import distribution_statement_xlsx
from . import expense_budget_report
from . import expense_budget_report_xlsx
from . import expense_budget_xlsx
from . import sales_expense_report
