# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicketMerge(models.TransientModel):
    _inherit = "helpdesk.ticket.merge"

    def merge_tickets(self):
        """Override of `helpdesk_mgmt_merge`: of one customer only; what went where.

        Merged messages and followers are read by the customer of what remains.

        :raises UserError: for tickets of several customers
        """
        involved = self.ticket_ids
        if not self.create_new_ticket:
            involved |= self.dst_ticket_id  # any ticket can be chosen there
        customers = involved.commercial_partner_id
        addresses = {
            ticket.partner_email or "" for ticket in involved if not ticket.partner_id
        }
        if len(customers) + len(addresses) > 1:
            raise UserError(
                self.env._(
                    "These tickets are of several customers. Merged, each would read "
                    "what the others wrote: set the right contact on them first."
                )
            )
        tickets = self.ticket_ids
        result = super().merge_tickets()
        merged = tickets - self.dst_ticket_id
        merged.duplicate_id = self.dst_ticket_id
        return result
