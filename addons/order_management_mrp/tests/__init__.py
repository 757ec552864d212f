# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_kit_ceiling
from . import test_kit_availability
from . import test_kit_quota
from . import test_kit_short_close
from . import test_kit_return
from . import test_lookups
