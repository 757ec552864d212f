# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import distribution_cover
from . import distribution_target_xlsx
