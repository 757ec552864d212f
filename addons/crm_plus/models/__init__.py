# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_snapshot
from . import customer_snapshot_words
from . import base_partner_merge_automatic_wizard
from . import customer_consent
from . import customer_duplicate
from . import customer_duplicate_find
from . import customer_merge
from . import customer_merge_references
from . import customer_merge_restore
from . import customer_privacy_log
from . import customer_privacy_erase
from . import res_company_hygiene
from . import res_partner_compare
from . import res_partner_consent
from . import res_partner_groups
from . import res_partner_hygiene
from . import res_partner_privacy
