# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import order_hub
from . import payment_transaction
from . import res_config_settings
from . import sale_channel
from . import sale_order
from . import website
