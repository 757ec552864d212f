# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_claim
from . import distribution_level
from . import distribution_member
from . import distribution_member_portal
from . import distribution_member_position
from . import distribution_outlet_class
from . import distribution_supply_link
from . import distribution_territory
from . import distribution_tier
from . import res_partner
from . import ir_http
from . import order_quota_portal
from . import sale_order_dealer
