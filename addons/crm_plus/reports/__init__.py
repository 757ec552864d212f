# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_contact_report
from . import customer_care
from . import customer_forecast_report
from . import customer_group_report
from . import crm_stage_report
from . import customer_cohort_report
