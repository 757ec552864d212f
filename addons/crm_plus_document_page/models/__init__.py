# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import document_page
from . import document_page_release
from . import document_page_search
from . import document_page_vote
from . import document_search_miss
