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
from . import test_receive
from . import test_process
from . import test_import_partners
from . import test_import_products
from . import test_import_money
from . import test_import_updates
from . import test_import_retention
from . import test_import_examples
from . import test_schema_route
from . import test_reservation
