# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import customer_assignment_member
from . import customer_assignment_rule
from . import customer_contact_report
from . import customer_overview
from . import customer_privacy_log
from . import customer_snapshot
from . import customer_timeline
from . import customer_timeline_mail
from . import helpdesk_ticket_log
from . import helpdesk_ticket_stage
from . import helpdesk_ticket_team
from . import helpdesk_sla
from . import helpdesk_ticket_sla
from . import helpdesk_ticket
from . import helpdesk_ticket_assignment
from . import helpdesk_ticket_clock
from . import helpdesk_ticket_document
from . import helpdesk_ticket_mail
from . import helpdesk_ticket_answer
from . import helpdesk_ticket_viewer
from . import helpdesk_ticket_presence
from . import helpdesk_ticket_snapshot
from . import helpdesk_macro
from . import mail_thread
from . import res_partner_view
from . import resource_calendar
