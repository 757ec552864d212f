# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_network
from . import distribution_level
from . import distribution_member
from . import distribution_member_contact
from . import distribution_member_duplicate
from . import distribution_member_flow
from . import distribution_member_links
from . import distribution_member_map
from . import distribution_member_position
from . import distribution_member_quota
from . import distribution_member_rights
from . import distribution_member_supply
from . import distribution_outlet_class
from . import distribution_supply_link
from . import distribution_supply_link_check
from . import distribution_territory
from . import distribution_territory_owner
from . import distribution_territory_ownership
from . import distribution_tier
from . import distribution_contract
from . import distribution_application
from . import order_quota_scope
from . import res_company
from . import res_config_settings
from . import res_partner
