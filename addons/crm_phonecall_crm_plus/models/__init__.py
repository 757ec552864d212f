# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_overview
from . import customer_privacy_log
from . import customer_timeline
from . import crm_lead
from . import crm_phonecall
from . import customer_contact_report
