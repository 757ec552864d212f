# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_stock_dirty
from . import mrp_bom
from . import mrp_bom_line
