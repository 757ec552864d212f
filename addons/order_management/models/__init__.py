# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import order_event
from . import order_event_mixin
from . import order_state_mixin
from . import sale_channel
from . import sale_order
from . import account_move
from . import channel_order
from . import stock_hold
from . import order_quota
from . import order_quota_check
from . import order_quota_move
from . import channel_return_reason
from . import channel_return
from . import channel_return_line
from . import channel_settlement
from . import channel_settlement_line
