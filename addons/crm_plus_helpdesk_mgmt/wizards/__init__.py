# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import helpdesk_macro_apply
from . import helpdesk_ticket_link
from . import helpdesk_ticket_link_line
from . import helpdesk_ticket_merge
from . import helpdesk_ticket_split
