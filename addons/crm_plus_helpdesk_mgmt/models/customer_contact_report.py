# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL


class CustomerContactReport(models.Model):
    """What is written about tickets is a contact; their first answers have hours."""

    _inherit = "customer.contact.report"
    _depends = {
        "helpdesk.ticket": [
            "company_id",
            "first_response_at",
            "first_response_hours",
            "partner_id",
            "user_id",
        ]
    }

    @api.model
    def _get_contact_sources(self):
        """Override of `crm_plus` to add tickets; their digits are 7 and 8."""
        response = SQL(
            "SELECT id::bigint * 10 + 8, first_response_at, 'response', 'out',"
            " partner_id, user_id, company_id, 0, NULL::float, first_response_hours,"
            " NULL::varchar FROM helpdesk_ticket WHERE first_response_at IS NOT NULL"
        )
        mails = self._get_mail_source("helpdesk.ticket", "helpdesk_ticket", 7)
        return [*super()._get_contact_sources(), mails, response]
