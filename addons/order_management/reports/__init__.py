# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import order_batch_xlsx
from . import order_line_report_mixin
from . import order_quantity_report
from . import order_quota_xlsx
from . import order_review_report
from . import order_quantity_report_requested
from . import order_quantity_report_open
from . import order_variance_report
from . import order_variance_refresh
from . import order_variance_xlsx
from . import pick_list_report
from . import shipment_report
