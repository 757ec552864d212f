# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_ask_reason
from . import distribution_order_return
from . import distribution_target_import
