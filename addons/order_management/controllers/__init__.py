# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import export
from . import floor
from . import inbox
from . import overview
from . import returns
from . import schema
from . import tracking
from . import shipment
from . import upload
