# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_order_accept
from . import channel_order_ignore
from . import sale_order_hold
from . import sale_order_refuse
