# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from . import test_customer_overview
from . import test_customer_timeline
from . import test_customer_timeline_access
from . import test_customer_timeline_size
from . import test_customer_view_browser

from . import test_customer_returns
from . import test_customer_snapshot
from . import test_customer_segment
from . import test_customer_scores
from . import test_customer_night

from . import test_customer_consent
from . import test_customer_duplicate
from . import test_customer_merge
from . import test_crm_score
from . import test_customer_assignment
from . import test_customer_follow_up
from . import test_customer_assignment_race
from . import test_customer_demo
