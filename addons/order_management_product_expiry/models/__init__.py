# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import product_product
from . import sale_order
from . import stock_hold
from . import stock_picking
from . import stock_move
from . import stock_quant
