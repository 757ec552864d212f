# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_customer_timeline
from . import test_calls
from . import test_language
