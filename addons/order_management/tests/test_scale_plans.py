# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .common import OrderManagementCommon

#: enough for PostgreSQL to prefer an index wherever there is one
ROWS = 30_000
#: tables that grow with every order
GROWING = {
    "channel_order",
    "order_event",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_picking",
}
