# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import account_move_line
from . import hr_expense
from . import hr_expense_demo
from . import hr_expense_hint
from . import sales_expense
