# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_timeline
from . import mailing_trace
from . import mailing_mailing
