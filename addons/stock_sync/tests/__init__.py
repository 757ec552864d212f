# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_listings
from . import test_publish
from . import test_stock_dirty
from . import test_stock_push
