# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import apply
from . import dealer
from . import dealer_claim
from . import dealer_order
from . import dealer_network
from . import dealer_statement
