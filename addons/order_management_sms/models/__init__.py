# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import order_message
from . import order_message_rule
from . import sale_channel
from . import sale_order
from . import sms_sms
