# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import sale_order_line
from . import stock_picking
