# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import order_batch_xlsx
from . import order_quantity_report
from . import order_quota_xlsx
