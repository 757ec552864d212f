# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_order_import_oversold
from . import channel_stock_publisher
from . import pos_config
from . import pos_order
from . import pos_order_line
from . import product_product
from . import res_config_settings
from . import sale_channel
