# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import product_product
from . import sale_order_line
from . import sale_order_line_hold
from . import sale_order_line_quota
from . import sale_order_line_return
from . import stock_hold
from . import stock_move
from . import mrp_bom
