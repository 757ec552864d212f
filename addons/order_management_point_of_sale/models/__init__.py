# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import order_hub
from . import pos_config
from . import pos_order
from . import pos_order_line
from . import res_config_settings
from . import sale_channel
from . import sale_order
from . import sale_order_line
from . import stock_move
from . import stock_picking
from . import stock_rule
