# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_privacy_erase
from . import customer_appointment_propose
from . import base_partner_merge

# last, so that the journal is written before anything else is touched
from . import base_partner_merge_automatic_wizard
