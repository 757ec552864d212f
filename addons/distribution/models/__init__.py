# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_level
from . import distribution_member
from . import distribution_member_position
from . import distribution_outlet_class
from . import distribution_supply_link
from . import distribution_territory
from . import distribution_tier
from . import res_partner

from . import distribution_cash
from . import distribution_cash_handover
from . import distribution_cash_holder
from . import distribution_collection_plan
from . import distribution_collection_plan_line
from . import distribution_credit
from . import distribution_credit_exposure
from . import distribution_credit_guarantee
from . import distribution_credit_raise
from . import distribution_member_debt
from . import distribution_statement
from . import distribution_statement_fill
from . import distribution_statement_line
from . import channel_order_import_credit
from . import order_event_credit
from . import res_company_debt
from . import res_config_settings_debt
from . import sale_order_credit_hold
from . import sale_order_line_credit_hold
from . import stock_picking_credit
