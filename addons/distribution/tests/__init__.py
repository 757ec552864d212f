# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_distribution_scorecard
from . import test_expense_budget
from . import test_expense_budget_concurrency
from . import test_expense_budget_random
from . import test_expense_xlsx
from . import test_network
from . import test_sales_expense
from . import test_spread
