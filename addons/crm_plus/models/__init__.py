# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_snapshot
from . import customer_snapshot_words
from . import crm_lead_view
from . import customer_overview
from . import customer_overview_actions
from . import customer_overview_figures
from . import customer_snapshot_view
from . import customer_timeline
from . import customer_timeline_crm
from . import customer_timeline_mail
from . import customer_timeline_sale
from . import res_partner_view
from . import sale_order_view
