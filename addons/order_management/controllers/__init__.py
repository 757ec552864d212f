# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import inbox
from . import overview
from . import schema
from . import upload
