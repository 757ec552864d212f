# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_privacy_erase
from . import customer_appointment_propose
from . import base_partner_merge

# the last one is the first to be called: its journal has to see all of a merge
from . import base_partner_merge_automatic_wizard
