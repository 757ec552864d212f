# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_order_reason
from . import channel_order_accept
from . import channel_order_ignore
from . import sale_channel_setup
from . import sale_order_hold
from . import sale_order_refuse
from . import order_approval_trial
from . import order_batch_start
from . import order_approval_trial_line
from . import sale_order_short_close
from . import order_quota_change
from . import order_quota_generate
from . import order_quota_import
from . import order_quota_import_line
