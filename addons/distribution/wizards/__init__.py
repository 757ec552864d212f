# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import expense_budget_import
from . import expense_budget_spread
from . import expense_budget_reason
