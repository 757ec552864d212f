# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_member_handover
from . import distribution_ask_reason
from . import distribution_order_return
from . import distribution_target_import
from . import sale_order_credit_release
from . import expense_budget_import
from . import expense_budget_spread
from . import expense_budget_reason
