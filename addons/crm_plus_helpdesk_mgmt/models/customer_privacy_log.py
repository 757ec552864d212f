# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize


class CustomerPrivacyLog(models.Model):
    """Tickets are the person's words: they are handed over, and go with the person.

    Moments, teams and deadlines stay, so that the service's figures do.
    """

    _inherit = "customer.privacy.log"

    @api.model
    def _find_tickets(self, partner_sudo):
        """:return: tickets of the contact, and those that only carry the e-mail."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        domain = Domain("partner_id", "=", partner_sudo.id)
        email = partner_sudo.email_normalized
        if not email:
            return tickets.search(domain)
        # as it came: "Hoa <hoa@example.com>"
        unlinked = Domain("partner_id", "=", False)
        unlinked &= Domain("partner_email", "ilike", email)
        return tickets.search(domain) | tickets.search(unlinked).filtered(
            lambda ticket: email_normalize(ticket.partner_email) == email
        )

    @api.model
    def _get_privacy_sources(self, partner):
        sources = super()._get_privacy_sources(partner)
        known = [records for records, _names in sources]
        tickets = self._find_tickets(partner)
        for records in known:
            if records._name == tickets._name:
                tickets -= records
        if tickets:
            sources.append((tickets, self._get_plain_fields(tickets)))
        return sources

    @api.model
    def _get_erased_values(self, partner_sudo, leads):
        erased = self.env._("Erased")
        blank = {
            "name": erased,
            "description": erased,
            "email_cc": False,
            "partner_email": False,
            "partner_name": False,
        }
        tickets = self._find_tickets(partner_sudo)
        return [*super()._get_erased_values(partner_sudo, leads), (tickets, blank)]

    @api.model
    def _get_erased_documents(self, partner_sudo, leads):
        return [
            *super()._get_erased_documents(partner_sudo, leads),
            self._find_tickets(partner_sudo),
        ]
