# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import chatbot_script_step
from . import discuss_channel
from . import helpdesk_ticket
from . import res_users
