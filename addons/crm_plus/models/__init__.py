# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_snapshot
from . import customer_snapshot_words
from . import customer_snapshot_refresh
from . import customer_snapshot_figures
from . import customer_snapshot_queries
from . import customer_snapshot_rfm
from . import customer_snapshot_churn
from . import customer_churn_model
from . import res_company
from . import customer_snapshot_dirty
from . import customer_snapshot_queue
from . import sale_order
from . import account_move
from . import account_partial_reconcile
from . import crm_lead
from . import res_partner_snapshot
from . import customer_snapshot_nightly
from . import customer_segment
from . import customer_segment_member
from . import customer_segment_history
from . import res_partner_segment
from . import customer_playbook
from . import customer_playbook_entry
from . import product_pricelist
from . import res_config_settings
from . import customer_demo
