# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_network
from . import test_credit
from . import test_ageing
from . import test_cash
from . import test_debt_concurrency
from . import test_counted_sales
from . import test_statement
