# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_customer_snapshot
from . import test_customer_segment
from . import test_customer_scores
