# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_expiry_availability
from . import test_expiry_hold
from . import test_expiry_random
from . import test_expiry_scan
