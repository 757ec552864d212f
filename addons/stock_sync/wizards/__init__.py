# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import channel_listing_import
from . import channel_listing_import_line
from . import channel_publish_trial
from . import channel_publish_trial_line
from . import sale_channel_backfill
from . import sale_channel_setup
from . import sale_channel_setup_keys
