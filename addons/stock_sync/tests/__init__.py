# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_account
from . import test_account_race
from . import test_bad_input
from . import test_drift_orders
from . import test_glance
from . import test_health
from . import test_intents
from . import test_lanes
from . import test_listings
from . import test_login_route
from . import test_menus
from . import test_orders_in
from . import test_oversold
from . import test_publish
from . import test_rate_bucket
from . import test_return_decisions
from . import test_return_decisions_orders
from . import test_returns_in
from . import test_settlements_in
from . import test_shop_tracking
from . import test_stock_dirty
from . import test_stock_push
from . import test_sync_access
from . import test_sync_setup
from . import test_token_race
from . import test_webhook
