# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import stock_move_line
from . import stock_picking
from . import stock_picking_batch
from . import stock_wave_rule
