# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_return
from . import customer_overview
from . import customer_privacy_log
from . import customer_snapshot
from . import customer_timeline
