# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_access
from . import test_channel_order
from . import test_channel_return
from . import test_channel_settlement
from . import test_order_event
from . import test_order_quota
from . import test_order_quota_concurrency
from . import test_sale_channel
from . import test_sale_order
from . import test_stock_hold
from . import test_approval
from . import test_approval_quantities
from . import test_ceiling
from . import test_ceiling_lines
from . import test_reservation
