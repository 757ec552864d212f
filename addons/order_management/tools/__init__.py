# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import columns
from . import payload
from . import quota_plan
from . import figures
