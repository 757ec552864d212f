# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

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

    def _in_words_for(self, ticket):
        """This wizard in the language of who reads ``ticket`` in the portal."""
        return self.with_context(lang=ticket.partner_id.lang or self.env.lang)

    def _merge_description(self, tickets):
        """Override of `helpdesk_mgmt_merge`: in the customer's language."""
        env = self._in_words_for(tickets[:1]).env
        return Markup("\n").join(
            env._(
                "From ticket %(name)s: %(description)s",
                name=ticket.name,
                description=ticket.description or Markup(),
            )
            for ticket in tickets
        )

    def _add_message(self, way, ticket_numbers, ticket):
        """Override of `helpdesk_mgmt_merge`: a sentence in the customer's language.

        :param ticket_numbers: links, as HTML
        """
        env = self._in_words_for(ticket).env
        links = Markup(ticket_numbers)
        into = ticket == self.dst_ticket_id
        if into:
            body = env._("Merged into this ticket: %(tickets)s", tickets=links)
        else:
            body = env._("This ticket was merged into %(tickets)s.", tickets=links)
        ticket.message_post(
            body=body,
            subject=env._("Tickets merged"),
            # comments move to the other ticket, where this one would make no sense
            message_type="comment" if into else "notification",
            subtype_xmlid="mail.mt_comment",
        )
