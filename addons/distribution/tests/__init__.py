# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_application
from . import test_contract
from . import test_member
from . import test_network
from . import test_ledger
from . import test_secondary_order
from . import test_quota_scope
from . import test_supply_link
from . import test_supply_link_concurrency
from . import test_territory
from . import test_stock_count
from . import test_member_report
from . import test_channel_cover
from . import test_target
from . import test_channel_stock_concurrency
from . import test_credit
from . import test_ageing
from . import test_cash
from . import test_debt_concurrency
from . import test_counted_sales
from . import test_statement
