# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_claim
from . import test_dealer_order
from . import test_network
from . import test_portal_routes
