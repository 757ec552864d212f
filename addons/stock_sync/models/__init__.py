# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_intent
from . import channel_order
from . import channel_return
from . import channel_sync_cursor
from . import channel_sync_log
from . import channel_webhook_hint
from . import mail_activity
from . import sale_channel
from . import sale_channel_account
from . import sale_channel_adapter
from . import sale_channel_checks
from . import sale_channel_health
from . import sale_channel_intents
from . import sale_channel_jobs
from . import sale_channel_login
from . import sale_channel_orders
from . import sale_channel_returns
from . import sale_channel_settlements
from . import sale_channel_webhook
from . import sale_order
from . import stock_picking
