# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_article
from . import test_help
from . import test_language
from . import test_search
from . import test_text
