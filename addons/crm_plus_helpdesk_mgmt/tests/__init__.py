# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_assignment
from . import test_customer
from . import test_deadline
from . import test_language
from . import test_macro
from . import test_mail
from . import test_portal
from . import test_roles
from . import test_sla
from . import test_customer_view
